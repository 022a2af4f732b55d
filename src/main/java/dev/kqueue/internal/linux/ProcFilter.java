package dev.kqueue.internal.linux;

import static dev.kqueue.internal.libc.SysEpoll.EPOLLET;
import static dev.kqueue.internal.libc.SysEpoll.EPOLLIN;
import static dev.kqueue.internal.libc.SysEpoll.EPOLLONESHOT;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.Note;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.SysPidfd;
import dev.kqueue.internal.libc.Unistd;
import dev.kqueue.internal.thread.StackReserve;

/**
 * EVFILT_PROC: what becomes of a process. NOTE_EXIT of any process, through a pidfd, with the wait status in {@code
 * data}; -1 if the kernel does not report it: see {@link ExitStatus}. NOTE_FORK, NOTE_EXEC and NOTE_TRACK through
 * {@link ProcConnector}, which needs privileges: EPERM without them. If the connector loses messages, a note that one
 * of them may have been about is reported, and NOTE_TRACKERR for children.
 *
 * <p>As on FreeBSD: a zombie is found, and its exit reported at once. With its exit the process's knote is gone, after
 * an event with EV_EOF and EV_ONESHOT if there is anything to report. A child that is followed is reported by a
 * NOTE_CHILD event of its own, with its parent in {@code data}, apart from its further events.
 */
final class ProcFilter implements FilterOps {
    private static final int EVFILT_PROC = Filter.PROC.value();
    private static final int FOLLOWED = Note.NOTE_FORK | Note.NOTE_EXEC | Note.NOTE_TRACK;
    private static final int KNOWN = Note.NOTE_EXIT | FOLLOWED;
    private static final int POLLED = EPOLLIN | EPOLLET | EPOLLONESHOT;

    /** A process that is watched. */
    private static final class Watched {
        /** -1 of a child that had ended before it could be opened: the connector reports its exit. */
        int pidfd = -1;

        /** Whether the connector is needed for it. */
        boolean followed;
    }

    @Override
    public boolean isDescriptor() {
        return false;
    }

    @Override
    public int attach(Knote kn) {
        if ((kn.requestedFflags() & ~KNOWN) != 0) {
            return Errno.EINVAL;
        }
        // What has happened before now is none of its business.
        kn.kq().connector().readQueued();
        Watched process = new Watched();
        int error = -1;
        try {
            error = follow(kn, process, kn.requestedFflags());
            if (error == 0) {
                error = open(kn, process);
            }
        } finally {
            // An errno, or something thrown.
            if (error != 0) {
                release(kn.kq(), process);
            }
        }
        if (error == 0) {
            kn.addFlag(KEvent.EV_CLEAR);
            kn.setHook(process);
        }
        return error;
    }

    private static int open(Knote kn, Watched process) {
        int pid = (int) kn.ident();
        int pidfd = pid != kn.ident() || pid <= 0 ? -Errno.ESRCH : SysPidfd.pidfdOpen(pid);
        if (pidfd < 0) {
            // EINVAL, ENOENT: a thread that is no process, by older and newer kernels.
            return pidfd == -Errno.EINVAL || pidfd == -Errno.ENOENT
                    ? Errno.ESRCH
                    : kn.kq().refused(Reasons.Call.PIDFD_OPEN, kn, -pidfd);
        }
        int error = kn.kq().poll(pidfd, POLLED, Epoll.tag(FilterHost.PROCESS, pid));
        if (error != 0) {
            Unistd.close(pidfd);
            return kn.kq().refused(Reasons.Call.EPOLL_CTL, kn, error);
        }
        process.pidfd = pidfd;
        return 0;
    }

    private static int follow(Knote kn, Watched process, int fflags) {
        FilterHost kq = kn.kq();
        boolean wanted = (fflags & FOLLOWED) != 0;
        if (wanted == process.followed) {
            return 0;
        }
        int error = 0;
        if (wanted) {
            error = kq.refused(Reasons.Call.CONNECTOR, kn, kq.connector().join());
        } else {
            kq.connector().leave();
        }
        process.followed ^= error == 0;
        return error;
    }

    private static void release(FilterHost kq, Watched process) {
        if (process.followed) {
            kq.connector().leave();
        }
        if (process.pidfd >= 0) {
            Unistd.close(process.pidfd);
        }
    }

    @Override
    public void detach(Knote kn) {
        release(kn.kq(), (Watched) kn.hook());
    }

    @Override
    public int touch(Knote kn, int flags, int fflags, long data) {
        if ((fflags & ~KNOWN) != 0) {
            return Errno.EINVAL;
        }
        // Events before this change are matched with the notes that were asked for until now.
        kn.kq().connector().readQueued();
        int error = follow(kn, (Watched) kn.hook(), fflags);
        if (error == 0) {
            kn.request(fflags, data);
        }
        return error;
    }

    @Override
    public boolean process(Knote kn, boolean dataWanted) {
        return kn.firedFflags() != 0;
    }

