package dev.kqueue.nio;

import java.util.function.LongSupplier;

/**
 * Whether a selector lets other threads run before it waits.
 *
 * <p>Where several threads serve the keys of a selector, those that can run are about to make work for it: they answer,
 * and the answers bring the next messages; they change interest, and wake the selector for it. A thread that waits at
 * once is back for each of these by itself, at the price of being put to sleep and woken: measured with Jetty and
 * Tomcat on two processors, every third request. One that gives up its processor first (sched_yield(2), some 200 ns if
 * nobody wants it) finds them together.
 *
 * <p>A loop that one thread runs for itself gains nothing by that and does not pay for it: there has to be a sign that
 * others take part. It is that the selector was woken, or that another thread selects than before.
 *
 * <p>If those that run are not at work for the selector but for themselves, they use up their time slice, and what has
 * become ready has to wait for so long, where a thread that slept would have been preferred by the scheduler. After
 * such a yield the next ones are omitted.
 *
 * <p>Owned by the thread that holds the selector's monitor.
 */
final class Courtesy {
    /** Waits for which a sign counts. */
    static final int COUNTS = 32;

    /**
     * A yield that takes so many nanoseconds has met somebody who computes: a time slice is some three milliseconds.
     */
    static final long LONG = 1_000_000;

    /** Yields that are omitted after one that has taken long. */
    static final int OMITTED = 64;

    private final LongSupplier clock;
    private final Runnable yield;

    /** The thread that selected last; by its number, to keep nothing alive. */
    private long thread;

    /** For so many waits others are believed to take part. */
    private int credit;

    private int omit;

    Courtesy() {
        this(System::nanoTime, Thread::yield);
    }

    Courtesy(LongSupplier clock, Runnable yield) {
        this.clock = clock;
        this.yield = yield;
        thread = Thread.currentThread().threadId();
    }

    /** The selector was woken: others take part. */
    void woken() {
        credit = COUNTS;
    }

    /** To be called by the thread that is about to wait. */
    void beforeWait() {
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
        omit = clock.getAsLong() - before >= LONG ? OMITTED : 0;
    }
}
