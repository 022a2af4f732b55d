package dev.kqueue.internal.linux;

import static dev.kqueue.internal.libc.SysEpoll.EPOLLET;
import static dev.kqueue.internal.libc.SysEpoll.EPOLLONESHOT;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.internal.libc.Errno;

/**
 * The registration of one descriptor with the kqueue's epoll: for all its knotes together. The object stays for the
 * number's next owner. Belongs to the kqueue's lock.
 *
 * <h2>Levels and edges</h2>
 *
 * A knote without EV_CLEAR is level-triggered epoll, one with EV_CLEAR is EPOLLET. One registration has one kind: where
 * the two knotes differ it is EPOLLET, and the level becomes one of the kqueue's own, as a knote with NOTE_LOWAT is. It
 * stays in the {@link ReadyQueue} after each report, and the next scan asks poll(2) whether it still holds. That costs
 * one system call for each report of such a level, and nothing where it is not used.
 *
 * <p>Two knotes with EV_CLEAR share an EPOLLET registration: an edge of one direction then brings the other's event
 * along if its condition holds. A kernel's kqueue does the like for each acknowledged segment.
 *
 * <p>Where all knotes end their interest by one delivery (EV_ONESHOT, EV_DISPATCH), so does epoll (EPOLLONESHOT): the
 * delivery then costs no epoll_ctl call, and the next EV_ADD or EV_ENABLE costs one EPOLL_CTL_MOD.
 */
@SuppressWarnings("ReferenceEquality") // a knote is equal to itself alone
public final class DescriptorRegistration extends Registration {
    private static final int EVFILT_READ = Filter.READ.value();
    private static final int EVFILT_WRITE = Filter.WRITE.value();

    Knote read;
    Knote write;

    /**
     * A level that no knote takes for an event holds, such as EPOLLHUP of a socket that was never connected: edges are
     * asked for until one is taken, so that epoll_wait does not return again and again.
     */
    boolean quiet;

    /** Which of the two goes first when there is room for one only. */
    boolean writeFirst;

    /** Whether {@link DescriptorTable} counts it among the pairs. */
    boolean countedAsPair;

    /** What kind of file it is, 0 before somebody has asked. See {@link FileKind}. */
    byte kind;

    /** Null as long as all in it would be. */
    private FileDetail detail;

    public DescriptorRegistration(Core kq, int fd) {
        super(kq, fd);
    }

    Knote vnode() {
        return detail == null ? null : detail.vnode;
    }

    private FileState plainFile() {
        return detail == null ? null : detail.plainFile;
    }

    private FileDetail detail() {
        if (detail == null) {
            detail = new FileDetail();
        }
        return detail;
    }

    boolean isRegistered() {
        return isPresent();
    }

    /** Whether there is no knote that epoll could serve. */
    boolean isEmpty() {
        return read == null && write == null;
    }

    /** The knote of EVFILT_READ, EVFILT_WRITE or EVFILT_VNODE; null if there is none. */
    Knote knote(int filter) {
        return filter == EVFILT_READ ? read : filter == EVFILT_WRITE ? write : vnode();
    }

    /** Makes room for a knote of any filter: {@link #setKnote} then allocates nothing. */
    void reserve() {
        detail();
    }

    void setKnote(int filter, Knote kn) {
        if (filter == EVFILT_READ) {
            read = kn;
        } else if (filter == EVFILT_WRITE) {
            write = kn;
        } else if (detail != null || kn != null) {
            detail().vnode = kn;
        }
    }

    /** Whether both knotes may fire: an event of epoll then makes up to two of ours. */
    boolean isPair() {
        return isArmed(read) && isArmed(write);
    }

    /** Whether the knote is reported by edges: the program asked for that, or the filter looks again itself. */
    static boolean isEdge(Knote kn) {
        return kn.has(KEvent.EV_CLEAR) || ReadWriteFilter.hasLowWaterMark(kn);
    }

