package dev.kqueue.internal.bsd;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.KEventList;

import java.util.function.ToIntFunction;

/**
 * Timers that this library adds to a kqueue for itself, to end the waits of threads that are in the kernel already and
 * to make the kqueue readable for those who wait for its descriptor. No caller sees their events.
 */
final class OwnTimers {
    private static final int TIMER = Filter.TIMER.value();

    /** Idents that no program chooses by chance. */
    private static final long TICK_IDENT = 0x6b71_7469_636bL; // "kqtick"

    private static final long RING_IDENT = 0x6b71_7269_6e67L; // "kqring"

    private final ToIntFunction<KEventList> kernel;

    /** Whether there was ever one: it is set first, and stays. */
    private volatile boolean used;

    /**
     * @param kernel makes changes in the kqueue, and does not wait: 0 or -errno
     */
    OwnTimers(ToIntFunction<KEventList> kernel) {
        this.kernel = kernel;
    }

    /** Whether an event may be one of theirs. */
    boolean areUsed() {
        return used;
    }

    private int change(long ident, int flags, int millis) {
        used = true;
        return kernel.applyAsInt(KEventList.allocate(1).add(ident, TIMER, flags, 0, millis, 0));
    }

    /** Wakes once, as soon as may be: 0 or -errno. */
    int ring() {
        return change(RING_IDENT, KEvent.EV_ADD | KEvent.EV_ONESHOT, 1);
    }

    /** Wakes again and again, until {@link #stopTicking}: 0 or -errno. */
    int tick(int millis) {
        return change(TICK_IDENT, KEvent.EV_ADD | KEvent.EV_CLEAR, millis);
    }

    void stopTicking() {
        // ENOENT cannot be; a tick that another thread has just fetched is dropped there.
        change(TICK_IDENT, KEvent.EV_DELETE, 0);
    }

    /** Takes their events out of a list. */
    static void drop(KEventList events) {
        int kept = 0;
        for (int i = 0; i < events.size(); i++) {
            long ident = events.ident(i);
            if (events.filter(i) != TIMER || (ident != TICK_IDENT && ident != RING_IDENT)) {
                KernelKQueue.copy(events, i, kept++, events.data(i));
            }
        }
        events.setSize(kept);
    }
}
