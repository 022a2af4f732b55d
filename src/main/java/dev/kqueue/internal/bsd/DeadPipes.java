package dev.kqueue.internal.bsd;

import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Fcntl;

import java.util.ArrayList;
import java.util.List;

/**
 * Write ends of pipes whose readers had gone before EVFILT_WRITE was added. FreeBSD and DragonFly refuse the change
 * with EPIPE and NetBSD with EBADF (pipe_kqfilter() of each); macOS and OpenBSD accept it, and report EV_EOF at once,
 * as all of them do if the reader goes later. Here the refused knotes are kept and EV_EOF is reported, so that all
 * systems behave alike.
 *
 * <p>Only a program that adds such a knote pays: the list is empty otherwise, and {@link #isEmpty} is one read.
 */
final class DeadPipes {
    // -- guarded by this; but size is read without
    private final List<PipeKnote> knotes = new ArrayList<>();
    private volatile int size;

    boolean isEmpty() {
        return size == 0;
    }

    /** Forgets a descriptor that is being closed. */
    void closing(long ident) {
        if (!isEmpty()) {
            remove(ident);
        }
    }

    private synchronized void remove(long ident) {
        knotes.removeIf(knote -> knote.ident == ident);
        size = knotes.size();
    }

    /**
     * Whether a change's failure is one of these, and so is none: the change has been made here then.
     *
     * @param index of the change that failed
     */
    synchronized boolean accepts(KEventList changes, int index, int errno) {
        long ident = changes.ident(index);
        int flags = changes.flags(index);
        if (changes.filter(index) != PipeKnote.WRITE) {
            return false;
        }
        if ((flags & KEvent.EV_ADD) != 0 && isReaderGone(ident, errno)) {
            remove(ident);
            knotes.add(new PipeKnote(ident, flags, changes.udata(index)));
            size = knotes.size();
            return true;
        }
        PipeKnote kept = errno == Errno.ENOENT ? PipeKnote.find(knotes, ident) : null;
        if (kept == null) {
            return false;
        }
        if ((flags & KEvent.EV_DELETE) != 0) {
            remove(ident);
        } else {
            kept.change(flags);
        }
        return true;
    }

    /** EBADF is also the error for a descriptor that is not open; then it is returned as it is. */
    private static boolean isReaderGone(long ident, int errno) {
        return errno == Errno.EPIPE || (errno == Errno.EBADF && Fcntl.fcntl((int) ident, Fcntl.F_GETFD, 0) >= 0);
    }

    /** Whether an event is due, so that no call may wait. */
    boolean areDue() {
        return !isEmpty() && anyEnabled();
    }

    private synchronized boolean anyEnabled() {
        for (PipeKnote knote : knotes) {
            if (knote.enabled) {
                return true;
            }
        }
        return false;
    }

    /** Appends the events that are due, as far as there is room. */
    synchronized void report(KEventList events) {
        for (int i = 0; i < knotes.size() && events.size() < events.capacity(); i++) {
            PipeKnote knote = knotes.get(i);
            if (!knote.enabled) {
                continue;
            }
            knote.report(events);
            if (knote.is(KEvent.EV_ONESHOT)) {
                knotes.remove(i--);
            } else if (knote.is(KEvent.EV_CLEAR | KEvent.EV_DISPATCH)) {
                // An edge that will not come again, and a dispatch that EV_ENABLE repeats.
                knote.enabled = false;
            }
        }
        size = knotes.size();
    }
}
