package dev.kqueue.internal.fd;

/**
 * The descriptor of one end of a pipe that was made here, and so with O_NONBLOCK. As long as no other process has the
 * open file description, the flag cannot be taken back: reads and writes trust it ({@link #beginTrust}), and may be
 * critical calls. Once it has been passed on they do not ({@code FdTransfer} of the package {@code channel}).
 */
public final class PipeDescriptor extends Descriptor {
    public PipeDescriptor(int fd) {
        super(fd);
        OwnedDescriptors.addTrusted(fd, this);
    }
}
