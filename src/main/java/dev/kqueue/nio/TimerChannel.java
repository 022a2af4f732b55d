package dev.kqueue.nio;

import dev.kqueue.KEvent;
import dev.kqueue.internal.libc.Startup;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A channel for the expirations of a timer: {@code EVFILT_TIMER}. It starts when it is registered, separately for each
 * selector.
 *
 * <p>Expirations are never early. Where the system has no unit as fine as the period (DragonFly BSD: below a
 * millisecond), or its clock ticks more slowly, they are later. On macOS a timer begins anew when interest in it comes
 * back.
 */
public final class TimerChannel extends EventChannel {
    /** Far from the idents that programs choose for knotes of their own. */
    private static final AtomicLong IDENTS = new AtomicLong(Long.MIN_VALUE);

    /** Far enough not to be waited for, and near enough to be added to any {@link System#nanoTime}. */
    private static final Duration LONGEST = Duration.ofDays(100 * 365);

    private final long ident = IDENTS.getAndIncrement();
    private final Duration initial;
    private final Duration period;
    private final long initialNanos;
    private final long periodNanos;

    private TimerChannel(Duration initial, Duration period) {
        this.initial = initial;
        this.period = period;
        this.initialNanos = nanos(initial);
        this.periodNanos = nanos(period);
    }

    private static long nanos(Duration time) {
        return time.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : time.toNanos();
    }

    /**
     * Makes a timer. A time of more than a hundred years counts as a hundred; the system's own timers reach 50 years at
     * least.
     *
     * @param initial how long after its registration it expires first; may be zero
     * @param period how long after an expiration it expires again; zero for a timer that expires once
     * @throws IllegalArgumentException if one of them is negative
     */
    public static TimerChannel open(Duration initial, Duration period) {
        Startup.check();
        if (initial.isNegative() || period.isNegative()) {
            throw new IllegalArgumentException("negative: initial " + initial + ", period " + period);
        }
        return new TimerChannel(initial, period);
    }

    /** How long after its registration it expires first. */
    public Duration initial() {
        return initial;
    }

    /** How long after an expiration it expires again; zero if it expires once. */
    public Duration period() {
        return period;
    }

    long initialNanos() {
        return initialNanos;
    }

    long periodNanos() {
        return periodNanos;
    }

    @Override
    public String toString() {
        return "timer of " + initial + (period.isZero() ? "" : ", then every " + period);
    }

    @Override
    TimerKey newKey(KQueueSelector selector) {
        return new TimerKey(selector, this);
    }

    /** Whether the kernel's own timer repeats it: a kernel's timer has one period, the first included. */
    boolean isRepeatedByKernel() {
        return initial.equals(period) && !period.isZero();
    }

    @Override
    KEvent knote(int attempt) {
        return knote(initial);
    }

    /** A timer that expires after that time: again and again if the kernel repeats it, else once. */
    KEvent knote(Duration delay) {
        int flags = isRepeatedByKernel() ? KEvent.EV_CLEAR : KEvent.EV_ONESHOT;
        // Some take zero for an error (NetBSD 10).
        Duration positive = delay.isZero() ? Duration.ofNanos(1) : delay;
        try {
            return KEvent.timer(ident, flags, positive, null);
        } catch (UnsupportedOperationException noFinerUnit) {
            return KEvent.timer(ident, flags, Duration.ofMillis(positive.plusNanos(999_999).toMillis()), null);
        }
    }
}
