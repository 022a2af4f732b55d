package dev.kqueue.internal.channel;

import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.park.BlockingWait;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.locks.LockSupport;

/**
 * One direction of a channel. Operations in it take turns, and the one whose turn it is may wait: this is the template
 * of every operation that may block.
 *
 * <pre>
 * synchronized (direction) {
 *     ...                                   // is the channel in the right state?
 *     boolean blocking = channel.isBlocking();
 *     int fd = direction.begin(blocking);
 *     long n = 0;
 *     try {
 *         do {
 *             n = attempt(fd);
 *         } while (direction.again(n, blocking));
 *     } finally {
 *         direction.end(blocking, n >= 0);
 *     }
 *     ...                                   // n is a result, -EAGAIN, or another -errno
 * }
 * </pre>
 *
 * <p>The descriptor is held from begin to end, so that its number stays ours. Closing the channel, or interrupting the
 * thread, ends the wait; {@code end} then throws what {@link java.nio.channels.InterruptibleChannel} specifies.
 *
 * <p>The turn is the direction's monitor: it costs no memory while no other thread wants it; a connection has two. A
 * virtual thread gives up its carrier while it waits, be it for the turn or within it (JEP 491).
 *
 * @param <O> its channel
 */
class IoDirection<O extends IoDirection.Owner> extends BlockingWait {
    /**
     * What a direction asks of its channel; also the methods that {@code AbstractInterruptibleChannel} keeps to its
     * heirs.
     */
    interface Owner {
        /** The channel's descriptor, the same for its whole life. */
        Descriptor owned();

        /** {@code Channel.isOpen}. */
        boolean isOpen();

        /** {@code SelectableChannel.isBlocking}. */
        boolean isBlocking();

        default void requireOpen() throws ClosedChannelException {
            if (!isOpen()) {
                throw new ClosedChannelException();
            }
        }

        /** {@code AbstractInterruptibleChannel.begin}. */
        void beginBlocking();

        /** {@code AbstractInterruptibleChannel.end}. */
        void endBlocking(boolean completed) throws IOException;
    }

    /** A millisecond: short beside what other programs take to make room, and idle enough. */
    private static final long PAUSE = 1_000_000;

    final O owner;
    private final byte events;

    /**
     * @param events what an operation of this direction waits for: POLLIN or POLLOUT
     */
    IoDirection(O owner, short events) {
        this.owner = owner;
        this.events = (byte) events;
    }

    /**
     * Begins an operation: all of it, or nothing and an exception.
     *
     * @return the descriptor, held until {@link #end}
     */
    int begin(boolean blocking) throws IOException {
        assert Thread.holdsLock(this);
        if (blocking) {
            owner.beginBlocking();
        }
        Descriptor descriptor = owner.owned();
        if (!descriptor.hold()) {
            if (blocking) {
                // Throws, as the channel is closed: by an interrupt of this thread, or by another.
                owner.endBlocking(false);
            }
            throw new ClosedChannelException();
        }
        return descriptor.fd();
    }

    /**
     * Whether to attempt the operation again, after having waited if need be.
     *
     * @param n what the attempt returned
     */
    boolean again(long n, boolean blocking) throws IOException {
        return again(n, blocking, BlockingWait.FOREVER);
    }

    /**
     * Whether to attempt the operation again, after having waited if need be, but no longer than until the deadline.
     *
     * @param deadline a time of {@link System#nanoTime}, or {@link BlockingWait#FOREVER}
     */
    boolean again(long n, boolean blocking, long deadline) throws IOException {
        if (n == -Errno.EINTR) {
            return !isClosing();
        }
        return n == -Errno.EAGAIN && blocking && await(deadline);
    }

    /** Waits; false if the channel is closing or the deadline has passed. */
    public boolean await(long deadline) throws IOException {
        assert Thread.holdsLock(this);
        long left = deadline == BlockingWait.FOREVER ? BlockingWait.FOREVER : deadline - System.nanoTime();
        if (left <= 0) {
            return false;
        }
        Descriptor descriptor = owner.owned();
        await(descriptor, events, left);
        return !descriptor.isClosing();
    }

    /** Whether the channel is being closed: an operation that need not wait should end, too. */
    boolean isClosing() {
        return owner.owned().isClosing();
    }

    /**
     * Waits a little, where nothing reports when to try again; false if the channel is closing or the deadline has
     * passed.
     */
    boolean pause(long deadline) {
        assert Thread.holdsLock(this);
        LockSupport.parkNanos(this, PAUSE);
        return !isClosing() && (deadline == BlockingWait.FOREVER || deadline - System.nanoTime() > 0);
    }

    /** The deadline of a wait that begins now. */
    static long deadline(long nanos) {
        return nanos == BlockingWait.FOREVER ? BlockingWait.FOREVER : System.nanoTime() + nanos;
    }

    /** Ends an operation; throws if the channel was closed meanwhile and the operation is not completed. */
    void end(boolean blocking, boolean completed) throws IOException {
        assert Thread.holdsLock(this);
        // First the descriptor: a caller that gets the exception may expect it to be closed.
        owner.owned().release();
        if (blocking) {
            owner.endBlocking(completed);
        }
    }

    /**
     * Whether an operation may wait in its own system call, between {@link #enter} and {@link #leave}: on a platform
     * thread, and for as long as it takes.
     */
    static boolean waitsInCall(boolean blocking, long deadline) {
        return blocking && deadline == BlockingWait.FOREVER && !Thread.currentThread().isVirtual();
    }

    /** Returns when the operations that have begun are over. */
    public synchronized void awaitTurn() {}
}
