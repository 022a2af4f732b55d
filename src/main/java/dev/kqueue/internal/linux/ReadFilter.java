package dev.kqueue.internal.linux;

import static dev.kqueue.internal.libc.SysEpoll.EPOLLHUP;
import static dev.kqueue.internal.libc.SysEpoll.EPOLLIN;
import static dev.kqueue.internal.libc.SysEpoll.EPOLLPRI;
import static dev.kqueue.internal.libc.SysEpoll.EPOLLRDHUP;

/**
 * EVFILT_READ: {@code data} is the bytes to read, or the connections to accept; of a file the distance to its end; of a
 * kqueue its pending events, as {@link Scan#pending} counts them.
 */
final class ReadFilter extends ReadWriteFilter {
    @Override
    public int interest() {
        // EPOLLRDHUP distinguishes an end from data: EPOLLIN alone means either.
        return EPOLLIN | EPOLLRDHUP;
    }

    @Override
    public int edgeInterest() {
        // Urgent data: a read stops short of it, and a program that takes short reads for empty streams must know.
        return EPOLLPRI;
    }

    @Override
    long amount(Knote kn) {
        int fd = kn.descriptor().fd;
        return Nesting.isKQueue(fd) ? Nesting.pending(fd) : kn.kq().probe().readable(fd);
    }

    /** A kqueue: its descriptor may be readable for what turns out to be nothing. */
    @Override
    boolean isCounted(Knote kn) {
        return Nesting.isKQueue(kn.descriptor().fd);
    }

    /** The distance to the end, negative beyond it: at the end there is nothing, until the file grows. */
    @Override
    long amountOfPlainFile(Knote kn, FileState file) {
        return kn.descriptor().kind == FileProbe.REGULAR ? file.size - kn.kq().probe().offset(kn.descriptor().fd) : 0;
    }

    /** A device without poll(2), such as /dev/null, answers each read at once. */
    @Override
    boolean isAlwaysReady(Knote kn) {
        return kn.descriptor().kind == FileProbe.DEVICE || (kn.requestedFflags() & NOTE_FILE_POLL) != 0;
    }

    @Override
    boolean isEof(int bits) {
        return (bits & (EPOLLRDHUP | EPOLLHUP)) != 0;
    }
}