    /** Has epoll look at the process once more: what it has said of it may have been lost. */
    static void lookAgain(Knote kn) {
        int pidfd = kn.hook() instanceof Watched process ? process.pidfd : -1;
        if (pidfd >= 0 && !kn.eof) {
            long tag = Epoll.tag(FilterHost.PROCESS, (int) kn.ident());
            int error = kn.kq().pollAnew(pidfd, POLLED, tag);
            if (error != 0) {
                kn.kq().suspect();
            }
        }
    }

    /** The pidfd of a process has become readable. */
    static void exited(FilterHost kq, int pid) {
        StackReserve.ensure();
        // The process's last forks come before its exit.
        kq.connector().readQueued();
        Knote kn = kq.knotes().find(pid, EVFILT_PROC);
        if (kn == null || kn.eof) {
            return;
        }
        int pidfd = ((Watched) kn.hook()).pidfd;
        if (pidfd < 0) {
            return;
        }
        // The event may be of a former process of that number, whose knote is gone.
        int ready = kq.probe().tryPoll(pidfd, EPOLLIN);
        if (ready < 0) {
            // The kernel cannot say it now. The event was the registration's only one: it is asked for again.
            lookAgain(kn);
        } else if (ready != 0) {
            ended(kn, kq.exitStatus().of(pid, pidfd));
        }
    }

    private static void ended(Knote kn, int status) {
        if ((kn.requestedFflags() & Note.NOTE_EXIT) != 0) {
            // In place of other data, and beside the notes of what came before.
            kn.setFired(kn.firedFflags() | Note.NOTE_EXIT, status);
        }
        if (kn.firedFflags() == 0) {
            kn.kq().drop(kn);
            return;
        }
        kn.addFlag(KEvent.EV_ONESHOT);
        kn.eof = true;
        kn.kq().activate(kn);
    }

    // -- What ProcConnector reports.

    static void executed(FilterHost kq, int pid) {
        fire(kq.knotes().find(pid, EVFILT_PROC), Note.NOTE_EXEC);
    }

    static void endedUnseen(FilterHost kq, int pid, int status) {
        Knote kn = kq.knotes().find(pid, EVFILT_PROC);
        if (kn != null && !kn.eof && ((Watched) kn.hook()).pidfd < 0) {
            ended(kn, status);
        }
    }

    static void forked(FilterHost kq, int parent, int child) {
        Knote kn = kq.knotes().find(parent, EVFILT_PROC);
        fire(kn, Note.NOTE_FORK);
        if (kn != null && (kn.requestedFflags() & Note.NOTE_TRACK) != 0) {
            track(kn, child);
        }
    }

    /**
     * Messages of the connector were lost, after those that have been read. Whatever they may have said counts as
     * having happened: an event too many is harmless, one too few is waited for without end. Allocates nothing.
     */
    static void lost(FilterHost kq) {
        IdTable<ListedKnote> knotes = kq.knotes();
        for (ListedKnote kn = knotes.first(), next; kn != null; kn = next) {
            next = knotes.after(kn);
            if (kn.filter() != EVFILT_PROC) {
                continue;
            }
            fire(kn, kn.requestedFflags() & (Note.NOTE_FORK | Note.NOTE_EXEC));
            if ((kn.requestedFflags() & Note.NOTE_TRACK) != 0) {
                failed(kn);
            }
            if (!kn.eof && ((Watched) kn.hook()).pidfd < 0) {
                // It had ended before it could be opened, and its exit was not among the messages.
                ended(kn, ExitStatus.UNKNOWN);
            }
        }
    }

    private static void fire(Knote kn, int note) {
        if (kn != null && (kn.requestedFflags() & note) != 0) {
            kn.addFired(note, 0);
            kn.kq().activate(kn);
        }
    }

    private static void failed(Knote kn) {
        kn.addFired(Note.NOTE_TRACKERR, 0);
        kn.kq().activate(kn);
    }

    private static void track(Knote parent, int child) {
        FilterHost kq = parent.kq();
        // The report first: if there is no memory for it, nothing has been done yet.
        Knote report = ChildReport.of(parent, child);
        if (kq.knotes().find(child, EVFILT_PROC) == null && !watch(parent, child)) {
            failed(parent);
            return;
        }
        kq.activate(report);
    }

    private static boolean watch(Knote parent, int child) {
        FilterHost kq = parent.kq();
        Watched process = new Watched();
        ListedKnote kn =
                new ListedKnote(
                        kq,
                        child,
                        EVFILT_PROC,
                        parent.ops(),
                        parent.flags(),
                        parent.requestedFflags(),
                        0,
                        parent.udata);
        boolean listed = false;
        try {
            int error = follow(kn, process, kn.requestedFflags());
            if (error == 0) {
                error = open(kn, process);
            }
            // ESRCH: it has ended already, and its exit is the connector's next word about it.
            if (error == 0 || error == Errno.ESRCH) {
                kn.setHook(process);
                kq.knotes().add(kn);
                listed = true;
            }
            return listed;
        } finally {
            if (!listed) {
                release(kq, process);
            }
        }
    }
}
