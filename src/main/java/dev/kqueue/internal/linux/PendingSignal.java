package dev.kqueue.internal.linux;

import static dev.kqueue.internal.libc.SysEpoll.EPOLLET;
import static dev.kqueue.internal.libc.SysEpoll.EPOLLIN;
import static dev.kqueue.internal.libc.SysEpoll.EPOLLOUT;
import static dev.kqueue.internal.libc.SysEpoll.EPOLL_CTL_ADD;
import static dev.kqueue.internal.libc.SysEpoll.EPOLL_CTL_MOD;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.SysEventfd;
import dev.kqueue.internal.libc.Unistd;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * An eventfd in the kqueue's epoll instance that becomes readable when the {@link ReadyQueue} has a knote in it, since
 * epoll does not know that queue. Belongs to the kqueue's lock.
 *
 * <p>While only threads inside {@link LinuxKQueue#kevent} wait, the eventfd is registered edge-triggered, is written
 * only if one of them waits, and is never read: a user event that wakes a thread costs one write, and one without a
 * waiter costs none. After {@link #watch} another program part may poll the kqueue's descriptor: then the eventfd is
 * level-triggered, and readable while the queue is not empty.
 *
 * <p>Its system calls are not expected to fail. If one does, the state here stays what it was before, so that the next
 * {@link #settle} makes the call again; the kqueue waits with a short limit until that has succeeded.
 */
final class PendingSignal {
    private final Epoll epoll;
    private final Counters counters;
    private final long tag;
    private final MemorySegment one = MemorySegment.ofArray(new long[] {1});
    private final MemorySegment count = MemorySegment.ofArray(new long[1]);
    private int fd = -1;

    /** What epoll reports of the eventfd. */
    private int events = EPOLLIN | EPOLLET;

    private boolean level;

    /** As an edge: rung, and no thread has come back with it yet. As a level: set. */
    private boolean rung;

    /** The kqueue is closed, and every thread that waits has been woken. */
    private boolean rungForAll;

    /** An eventfd that is not opened yet. */
    PendingSignal(Epoll epoll, Counters counters, long tag) {
        this.epoll = epoll;
        this.counters = counters;
        this.tag = tag;
    }

    void open() throws IOException {
        int opened = SysEventfd.eventfd(0);
        if (opened < 0) {
            throw Errno.exception(-opened, "eventfd");
        }
        fd = opened;
        int error = epoll.control(EPOLL_CTL_ADD, fd, events, tag);
        if (error != 0) {
            throw Errno.exception(error, "epoll_ctl");
        }
    }

    int fd() {
        return fd;
    }

    /** A thread has come back from epoll_wait with the pending signal's edge. */
    void heard() {
        rung &= level;
    }

    /** Rings or quiets the eventfd as needed, each time before the lock is released. Returns 0 or an errno. */
    int settle(boolean pending, boolean waiters) {
        if (level ? pending == rung : rung || !pending || !waiters) {
            return 0;
        }
        int error = pending ? ring() : drain();
        if (error == 0) {
            rung = pending;
        }
        return error;
    }

    /**
     * The kqueue's descriptor has become known outside: readable must now mean "something is pending". 0 or an errno.
     */
    int watch() {
        if (level) {
            return 0;
        }
        int error = report(EPOLLIN);
        if (error == 0) {
            level = true;
            rung = true;
            rung = drain() != 0;
        }
        return error;
    }

    /** Wakes a thread that waits, though nothing may be pending: it has something to see to. 0 or an errno. */
    int alarm() {
        int error = ring();
        rung |= error == 0;
        return error;
    }

    /** Something was thrown out of the middle of a change: what has been written since is not known. 0 or an errno. */
    int restore() {
        rung = level;
        return level ? ring() : 0;
    }

    /**
     * Wakes every thread that waits, and each that still comes to wait. If it fails, it still may have woken one, which
     * calls this again.
     */
    void ringForAll() {
        if (!rungForAll) {
            int error = report(EPOLLIN);
            rungForAll = ring() == 0 && error == 0;
        }
    }

    /** A second call does nothing. */
    void close() {
        int opened = fd;
        if (opened >= 0) {
            fd = -1;
            Unistd.close(opened);
        }
    }

    private int report(int wanted) {
        int error = epoll.control(EPOLL_CTL_MOD, fd, wanted, tag);
        if (error == 0) {
            events = wanted;
        }
        return error;
    }

    private int ring() {
        counters.others++;
        if (Unistd.write(fd, one, Long.BYTES) == Long.BYTES) {
            return 0;
        }
        // There is another way to make epoll report it: an eventfd is writable, unless it is full, and so readable.
        return report(events | EPOLLIN | EPOLLOUT);
    }

    private int drain() {
        if ((events & EPOLLOUT) != 0) {
            int error = report(EPOLLIN);
            if (error != 0) {
                return error;
            }
        }
        counters.others++;
        long read = Unistd.read(fd, count, Long.BYTES);
        // EAGAIN: nothing was in it
        return read >= 0 || read == -Errno.EAGAIN ? 0 : (int) -read;
    }
}
