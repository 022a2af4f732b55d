package dev.kqueue.internal.linux;

import static dev.kqueue.internal.libc.SysEpoll.EPOLLHUP;
import static dev.kqueue.internal.libc.SysEpoll.EPOLLOUT;

import dev.kqueue.internal.libc.Errno;

/** EVFILT_WRITE: {@code data} is the free space of the buffer. */
final class WriteFilter extends ReadWriteFilter {
    @Override
    public int interest() {
        return EPOLLOUT;
    }

    @Override
    public int attach(Knote kn) {
        // A kqueue is read, and no more.
        return Nesting.isKQueue(kn.descriptor().fd) ? Errno.EINVAL : super.attach(kn);
    }

    @Override
    boolean isCounted(Knote kn) {
        return false;
    }

    @Override
    long amount(Knote kn) {
        return kn.kq().probe().writable(kn.descriptor());
    }

    @Override
    long amountOfPlainFile(Knote kn, FileState file) {
        return 0;
    }

    @Override
    boolean isAlwaysReady(Knote kn) {
        return true;
    }

    @Override
    boolean isEof(int bits) {
        return (bits & EPOLLHUP) != 0;
    }
}
