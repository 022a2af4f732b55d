package dev.kqueue.internal.bsd;

import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Poll;
import dev.kqueue.internal.libc.SysStat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Write ends of pipes, for a kernel that does not report that the reader of a full one has gone: see {@link
 * dev.kqueue.internal.abi.Quirk#FULL_PIPE_MISSES_READER}. poll(2) is asked about them, on each return of a kevent call;
 * so that calls do return, a timer ticks in the kqueue while there are any.
 *
 * <p>An event that is found so is reported beside the kernel's. A kqueue without such pipes has no timer.
 *
 * <h2>No wait is left behind</h2>
 *
 * The timer is a knote of the kqueue, added by the call that adds the first pipe, before it waits. So it ends the waits
 * of threads that have been in the kernel since before, and makes the kqueue readable for those who wait for its
 * descriptor. A tick that one thread has fetched is followed by the next.
 */
final class SilentPipes {
    private static final System.Logger LOG = System.getLogger("dev.kqueue");

    /** How long a writer waits at most after the reader has gone. */
    private static final int TICK_MILLIS = 50;

    private final OwnTimers timers;

    // -- guarded by this; but used is read without
    private final List<PipeKnote> knotes = new ArrayList<>();
    private boolean ticking;
    private volatile boolean used;

    // -- end

    SilentPipes(OwnTimers timers) {
        this.timers = timers;
    }

    /** Whether there was ever a pipe. */
    boolean isUsed() {
        return used;
    }

    /** Takes in changes that are about to be made; those that fail are taken back by {@link #refused}. */
    void changing(KEventList changes) {
        for (int i = 0; i < changes.size(); i++) {
            changing(changes, i);
        }
    }

    void changing(KEventList changes, int index) {
        if (changes.filter(index) == PipeKnote.WRITE) {
            changing(changes.ident(index), changes.flags(index), changes.udata(index));
        }
    }

    /** Takes back what the kernel has refused, if that is what the list says. */
    void refused(KEventList entries) {
        for (int i = 0; i < entries.size(); i++) {
            if (entries.data(i) != 0) {
                refused(entries.ident(i), entries.filter(i));
            }
        }
    }

    void refused(long ident, int filter) {
        if (filter == PipeKnote.WRITE && used) {
            changing(ident, KEvent.EV_DELETE, 0);
        }
    }

    private synchronized void changing(long ident, int flags, long udata) {
        PipeKnote knote = PipeKnote.find(knotes, ident);
        if ((flags & KEvent.EV_DELETE) != 0) {
            knotes.remove(knote);
        } else if ((flags & KEvent.EV_ADD) != 0 && (knote != null || isPipe((int) ident))) {
            knotes.remove(knote);
            knotes.add(new PipeKnote(ident, flags, udata));
            startTicking();
        } else if (knote != null) {
            knote.told = false;
            knote.change(flags);
        }
    }

    /** Under the monitor, as is its end: so that the timer runs whenever there is a pipe. */
    private void startTicking() {
        if (!ticking) {
            used = true;
            int result = timers.tick(TICK_MILLIS);
            if (result < 0) {
                // Without the timer only the end of a full pipe is not reported, as on that kernel without this class.
                LOG.log(System.Logger.Level.WARNING, "no timer to look after full pipes: {0}", Errno.strerror(-result));
                return;
            }
            ticking = true;
        }
    }

    private void stopTicking() {
        if (ticking && knotes.isEmpty()) {
            ticking = false;
            timers.stopTicking();
        }
    }

    /** Forgets a descriptor that is being closed. */
    void closing(long ident) {
        if (used) {
            changing(ident, KEvent.EV_DELETE, 0);
        }
    }

    private static boolean isPipe(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stat = arena.allocate(SysStat.SIZE, Long.BYTES);
            return SysStat.fstat(fd, stat) >= 0 && (SysStat.mode(stat) & SysStat.S_IFMT) == SysStat.S_IFIFO;
        }
    }

    /** Takes in the kernel's events, and adds what poll(2) knows, as far as there is room. */
    synchronized void review(KEventList events) {
        for (int i = 0; i < events.size(); i++) {
            reported(events.filter(i), events.ident(i));
        }
        addEnded(events);
        stopTicking();
    }

    /** The kernel has reported a knote itself. */
    private void reported(int filter, long ident) {
        PipeKnote knote = filter == PipeKnote.WRITE ? PipeKnote.find(knotes, ident) : null;
        if (knote != null) {
            told(knote);
        }
    }

    private void told(PipeKnote knote) {
        if (knote.is(KEvent.EV_ONESHOT)) {
            knotes.remove(knote);
        } else if (knote.is(KEvent.EV_DISPATCH)) {
            knote.enabled = false;
        }
    }

    private void addEnded(KEventList events) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment one = arena.allocate(Poll.SIZE, Integer.BYTES);
            for (PipeKnote knote : List.copyOf(knotes)) {
                if (events.size() == events.capacity()) {
                    return;
                }
                if (!knote.enabled || knote.told || isIn(events, knote.ident)) {
                    continue;
                }
                Poll.set(one, 0, (int) knote.ident, Poll.POLLOUT);
                int n = Poll.poll(one, 1, 0);
                int found = n > 0 ? Poll.revents(one, 0) : 0;
                if ((found & Poll.POLLNVAL) != 0) {
                    // Closed by code other than this library; the number is free now.
                    knotes.remove(knote);
                } else if ((found & (Poll.POLLHUP | Poll.POLLERR)) != 0) {
                    knote.report(events);
                    knote.told = knote.is(KEvent.EV_CLEAR);
                    told(knote);
                }
            }
        }
    }

    private static boolean isIn(KEventList events, long ident) {
        for (int i = 0; i < events.size(); i++) {
            if (events.ident(i) == ident && events.filter(i) == PipeKnote.WRITE) {
                return true;
            }
        }
        return false;
    }
}
