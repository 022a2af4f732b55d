package dev.kqueue;

import dev.kqueue.internal.abi.Abi;

import java.time.Duration;
import java.time.Instant;

/**
 * The fields of an {@code EVFILT_TIMER} change for a period or a point in time: the unit in {@code fflags}, the number
 * in {@code data}.
 *
 * <p>The unit is the coarsest of milliseconds, microseconds and nanoseconds that loses no precision: it has the largest
 * range, and milliseconds are the only unit of every system and release. Seconds are not used, since a number of
 * milliseconds reaches 292 million years.
 *
 * <p>A period is never longer than {@link #LONGEST}.
 */
record TimerData(int fflags, long data) {
    /**
     * No period is longer; a longer one becomes this. FreeBSD's timers count 2^31 seconds from the boot, 68 years, and
     * one that ends after that fires at once (timer2sbintime()).
     */
    static final Duration LONGEST = Duration.ofDays(50 * 365);

    private static final int NANOS_PER_MILLI = 1_000_000;
    private static final int NANOS_PER_MICRO = 1_000;
    private static final long MICROS_PER_SECOND = 1_000_000;

    /** A period. */
    static TimerData of(Duration period, Abi abi) {
        if (period.isNegative()) {
            throw new IllegalArgumentException("negative period " + period);
        }
        return of(period.compareTo(LONGEST) > 0 ? LONGEST : period, 0, abi);
    }

    /** A point in time. */
    static TimerData at(Instant deadline, Abi abi) {
        int absolute =
                abi.find("NOTE_ABSTIME")
                        .orElseGet(
                                () ->
                                        abi.find("NOTE_ABSOLUTE")
                                                .orElseThrow(
                                                        () ->
                                                                new UnsupportedOperationException(
                                                                        "neither NOTE_ABSTIME nor NOTE_ABSOLUTE is"
                                                                                + " defined on "
                                                                                + abi.system())));
        return of(Duration.between(Instant.EPOCH, deadline), absolute, abi);
    }

    private static TimerData of(Duration time, int notes, Abi abi) {
        // Milliseconds are 0 on every system; FreeBSD and our Linux have a bit for them as well, which changes nothing.
        // Not Duration.dividedBy, which divides with BigDecimal and allocates kilobytes for each timer.
        int nanos = time.toNanosPart();
        if (nanos % NANOS_PER_MILLI == 0) {
            return new TimerData(notes, time.toMillis());
        }
        if (nanos % NANOS_PER_MICRO == 0 && abi.isDefined("NOTE_USECONDS")) {
            long micros = Math.multiplyExact(time.toSeconds(), MICROS_PER_SECOND) + nanos / NANOS_PER_MICRO;
            return new TimerData(notes | abi.constant("NOTE_USECONDS"), micros);
        }
        if (abi.isDefined("NOTE_NSECONDS")) {
            return new TimerData(notes | abi.constant("NOTE_NSECONDS"), time.toNanos());
        }
        throw new UnsupportedOperationException(
                "timers on " + abi.system() + " have no unit finer than a millisecond: " + time + " must be rounded");
    }
}
