package dev.kqueue.internal.linux;

import static dev.kqueue.internal.libc.SysEpoll.EPOLLHUP;
import static dev.kqueue.internal.libc.SysEpoll.EPOLLIN;
import static dev.kqueue.internal.libc.SysEpoll.EPOLLPRI;
import static dev.kqueue.internal.libc.SysEpoll.EPOLLRDHUP;

/** EVFILT_READ: {@code data} is the bytes to read, or the connections to accept. */
final class ReadFilter extends ReadWriteFilter {
    @Override
    public int interest() {
        // EPOLLRDHUP tells an end from data: EPOLLIN alone means either.
        return EPOLLIN | EPOLLRDHUP;
    }

    @Override
    public int edgeInterest() {
        // Urgent data: a read stops short of it, and a program that takes short reads for empty streams must know.
        return EPOLLPRI;
    }

    @Override
    int notes() {
        return NOTE_LOWAT;
    }

    @Override
    long amount(Knote kn) {
        return kn.kq.inspector().readable(kn.descriptor.fd);
    }

    @Override
    boolean isEof(int bits) {
        return (bits & (EPOLLRDHUP | EPOLLHUP)) != 0;
    }
}
