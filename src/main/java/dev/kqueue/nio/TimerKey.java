package dev.kqueue.nio;

import dev.kqueue.KEvent;

import java.time.Duration;

/**
 * The key of a {@link TimerChannel}: how often a timer has expired.
 *
 * <p>A timer whose first expiration is not one period away is set anew for each expiration, always for the next point
 * of its own time table: neither the time that the program takes nor the system's delays add up, and expirations that
 * were missed meanwhile are counted.
 */
public final class TimerKey extends EventKey {
    /** When the next expiration is due, by {@link System#nanoTime}; of a timer that the kernel does not repeat. */
    private long due;

    TimerKey(KQueueSelector selector, TimerChannel channel) {
        super(selector, channel);
    }

    @Override
    public TimerChannel channel() {
        return (TimerChannel) super.channel();
    }

    /** How often it has expired. */
    public long expirations() {
        return data();
    }

    @Override
    boolean counts() {
        return true;
    }

    @Override
    void prepare(int ops) {
        due = System.nanoTime() + channel().initialNanos();
        super.prepare(ops);
    }

    /** Counts by the time table, not by the kernel's timer, if the kernel does not repeat it. */
    @Override
    void record(int flags, int fflags, long data) {
        if (channel().isRepeatedByKernel() || channel().periodNanos() == 0) {
            super.record(flags, fflags, data);
            return;
        }
        long period = channel().periodNanos();
        long missed = Math.max(0, System.nanoTime() - due) / period;
        due += (missed + 1) * period;
        super.record(flags, fflags, missed + 1);
    }

    @Override
    KEvent knote() {
        if (knotes != EventKnote.SPENT) {
            return super.knote();
        }
        return channel().knote(Duration.ofNanos(Math.max(0, due - System.nanoTime())));
    }

    @Override
    void ended() {
        if (channel().periodNanos() == 0) {
            super.ended();
        } else {
            knotes = EventKnote.SPENT;
            selector().interestChanged(this);
        }
    }
}
