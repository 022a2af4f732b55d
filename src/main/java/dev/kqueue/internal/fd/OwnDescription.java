package dev.kqueue.internal.fd;

import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.Poll;
import dev.kqueue.internal.libc.SysStat;
import dev.kqueue.internal.libc.Unistd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Opens the pipe or FIFO of a descriptor once more, with O_NONBLOCK: an open file description that only this process
 * has, so that no other holder of the pipe can take the flag back.
 *
 * <p>On Linux open(2) of a name in {@code /proc/self/fd} makes a new description. Elsewhere there is no such name, or
 * opening one duplicates the descriptor. Which of them a system does is not asked of its name, but seen in the result:
 * a new description shows the flags that it was opened with.
 *
 * <h2>What must not change by it</h2>
 *
 * <ul>
 *   <li>A regular file would get an offset of its own, a pseudo-terminal's master another terminal: only pipes and
 *       FIFOs are opened.
 *   <li>A reader finds the end of the pipe when its last writer has gone. A FIFO that is opened for reading without a
 *       writer does not report POLLHUP before the next writer has come and gone (fifo_open() and pipe_poll() of Linux),
 *       while the first descriptor may report it already. So both are asked. If the first one reports it and the second
 *       one does not, the second one is of no use. If the first one does not, both report it from the same moment on:
 *       either a writer was there when the second one was opened, or none has come since either was.
 *   <li>A FIFO without a reader is not opened for writing (ENXIO), and neither is a pipe of another user (EACCES).
 * </ul>
 *
 * <p>A watch of a FIFO's file (inotify(7)) reports one more open and close.
 */
public final class OwnDescription {
    /** There is none: the calls of the descriptor cannot trust O_NONBLOCK. */
    public static final int NONE = -1;

    private static final String DESCRIPTORS = "/proc/self/fd/";

    private OwnDescription() {}

    /**
     * Opens it once more.
     *
     * @param flags the status flags of the descriptor: F_GETFL
     * @return a descriptor that is the caller's to close, or {@link #NONE}
     */
    public static int open(int fd, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stat = arena.allocate(SysStat.SIZE, Long.BYTES);
            MemorySegment ownStat = arena.allocate(SysStat.SIZE, Long.BYTES);
            MemorySegment pollfds = arena.allocate(2L * Poll.SIZE, Integer.BYTES);
            if (SysStat.fstat(fd, stat) < 0 || (SysStat.mode(stat) & SysStat.S_IFMT) != SysStat.S_IFIFO) {
                return NONE;
            }
            // O_APPEND means nothing to a pipe. It differs, so that a duplicate is known by it.
            int opened = (flags ^ Fcntl.O_APPEND) | Fcntl.O_NONBLOCK;
            int own = Fcntl.open(DESCRIPTORS + fd, opened | Fcntl.O_CLOEXEC, 0);
            if (own < 0) {
                return NONE;
            }
            boolean kept = false;
            try {
                kept =
                        SysStat.fstat(own, ownStat) == 0
                                && SysStat.isSame(stat, ownStat)
                                && isNew(own, opened)
                                && seesTheEnd(fd, own, pollfds);
            } finally {
                if (!kept) {
                    Unistd.close(own);
                }
            }
            return kept ? own : NONE;
        }
    }

    private static boolean isNew(int own, int opened) {
        int flags = Fcntl.fcntl(own, Fcntl.F_GETFL, 0);
        int compared = Fcntl.O_ACCMODE | Fcntl.O_APPEND | Fcntl.O_NONBLOCK;
        return flags >= 0 && ((flags ^ opened) & compared) == 0;
    }

    private static boolean seesTheEnd(int fd, int own, MemorySegment pollfds) {
        Poll.set(pollfds, 0, fd, (short) 0);
        Poll.set(pollfds, 1, own, (short) 0);
        return Poll.poll(pollfds, 2, 0) >= 0 && (!isEnded(pollfds, 0) || isEnded(pollfds, 1));
    }

    private static boolean isEnded(MemorySegment pollfds, int index) {
        return (Poll.revents(pollfds, index) & Poll.POLLHUP) != 0;
    }
}
