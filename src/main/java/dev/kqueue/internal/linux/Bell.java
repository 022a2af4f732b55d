package dev.kqueue.internal.linux;

import static dev.kqueue.internal.libc.SysEpoll.EPOLLET;
import static dev.kqueue.internal.libc.SysEpoll.EPOLLIN;
import static dev.kqueue.internal.libc.SysEpoll.EPOLL_CTL_ADD;
import static dev.kqueue.internal.libc.SysEpoll.EPOLL_CTL_MOD;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.SysEventfd;
import dev.kqueue.internal.libc.Unistd;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * An eventfd in the kqueue's epoll, which tells of the {@link ReadyQueue}: epoll knows nothing of that. Belongs to the
 * kqueue's lock.
 *
 * <p>As long as only threads inside {@link LinuxKQueue#kevent} care, it is rung if one of them waits, as an edge, and
 * never read: a user event that wakes a thread costs one write, and one without a waiter nothing. From {@link #watch}
 * on somebody may look at the kqueue's descriptor from outside: then the eventfd is a level, set while the queue is not
 * empty.
 */
final class Bell {
    private final Epoll epoll;
    private final Counters counters;
    private final int fd;
    private final long tag;
    private final MemorySegment one = MemorySegment.ofArray(new long[] {1});
    private final MemorySegment count = MemorySegment.ofArray(new long[1]);
    private boolean level;

    /** As an edge: rung, and no thread has come back with it yet. As a level: set. */
    private boolean rung;

    private Bell(Epoll epoll, Counters counters, int fd, long tag) {
        this.epoll = epoll;
        this.counters = counters;
        this.fd = fd;
        this.tag = tag;
    }

    static Bell open(Epoll epoll, Counters counters, long tag) throws IOException {
        int fd = SysEventfd.eventfd(0);
        if (fd < 0) {
            throw Errno.exception(-fd, "eventfd");
        }
        int error = epoll.control(EPOLL_CTL_ADD, fd, EPOLLIN | EPOLLET, tag);
        if (error != 0) {
            Unistd.close(fd);
            throw Errno.exception(error, "epoll_ctl");
        }
        return new Bell(epoll, counters, fd, tag);
    }

    /** A thread has come back from epoll_wait with the bell's edge. */
    void heard() {
        rung &= level;
    }

    /** To be called whenever the lock is about to be released. */
    void settle(boolean pending, boolean waiters) {
        if (level ? pending == rung : rung || !pending || !waiters) {
            return;
        }
        if (pending) {
            write();
        } else {
            drain();
        }
        rung = pending;
    }

    /** The kqueue's descriptor has become known outside: readable must now mean "something is pending". */
    void watch() {
        if (!level) {
            level = true;
            rung = false;
            drain();
            setLevel();
        }
    }

    /** Whether somebody may look at the kqueue's descriptor from outside. */
    boolean isLevel() {
        return level;
    }

    /** Wakes every thread that waits, and each that still comes to wait. */
    void ringForAll() {
        setLevel();
        write();
    }

    void close() {
        Unistd.close(fd);
    }

    private void setLevel() {
        int error = epoll.control(EPOLL_CTL_MOD, fd, EPOLLIN, tag);
        if (error != 0) {
            throw new AssertionError("epoll_ctl of our own eventfd: " + Errno.name(error));
        }
    }

    private void write() {
        counters.others++;
        long written = Unistd.write(fd, one, 8);
        if (written < 0) {
            throw new AssertionError("write to our own eventfd: " + Errno.name((int) -written));
        }
    }

    private void drain() {
        counters.others++;
        long read = Unistd.read(fd, count, 8);
        // EAGAIN: nothing was in it
        if (read < 0 && read != -Errno.EAGAIN) {
            throw new AssertionError("read from our own eventfd: " + Errno.name((int) -read));
        }
    }
}
