package dev.kqueue.internal.thread;

import java.util.function.LongSupplier;

/**
 * Decides whether to yield before blocking. When several threads serve one selector, runnable peers are about to
 * produce more events; yielding first lets one wakeup collect them all (with Jetty and Tomcat on two cores, every third
 * request otherwise paid for a sleep and a wakeup).
 *
 * <p>The gain needs an idle machine. Beside thirty runnable threads on two cores, with 16 connections, one selecting
 * thread and four workers, by turns with yields and without, CPU time was alike (1.02, 95 % interval 1.00 to 1.09), and
 * so were sleeps a request. To repeat it, let {@link #beforeWait} return at once, and compare {@code ./kq programs
 * jetty tomcat}.
 *
 * <p>sched_yield(2) costs up to a microsecond even if no thread wants the processor. So a selector that a single thread
 * uses alone does not yield. There has to be a sign that others take part: the selector was woken while it waited, or
 * another thread selects than before. And it has to be of use: if the wait afterwards waits all the same, and for one
 * event, several times in a row, the next yields are omitted.
 *
 * <p>They are omitted, too, after one that has taken long. Those that ran then are not at work for the selector but
 * compute, and use up their time slice, while what has become ready has to wait: a thread that slept would have been
 * preferred by the scheduler.
 *
 * <p>Owned by the thread that holds the selector's monitor.
 */
public final class YieldPolicy {
    /** Waits for which a sign counts. */
    static final int COUNTS = 32;

    /**
     * A yield that takes this many nanoseconds has let a computing thread run: a time slice is some three milliseconds.
     */
    static final long LONG = 1_000_000;

    /** A wait that is over within so many nanoseconds found something there: the yield was of use. */
    static final long PROMPT = 10_000;

    /** So many yields in a row may be of no use. */
    static final int IN_VAIN = 8;

    /** Yields that are omitted then, and after one that has taken long. */
    static final int OMITTED = 64;

    private final LongSupplier clock;
    private final Runnable yield;

    /** The thread that selected last; by its number, to keep nothing alive. */
    private long thread;

    /** For so many waits others are believed to take part. */
    private int credit;

    private int omit;
    private int inVain;
    private long yields;

    /** Whether a yield came before the wait in progress, and when it was over. */
    private boolean yielded;

    private long yieldedAt;

    public YieldPolicy() {
        this(SystemClock.INSTANCE, new ThreadYield());
    }

    YieldPolicy(LongSupplier clock, Runnable yield) {
        this.clock = clock;
        this.yield = yield;
        thread = Thread.currentThread().threadId();
    }

    private static final class ThreadYield implements Runnable {
        @Override
        @SuppressWarnings("ThreadPriorityCheck") // yields as a hint
        public void run() {
            Thread.yield();
        }
    }

    /** Another thread has woken the selector: others take part. */
    public void woken() {
        credit = COUNTS;
    }

    /** To be called by the thread that is about to wait. */
    public void beforeWait() {
        long current = Thread.currentThread().threadId();
        if (current != thread) {
            thread = current;
            credit = COUNTS;
        }
        if (credit > 0) {
            credit--;
            offer();
        }
    }

    private void offer() {
        if (omit > 0) {
            omit--;
            return;
        }
        long before = clock.getAsLong();
        yield.run();
        yields++;
        yieldedAt = clock.getAsLong();
        if (yieldedAt - before >= LONG) {
            omit = OMITTED;
        } else {
            yielded = true;
        }
    }

    /**
     * To be called when the wait is over, or the look that has taken its place.
     *
     * @param events how many it has brought
     */
    public void afterWait(int events) {
        if (!yielded) {
            return;
        }
        yielded = false;
        if (events > 1 || clock.getAsLong() - yieldedAt < PROMPT) {
            inVain = 0;
        } else if (++inVain == IN_VAIN) {
            inVain = 0;
            omit = OMITTED;
        }
    }

    /** How often it has let others run. */
    public long yields() {
        return yields;
    }
}
