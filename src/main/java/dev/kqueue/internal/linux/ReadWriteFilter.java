package dev.kqueue.internal.linux;

import static dev.kqueue.internal.libc.SysEpoll.EPOLLERR;
import static dev.kqueue.internal.libc.SysEpoll.EPOLLHUP;
import static dev.kqueue.internal.libc.SysEpoll.EPOLLIN;
import static dev.kqueue.internal.libc.SysEpoll.EPOLLRDHUP;

import dev.kqueue.Note;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.SysInotify;

/**
 * What EVFILT_READ and EVFILT_WRITE share: they watch a descriptor through epoll, where {@link DescriptorRegistration}
 * registers both at once.
 *
 * <p>Socket errors: a kernel's kqueue puts so_error into fflags. Linux shows it by SO_ERROR only, which takes it away
 * (sock_error()), and nothing puts it back; fflags stays 0, and the program's own read, write or SO_ERROR tells.
 */
abstract class ReadWriteFilter implements FileFilter {
    static final int NOTE_LOWAT = Note.NOTE_LOWAT;
    static final int NOTE_FILE_POLL = Note.NOTE_FILE_POLL();

    /**
     * NOTE_LOWAT: the event waits for as many bytes as {@code data} says. Counted here, not by SO_RCVLOWAT, which is
     * the socket's and would change what the program's own reads see. Such a knote is registered for edges, as a level
     * would be reported without end below the mark; above it, the scan looks again each time, as for any knote of its
     * own queue.
     */
    static boolean hasLowWaterMark(Knote kn) {
        return (kn.requestedFflags() & NOTE_LOWAT) != 0 && kn.descriptor() != null;
    }

    @Override
    public final boolean isDescriptor() {
        return true;
    }

    @Override
    public final boolean isSimple() {
        return true;
    }

    @Override
    public int attach(Knote kn) {
        request(kn, kn.requestedFflags(), kn.requestedData());
        return 0;
    }

    @Override
    public void detach(Knote kn) {
        // The caller updates epoll from the knotes that are left.
        if (kn.hook() != null) {
            kn.kq().inotify().remove(kn);
        }
    }

    @Override
    public int mask(Knote kn, boolean directory) {
        return SysInotify.IN_MODIFY;
    }

    /** A regular file has changed: whether there is something to read now, the scan will see. */
    @Override
    public void happened(Knote kn, int notes) {
        kn.kq().activate(kn);
    }

    @Override
    public int touch(Knote kn, int flags, int fflags, long data) {
        request(kn, fflags, data);
        return 0;
    }

    /** Notes that mean nothing here are not looked at, as on FreeBSD: they neither hold an event back nor cause one. */
    private static void request(Knote kn, int fflags, long data) {
        kn.request(fflags & (NOTE_LOWAT | NOTE_FILE_POLL), data);
    }

    /** How much there is: bytes, connections, space. */
    abstract long amount(Knote kn);

    /** Whether an amount of 0 is no event, whatever epoll says. */
    abstract boolean isCounted(Knote kn);

    /** As {@link #amount}, of a file that epoll refuses. */
    abstract long amountOfPlainFile(Knote kn, FileState file);

    /** Whether a file that epoll refuses is ready whatever the amount. */
    abstract boolean isAlwaysReady(Knote kn);

    /** Whether these bits mean that the end has been reached, for a socket. */
    abstract boolean isEof(int bits);

    @Override
    public final boolean process(Knote kn, boolean dataWanted) {
        return kn.descriptor().isPolled() ? processPolled(kn, dataWanted) : processPlainFile(kn);
    }

    private boolean processPlainFile(Knote kn) {
        FileState file = new FileState();
        int error = kn.kq().probe().stat(kn.descriptor().fd, file);
        if (error == 0 ? !kn.descriptor().isPlainFile(file) : error == Errno.EBADF) {
            kn.setGone(true);
            return false;
        }
        if (error != 0) {
            // The file cannot be looked at: a read or write will report why.
            kn.setFired(0, 1);
            return true;
        }
        kn.eof = false;
        long amount = amountOfPlainFile(kn, file);
        kn.setFired(0, amount);
        return amount != 0 || isAlwaysReady(kn);
    }

    private boolean processPolled(Knote kn, boolean dataWanted) {
        int bits = kn.readiness();
        if ((bits & (interest() | EPOLLHUP | EPOLLERR)) == 0) {
            return false;
        }
        DescriptorRegistration descriptor = kn.descriptor();
        FileProbe probe = kn.kq().probe();
        boolean eof = isEof(bits);
        if ((bits & EPOLLERR) != 0 && (bits & EPOLLHUP) == 0) {
            // A pipe has lost its reader. A socket has an error to report (UDP: the port is closed), and goes on.
            eof = probe.kind(descriptor) != FileProbe.SOCKET;
        } else if ((bits & (EPOLLHUP | EPOLLERR | EPOLLRDHUP)) == EPOLLHUP && isUnconnected(descriptor, probe)) {
            return false;
        }
        boolean lowat = hasLowWaterMark(kn);
        long amount = lowat || dataWanted ? amount(kn) : 0;
        if (dataWanted && amount == 0 && isCounted(kn)) {
            return false;
        }
        if (lowat && !eof && amount < kn.requestedData()) {
            return false;
        }
        kn.eof = eof;
        kn.setFired(0, amount);
        return true;
    }

    /**
     * A stream socket that was never connected: Linux reports EPOLLHUP, and writable with it; a kernel's kqueue reports
     * nothing. A connection that has ended is at its end for reading, too.
     */
    private static boolean isUnconnected(DescriptorRegistration descriptor, FileProbe probe) {
        return probe.kind(descriptor) == FileProbe.SOCKET
                && (probe.poll(descriptor.fd, EPOLLIN | EPOLLRDHUP) & (EPOLLIN | EPOLLRDHUP)) == 0;
    }
}
