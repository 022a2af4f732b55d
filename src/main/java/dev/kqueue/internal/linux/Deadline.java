package dev.kqueue.internal.linux;

/** When a timer expires next. Belongs to the kqueue's lock. */
final class Deadline {
    final Knote kn;
    final TimerQueue queue;

    /** 0 for a timer that expires once. */
    final long period;

    /** By the queue's clock, in nanoseconds. */
    long when;

    /** A timer that expires once has done so. */
    boolean passed;

    /** Where the queue's heap has it, or -1. */
    int index = -1;

    Deadline(Knote kn, TimerQueue queue, long when, long period) {
        this.kn = kn;
        this.queue = queue;
        this.when = when;
        this.period = period;
    }
}
