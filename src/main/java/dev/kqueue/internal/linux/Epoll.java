package dev.kqueue.internal.linux;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.SysEpoll;
import dev.kqueue.internal.libc.Unistd;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One epoll(7) instance. Everything but {@link EpollEvents#await} belongs to the kqueue's lock.
 *
 * <p>The 64 bits that epoll gives back with an event are a descriptor and, above it, a stamp: the number of the
 * epoll_ctl call that the event answers to. See {@link Registration}.
 */
final class Epoll {
    final int fd;
    private final Counters counters;
    private final MemorySegment event = Arena.ofAuto().allocate(SysEpoll.SIZE, 8);

    Epoll(int fd, Counters counters) {
        this.fd = fd;
        this.counters = counters;
    }

    static Epoll open(Counters counters) throws IOException {
        int fd = SysEpoll.epollCreate1();
        if (fd < 0) {
            throw Errno.exception(-fd, "epoll_create1");
        }
        return new Epoll(fd, counters);
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

    void close() {
        // A close of an epoll descriptor frees it in any case, and has no error to tell.
        Unistd.close(fd);
    }
}