    /** Whether epoll serves the descriptor's knotes of EVFILT_READ and EVFILT_WRITE. */
    boolean isPolled() {
        return plainFile() == null;
    }

    /** Whether the file, which epoll refuses, is still the one that the number was registered for. */
    boolean isPlainFile(FileState file) {
        return plainFile().isSameFile(file);
    }

    /** Whether an enabled knote asks for edges, so that epoll reports edges of all the descriptor's knotes. */
    boolean hasEdges() {
        return (isArmed(read) && isEdge(read)) || (isArmed(write) && isEdge(write));
    }

    static boolean isArmed(Knote kn) {
        return kn != null && !kn.disabled;
    }

    /**
     * Tells epoll what the knotes want now.
     *
     * @param look whether to make the kernel look again even if nothing changes: for EV_ADD and EV_ENABLE, which fire
     *     if the condition holds, and which must notice that the number has another owner
     * @return 0 or an errno. After ENOENT and EBADF nothing is registered: {@link #forget} must follow
     */
    int update(boolean look) {
        if (!isPolled()) {
            return updatePlainFile(look);
        }
        int error = updatePolled(look);
        if (error != Errno.EPERM) {
            return error;
        }
        // The number may have another owner, which epoll has not reported.
        kind = FileProbe.UNKNOWN;
        FileState file = new FileState();
        error = kq.probe().stat(fd, file);
        if (error != 0) {
            return error;
        }
        kind = (byte) FileProbe.kind(file.format());
        if (kind != FileProbe.REGULAR && kind != FileProbe.DEVICE) {
            // A directory: the kernels' word for a filter that a descriptor does not know.
            return Errno.EINVAL;
        }
        detail().plainFile = file;
        return updatePlainFile(true);
    }

    private int updatePlainFile(boolean look) {
        FileState now = new FileState();
        int error = kq.probe().stat(fd, now);
        if (error == 0 && !isPlainFile(now)) {
            error = Errno.ENOENT;
        }
        for (Knote kn = read != null ? read : write; error == 0 && kn != null; kn = kn == read ? write : null) {
            if (kn == read && kn.hook() == null && kind == FileProbe.REGULAR) {
                error = kq.inotify().add(kn);
            }
            if (error == 0 && look && !kn.disabled && kn.ops().process(kn, false)) {
                kq.activate(kn);
            }
        }
        if (isEmpty()) {
            detail().plainFile = null;
        }
        return error;
    }

    private int updatePolled(boolean look) {
        int wanted = 0;
        boolean once = !quiet;
        for (Knote kn = read != null ? read : write; kn != null; kn = kn == read ? write : null) {
            if (kn.disabled) {
                continue;
            }
            wanted |= kn.ops().interest();
            once &= kn.once();
            if (isEdge(kn)) {
                // Alone it is no event: a registration that it had spent would be spent again at once.
                wanted |= kn.once() ? 0 : kn.ops().edgeInterest();
                // Below its mark the knote does not take the event: the registration must not be spent by it.
                once &= !ReadWriteFilter.hasLowWaterMark(kn);
            }
        }
        if (wanted == 0 && isEmpty()) {
            return abandon();
        }
        if (wanted == 0) {
            return !look && (wants(PARKED) || isSpent()) ? 0 : set(PARKED);
        }
        int events = wanted | (once ? EPOLLONESHOT : 0) | (quiet || hasEdges() ? EPOLLET : 0);
        return !look && wants(events) ? 0 : set(events);
    }

    /**
     * Drops what belongs to the number's former owner. No system call: the kernel has dropped its part, or soon will.
     */
    @Override
    void forget() {
        super.forget();
        if (detail != null) {
            detail.plainFile = null;
        }
        quiet = false;
        writeFirst = false;
        kind = 0;
    }

    /** Rarely used fields, allocated on first use to keep a connection small. */
    private static final class FileDetail {
        private Knote vnode;

        /**
         * A file that epoll refuses, since it is always ready there: its knotes are asked by the scan. Which file it
         * is, or null.
         */
        private FileState plainFile;
    }
}
