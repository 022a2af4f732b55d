package dev.kqueue.nio;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Poll;
import dev.kqueue.internal.libc.SysEventfd;
import dev.kqueue.internal.libc.Unistd;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;

/**
 * What ends the poll(2) of a blocked platform thread: a descriptor that becomes readable by a signal. An eventfd where
 * the C library has it, otherwise a pipe.
 *
 * <p>There are as many as platform threads have been blocked at once: a thread takes one when it really has to block,
 * and gives it back drained. Up to {@link #KEPT} wait in a pool for the next thread, so that blocking costs no system
 * calls but poll(2) itself; those beyond are closed.
 */
final class WakeDescriptor {
    /** More than most programs have threads blocked in channels, and few next to any limit of open descriptors. */
    static final int KEPT = 64;

    /** Those that nobody uses, the last used first, under its own monitor. */
    private static final ArrayDeque<WakeDescriptor> POOL = new ArrayDeque<>(KEPT);

    private static final int SIGNAL_BYTES = Long.BYTES;

    private final int readEnd;
    private final int writeEnd;

    /** Two entries of poll(2): the descriptor that is waited for, and this one. */
    private final MemorySegment pollfds = Arena.ofAuto().allocate(2L * Poll.SIZE, Integer.BYTES);

    /** Of the reading thread; an eventfd takes and gives a number of 64 bits. */
    private final MemorySegment received = MemorySegment.ofArray(new long[1]);

    private static final MemorySegment SENT = MemorySegment.ofArray(new long[] {1}).asReadOnly();

    private WakeDescriptor(int readEnd, int writeEnd) {
        this.readEnd = readEnd;
        this.writeEnd = writeEnd;
        Poll.set(pollfds, 1, readEnd, Poll.POLLIN);
    }

    /** Takes one for the calling thread, with no signal pending. */
    static WakeDescriptor take() throws IOException {
        synchronized (POOL) {
            WakeDescriptor pooled = POOL.pollFirst();
            if (pooled != null) {
                return pooled;
            }
        }
        return open();
    }

    private static WakeDescriptor open() throws IOException {
        if (SysEventfd.isPresent()) {
            int fd = SysEventfd.eventfd(0);
            if (fd < 0) {
                throw Errno.exception(-fd, "eventfd");
            }
            return new WakeDescriptor(fd, fd);
        }
        return openPipe();
    }

    /** Where there is no eventfd. */
    static WakeDescriptor openPipe() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(ValueLayout.JAVA_INT, 2);
            int result = Unistd.pipe(ends);
            if (result < 0) {
                throw Errno.exception(-result, "pipe");
            }
            return new WakeDescriptor(
                    ends.getAtIndex(ValueLayout.JAVA_INT, 0), ends.getAtIndex(ValueLayout.JAVA_INT, 1));
        }
    }

    /** Gives it back, with no signal pending or about to come. */
    void giveBack() {
        synchronized (POOL) {
            if (POOL.size() < KEPT) {
                POOL.addFirst(this);
                return;
            }
        }
        // Results are of no consequence: nobody waits for anything written to it.
        Unistd.close(readEnd);
        if (writeEnd != readEnd) {
            Unistd.close(writeEnd);
        }
    }

    /** Waits until the descriptor is ready for the events, or {@link #signal} was called, or the time has passed. */
    void poll(int fd, short events, long nanos) throws IOException {
        Poll.set(pollfds, 0, fd, events);
        int n = Poll.poll(pollfds, 2, milliseconds(nanos));
        // EINTR: to the caller it is one of the wakes without reason that he must expect.
        if (n < 0 && n != -Errno.EINTR) {
            throw Errno.exception(-n, "poll");
        }
        if (n > 0 && (Poll.revents(pollfds, 0) & Poll.POLLNVAL) != 0) {
            // Of a descriptor that is open: macOS says this of devices that it cannot poll.
            throw new IOException("poll: the system cannot wait for descriptor " + fd);
        }
    }

    /** Rounded up: a wait may end late, but not early; one of more than 24 days ends for no reason. */
    static int milliseconds(long nanos) {
        if (nanos == Waiter.FOREVER) {
            return -1;
        }
        long millis = nanos / 1_000_000 + (nanos % 1_000_000 == 0 ? 0 : 1);
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }

    /** Ends the wait of the thread that has taken this. Exactly once for each time that {@link #drain} is called. */
    void signal() {
        long n;
        do {
            n = Unistd.write(writeEnd, SENT, SIGNAL_BYTES);
        } while (n == -Errno.EINTR);
        if (n != SIGNAL_BYTES) {
            throw new AssertionError("the signal does not fit into an empty wake descriptor: " + Errno.name((int) -n));
        }
    }

    /** Takes in a signal that has been sent, or is about to be by a thread that cannot be held up. */
    void drain() throws IOException {
        long n;
        while ((n = Unistd.read(readEnd, received, SIGNAL_BYTES)) != SIGNAL_BYTES) {
            if (n != -Errno.EAGAIN && n != -Errno.EINTR) {
                throw new AssertionError("read of a wake descriptor: " + Errno.name((int) -n));
            }
            poll(-1, (short) 0, Waiter.FOREVER);
        }
    }
}
