package dev.kqueue.internal.fd;

import dev.kqueue.internal.thread.Pause;

/**
 * The descriptor of one end of a pipe that was made here, and so with O_NONBLOCK. As long as no other process has the
 * open file description, the flag cannot be taken back: reads and writes trust it, and may be critical calls. Once it
 * has been passed on they do not ({@code FdTransfer} of the package {@code channel}).
 *
 * <h2>Why no call that trusts the flag meets another holder</h2>
 *
 * A thread notes that it makes such a call ({@link #trusting}), then looks whether the description is shared. A thread
 * that shares it marks it, then looks whether a call is noted, and waits for its end before the description is passed
 * on. All three words are volatile, so at least one of the two sees the other. The call that is waited for does not
 * wait itself: the flag is still set. There is at most one, as an end has one direction, whose operations take turns.
 */
public final class PipeDescriptor extends Descriptor {
    private static final int SPINS = 1_000;
    private static final long PAUSE = 20_000;

    /** Whether a call is being made that trusts O_NONBLOCK. */
    private volatile boolean trusting;

    public PipeDescriptor(int fd) {
        super(fd);
        OwnedDescriptors.addPipe(fd, this);
    }

    /**
     * Whether a call may trust O_NONBLOCK: if so {@link #endTrust} must follow it. The caller has the direction's turn.
     */
    public boolean beginTrust() {
        trusting = true;
        if (isShared()) {
            trusting = false;
            return false;
        }
        return true;
    }

    /** Ends what {@link #beginTrust} began, if it did. */
    public void endTrust() {
        trusting = false;
    }

    /** Returns when no call trusts O_NONBLOCK any more. */
    @Override
    public void markShared() {
        super.markShared();
        for (int i = 0; trusting; i++) {
            if (i < SPINS) {
                Thread.onSpinWait();
            } else {
                Pause.of(this, PAUSE);
            }
        }
    }
}
