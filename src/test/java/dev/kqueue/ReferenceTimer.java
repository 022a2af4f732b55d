package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_ONESHOT;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.ReferenceKQueue.Knote;
import dev.kqueue.internal.libc.Errno;

import java.util.Random;

/**
 * EVFILT_TIMER, against the clock: between the moments before and after a call, a timer may have expired, or must have.
 */
final class ReferenceTimer extends ReferenceFilter {
    private static final long LATENESS = 500_000_000;

    /** Moments around the call in progress. */
    private long before;

    @Override
    Filter filter() {
        return Filter.TIMER;
    }

    @Override
    long ident(Random random) {
        return random.nextInt(3);
    }

    @Override
    int fflags(Random random) {
        return switch (random.nextInt(12)) {
            case 0 -> 1 << 20;
            case 1 -> Note.NOTE_SECONDS() | Note.NOTE_NSECONDS();
            case 2, 3 -> Note.NOTE_USECONDS();
            default -> 0;
        };
    }

    /** Milliseconds, or as many microseconds; or hours. */
    @Override
    long data(Random random) {
        return switch (random.nextInt(10)) {
            case 0 -> -1;
            case 1, 2, 3 -> 1_000_000_000_000L;
            default -> random.nextInt(7);
        };
    }

    @Override
    String act(Random random, KQueueDriver real, ReferenceKQueue model) throws InterruptedException {
        int millis = random.nextInt(4);
        Thread.sleep(millis);
        return "sleep " + millis;
    }

    /** To be called before each call of the real kqueue. */
    void before() {
        before = System.nanoTime();
    }

    private static long nanos(Knote kn) {
        long count = Math.max(kn.data, kn.has(EV_ONESHOT) ? 0 : 1);
        return Math.min(count, 1_000_000_000_000L) * (kn.fflags == 0 ? 1_000_000L : 1_000L);
    }

    @Override
    int attach(Knote kn) {
        if (kn.data < 0 || (kn.fflags != 0 && kn.fflags != Note.NOTE_USECONDS())) {
            return Errno.EINVAL;
        }
        kn.flags |= EV_CLEAR;
        return 0;
    }

    @Override
    int touch(Knote kn, int flags, int fflags, long data) {
        if ((flags & EV_ADD) == 0) {
            return 0;
        }
        // Once or again and again is what it was at first.
        Knote changed = new Knote(kn.ident, this, kn.flags, fflags, data, 0);
        int error = attach(changed);
        if (error == 0) {
            kn.fflags = fflags;
            kn.data = data;
            kn.flags = changed.flags;
        }
        return error;
    }

    @Override
    void looked(Knote kn, int flags, ReferenceKQueue model) {
        if ((flags & EV_ADD) != 0) {
            kn.setAfter = before;
            kn.setBefore = System.nanoTime();
            kn.count = 0;
            kn.ended = false;
        }
    }

    /** How often the timer has expired at least by a moment if it was set then. */
    private static long expirations(Knote kn, long set, long moment) {
        long passed = moment - set;
        long nanos = nanos(kn);
        if (passed < nanos) {
            return 0;
        }
        return kn.has(EV_ONESHOT) ? 1 : passed / nanos;
    }

    /** A busy machine may be late. */
    @Override
    boolean must(Knote kn) {
        return expirations(kn, kn.setBefore, before - LATENESS) > kn.count;
    }

    @Override
    boolean isOverdue(Knote kn) {
        return expirations(kn, kn.setBefore, System.nanoTime()) > kn.count;
    }

    @Override
    boolean may(Knote kn) {
        return expirations(kn, kn.setAfter, System.nanoTime()) > kn.count;
    }

    @Override
    void check(Knote kn, KQueueDriver.Event event) {
        assertThat(event.fflags()).isZero();
        assertThat(event.data())
                .isPositive()
                .isBetween(
                        expirations(kn, kn.setBefore, before) - kn.count,
                        expirations(kn, kn.setAfter, System.nanoTime()) - kn.count);
    }

    @Override
    void delivered(Knote kn, KQueueDriver.Event event, ReferenceKQueue model) {
        kn.count += event.data();
    }
}
