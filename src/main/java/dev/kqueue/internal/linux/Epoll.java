package dev.kqueue.internal.linux;

import dev.kqueue.internal.libc.SysEpoll;
import dev.kqueue.internal.libc.Unistd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One epoll(7) instance. Everything but {@link #await} belongs to the kqueue's lock.
 *
 * <p>The 64 bits that epoll gives back with an event are a descriptor and, above it, a stamp: the number of the
 * epoll_ctl call that the event answers to. See {@link Registration}.
 */
class Epoll {
    private final Counters counters;
    private final MemorySegment event = Arena.ofAuto().allocate(SysEpoll.SIZE, 8);
    private int fd = -1;
    private boolean open;

    /** An instance without a descriptor: {@link #open} is to follow, so that memory that runs out costs none. */
    Epoll(Counters counters) {
        this.counters = counters;
    }

    /** 0 or an errno. */
    final int open() {
        int opened = SysEpoll.epollCreate1();
        if (opened < 0) {
            return -opened;
        }
        fd = opened;
        open = true;
        return 0;
    }

    /** The descriptor; once closed, what it was. */
    final int fd() {
        return fd;
    }

    static long tag(int fd, int stamp) {
        return (long) stamp << 32 | (fd & 0xffff_ffffL);
    }

    static int descriptor(long tag) {
        return (int) tag;
    }

    static int stamp(long tag) {
        return (int) (tag >>> 32);
    }

    /** epoll_ctl(2): 0 or an errno. */
    int control(int op, int fd, int events, long tag) {
        SysEpoll.set(event, 0, events, tag);
        counters.controls++;
        return -SysEpoll.epollCtl(this.fd, op, fd, event);
    }

    /**
     * epoll_wait(2), without the kqueue's lock, or with it and not at all: the number of events, or -errno.
     *
     * @param nanos 0 not to wait, negative to wait without limit; rounded up where the kernel counts milliseconds
     */
    int await(EpollEvents events, int max, long nanos) {
        return events.await(fd, max, nanos);
    }

    /** A second call does nothing. */
    final void close() {
        if (open) {
            open = false;
            // A close of an epoll descriptor frees it in any case, and has no error to tell.
            Unistd.close(fd);
        }
    }
}
