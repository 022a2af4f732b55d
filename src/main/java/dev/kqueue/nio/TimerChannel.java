package dev.kqueue.nio;

import dev.kqueue.KEvent;
import dev.kqueue.internal.libc.Startup;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A channel for the expirations of a timer: {@code EVFILT_TIMER}.
 *
 * {@snippet :
 * TimerChannel tick = TimerChannel.atFixedRate(Duration.ZERO, Duration.ofSeconds(1));
 * TimerKey key = (TimerKey) tick.register(selector, SelectionKey.OP_READ);
 * }
 *
 * <p>The timer starts when the channel is registered, separately for each selector. {@link
 * KQueueSelector#schedule(Duration)} and {@link KQueueSelector#scheduleAtFixedRate(Duration)} make and register one in
 * one step.
 *
 * <p>Expirations are never early. Where the system has no unit as fine as the period (DragonFly BSD: below a
 * millisecond), or its clock ticks more slowly, they are later. On macOS a timer begins anew when interest in it comes
 * back.
 *
 * <p>A time of more than a hundred years counts as a hundred; the system's own timers reach 50 years at least.
 */
public final class TimerChannel extends EventChannel {
    /** Far from the idents that programs choose for knotes of their own. */
    private static final AtomicLong IDENTS = new AtomicLong(Long.MIN_VALUE);

    /** Far enough not to be waited for, and near enough to be added to any {@link System#nanoTime}. */
    private static final Duration LONGEST = Duration.ofDays(100 * 365);

    private final long ident = IDENTS.getAndIncrement();
    private final Duration initialDelay;
    private final Optional<Duration> period;

    private TimerChannel(Duration initialDelay, Optional<Duration> period) {
        Startup.check();
        this.initialDelay = initialDelay.isNegative() ? Duration.ZERO : initialDelay;
        this.period = period;
    }

    /** Nanoseconds, at least 0 and at most a hundred years. */
    static long nanos(Duration time) {
        return time.isNegative() ? 0 : (time.compareTo(LONGEST) > 0 ? LONGEST : time).toNanos();
    }

    /** The time from now to a time of day. */
    static Duration until(Instant time) {
        return Duration.between(Instant.now(), time);
    }

    /**
     * Makes a timer that expires once.
     *
     * @param delay how long after its registration it expires; zero or less expires at once
     */
    public static TimerChannel after(Duration delay) {
        return new TimerChannel(delay, Optional.empty());
    }

    /**
     * Makes a timer that expires again and again.
     *
     * @param initialDelay how long after its registration it expires first; zero or less expires at once
     * @param period how long after an expiration it expires again
     * @throws IllegalArgumentException if the period is not positive
     */
    public static TimerChannel atFixedRate(Duration initialDelay, Duration period) {
        Objects.requireNonNull(initialDelay, "initialDelay");
        if (!period.isPositive()) {
            throw new IllegalArgumentException("a period must be positive: " + period);
        }
        return new TimerChannel(initialDelay, Optional.of(period));
    }

    /** How long after its registration it expires first. */
    public Duration initialDelay() {
        return initialDelay;
    }

    /** How long after an expiration it expires again; empty if it expires once. */
    public Optional<Duration> period() {
        return period;
    }

    long initialNanos() {
        return nanos(initialDelay);
    }

    /** 0 if it expires once. */
    long periodNanos() {
        return period.map(TimerChannel::nanos).orElse(0L);
    }

    @Override
    public String toString() {
        return "timer of " + initialDelay + period.map(every -> ", then every " + every).orElse("");
    }

    @Override
    TimerKey newKey(KQueueSelector selector) {
        return new TimerKey(selector, this);
    }

    /** Whether the kernel's own timer repeats it: a kernel's timer has one period, the first included. */
    boolean isRepeatedByKernel() {
        return period.isPresent() && initialDelay.equals(period.get());
    }

    @Override
    KEvent knote(int attempt) {
        return knote(initialNanos(), isRepeatedByKernel() ? KEvent.EV_CLEAR : KEvent.EV_ONESHOT);
    }

    /** A timer that expires after that time: once with EV_ONESHOT, else again and again. */
    KEvent knote(long delayNanos, int flags) {
        // Some take zero for an error (NetBSD 10).
        Duration positive = Duration.ofNanos(Math.max(1, delayNanos));
        try {
            return KEvent.timer(ident, flags, positive, null);
        } catch (UnsupportedOperationException noFinerUnit) {
            return KEvent.timer(ident, flags, Duration.ofMillis(positive.plusNanos(999_999).toMillis()), null);
        }
    }
}
