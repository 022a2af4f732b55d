package dev.kqueue.internal.fd;

/**
 * The descriptor of one end of a pipe whose open file description was made here, with O_NONBLOCK. As long as no other
 * process has the description, the flag cannot be taken back: reads and writes trust it ({@link #beginTrust}), and may
 * be critical calls. Once it has been passed on they do not ({@code FdTransfer} of the package {@code channel}).
 */
public class PipeDescriptor extends Descriptor {
    public PipeDescriptor(int fd) {
        super(fd);
        OwnedDescriptors.addTrusted(fd, this);
    }

    /**
     * Makes the descriptor of an {@link OwnDescription} of a claimed descriptor's pipe. The claimed one is closed after
     * it, so the pipe's other end sees one end close.
     */
    public static PipeDescriptor beside(Descriptor claimed, int own) {
        return new PipeDescriptor(own) {
            @Override
            public int closeNumber(int number) {
                int closed = 0;
                int claimedClosed;
                try {
                    closed = super.closeNumber(number);
                } finally {
                    claimedClosed = claimed.closeNow();
                }
                return closed < 0 ? closed : claimedClosed;
            }
        };
    }
}
