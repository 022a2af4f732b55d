package dev.kqueue.internal.linux;

import dev.kqueue.KEventList;
import dev.kqueue.KQueue;

import java.util.function.Consumer;

/**
 * What a kqueue does after something was thrown in the middle of a change, and after a system call that should not have
 * failed. See {@link LinuxKQueue} for the rules of what is thrown. Belongs to the kqueue's lock.
 *
 * <h2>Errors of our own descriptors</h2>
 *
 * Where epoll_ctl, or a call on the eventfd or a timerfd, fails though nothing has been closed, the call is made again
 * each time that a thread takes the lock. Until all calls have succeeded every wait has a {@link #limit}: 10 ms, and
 * twice as long after each wait that ends with the same errno, up to one second. Another errno, or one that follows a
 * success, begins with 10 ms again. So it stays as long as a timerfd could not be set: its timers are seen by the clock
 * alone. A wait that began without the limit, or with a longer one, is woken, unless another thread is back in time
 * ({@link Waiters}).
 */
final class Recovery {
    private final Core kq;

    /**
     * A thread is changing something; or has thrown while it did, if another thread sees it. Written by the kqueue
     * without a call, as the first act of a thread that has taken the lock.
     */
    boolean unfinished;

    /** The thread that is changing something has met an error, and has reported it: to be repaired all the same. */
    private boolean suspect;

    /** The thread that is changing something has repaired what another had left. */
    private boolean repaired;

    private static final long SHORTEST_LIMIT = 10_000_000;
    private static final long LONGEST_LIMIT = 1_000_000_000;

    /** A system call has failed that has to be made again. */
    private boolean retry;

    /** The first errno of the thread that last had to set {@link #retry}; 0 after a thread did not have to. */
    private int errno;

    /** How long a wait lasts at most because of that errno. */
    private long limit;

    /** When such a wait is over, by System.nanoTime(). */
    private long limitEnds;

    /** What was thrown when there were events in the eventlist already: a RuntimeException or an Error, or null. */
    private Throwable deferred;

    /** Kept, so that it need not be made when there is no memory. */
    private final Consumer<ListedKnote> repairOfKnote =
            new Consumer<>() {
                @Override
                public void accept(ListedKnote kn) {
                    repair(kn);
                }
            };

    Recovery(Core kq) {
        this.kq = kq;
    }

    /**
     * A thread has taken the lock.
     *
     * @param broken whether it has found {@link #unfinished}
     */
    void begin(boolean broken) {
        repaired = broken;
        if (broken) {
            repair();
        } else if (retry) {
            tryAgain();
        }
    }

    /**
     * A thread has changed all that it meant to.
     *
     * @return whether another thread is to repair now; not if this one has just done so in vain, as threads would wake
     *     each other without end
     */
    boolean end() {
        boolean wanted = suspect && !repaired;
        unfinished = suspect;
        suspect = false;
        if (!retry) {
            errno = 0;
        }
        return wanted;
    }

    /** An error was reported, and may have left something undone: to be repaired when the lock is taken next. */
    void suspect() {
        suspect = true;
    }

    /** A system call has failed, if this is an errno and not 0: to be made again soon. */
    void retryAfter(int error) {
        if (error != 0) {
            if (!retry) {
                limit(error);
            }
            retry = true;
        }
    }

    private void limit(int error) {
        long now = System.nanoTime();
        if (error != errno) {
            limit = SHORTEST_LIMIT;
        } else if (now - limitEnds >= 0) {
            limit = Math.min(2 * limit, LONGEST_LIMIT);
        } else {
            // The kqueue is in use, and the call is made more often than the limit says.
            return;
        }
        errno = error;
        limitEnds = now + limit;
    }

    /** How long a wait may last, in nanoseconds: negative without limit. */
    long limit() {
        return !retry ? KQueue.FOREVER : kq.isTimerUnset() ? SHORTEST_LIMIT : limit;
    }

    boolean isRetrying() {
        return retry;
    }

    /** Keeps what was thrown for the next call, if this one has events to return, which would be lost else. */
    void defer(Throwable thrown, KEventList events) {
        if (events.size() == 0) {
            throwUnchecked(thrown);
        }
        deferred = thrown;
        suspect = true;
    }

    void throwDeferred() {
        Throwable thrown = deferred;
        if (thrown != null) {
            deferred = null;
            throwUnchecked(thrown);
        }
    }

    static void throwUnchecked(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) thrown;
    }

    private void tryAgain() {
        retry = false;
        kq.expireTimers();
        kq.descriptors().update(false);
    }

    /** Can be thrown out of at any point, and is then begun again by the next thread. */
    private void repair() {
        retry = false;
        retryAfter(kq.pendingSignal().restore());
        kq.restoreTimers();
        kq.expireTimers();
        kq.knotes().forEach(repairOfKnote);
        kq.descriptors().update(true);
        kq.restoreQueues();
    }

    private void repair(ListedKnote kn) {
        requeue(kn);
        TimerFilter.lookAgain(kn);
        ProcFilter.lookAgain(kn);
    }

    /** A knote that has something to report must be in the queue. */
    void requeue(Knote kn) {
        if (kn != null && kn.active && !kn.disabled && !kn.queued) {
            kq.queue().add(kn);
        }
    }
}
