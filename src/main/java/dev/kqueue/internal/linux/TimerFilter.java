package dev.kqueue.internal.linux;

import dev.kqueue.KEvent;
import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.libc.Errno;

/**
 * EVFILT_TIMER: {@code data} is the period, in milliseconds if fflags does not say otherwise; in an event, how often it
 * has passed since the last report. With NOTE_ABSTIME {@code data} is a point in time since 1970, of 2262 at the
 * latest, and the timer fires once.
 *
 * <p>Expirations are counted from the clock when the scan looks. So a timer that is disabled, or that no thread waits
 * for, costs nothing as it expires, and loses no expiration.
 */
final class TimerFilter implements FilterOps {
    private static final int NOTE_SECONDS = Abi.HOST.constant("NOTE_SECONDS");
    private static final int NOTE_MSECONDS = Abi.HOST.constant("NOTE_MSECONDS");
    private static final int NOTE_USECONDS = Abi.HOST.constant("NOTE_USECONDS");
    private static final int NOTE_NSECONDS = Abi.HOST.constant("NOTE_NSECONDS");
    private static final int NOTE_ABSTIME = Abi.HOST.constant("NOTE_ABSTIME");

    /** 73 years: far enough, and sums and differences of such times do not overflow. */
    private static final long LONGEST = 1L << 61;

    /** In the year 2262. Points in time are not negative, so that their differences do not overflow either. */
    private static final long LATEST = Long.MAX_VALUE;

    @Override
    public boolean isDescriptor() {
        return false;
    }

    @Override
    public boolean isSimple() {
        return true;
    }

    @Override
    public int attach(Knote kn) {
        return start(kn, kn.requestedFflags(), kn.requestedData());
    }

    @Override
    public void detach(Knote kn) {
        if (kn.hook() instanceof Deadline deadline) {
            deadline.queue.remove(deadline);
        }
    }

    /** EV_ADD starts the timer anew and withdraws what it has counted; other changes leave it alone, as on FreeBSD. */
    @Override
    public int touch(Knote kn, int flags, int fflags, long data) {
        if ((flags & KEvent.EV_ADD) == 0) {
            return 0;
        }
        Deadline former = (Deadline) kn.hook();
        int error = start(kn, fflags, data);
        if (error == 0) {
            former.queue.remove(former);
            kn.request(fflags, data);
            kn.resetFired();
        }
        return error;
    }

    private static int start(Knote kn, int fflags, long data) {
        boolean absolute = (fflags & NOTE_ABSTIME) != 0;
        int unit = fflags & ~NOTE_ABSTIME;
        long scale =
                unit == NOTE_SECONDS
                        ? 1_000_000_000
                        : unit == NOTE_MSECONDS || unit == 0
                                ? 1_000_000
                                : unit == NOTE_USECONDS ? 1_000 : unit == NOTE_NSECONDS ? 1 : 0;
        if (scale == 0 || data < 0) {
            return Errno.EINVAL;
        }
        boolean once = absolute || kn.has(KEvent.EV_ONESHOT);
        long count = data == 0 && !once ? 1 : data;
        long most = absolute ? LATEST : LONGEST;
        long nanos = count > most / scale ? most : count * scale;
        TimerQueue queue = absolute ? kn.kq().wallTimers() : kn.kq().timers();
        int error = queue.open();
        if (error != 0) {
            return error;
        }
        if (!absolute) {
            kn.addFlag(KEvent.EV_CLEAR);
        }
        Deadline deadline = new Deadline(kn, queue, absolute ? nanos : queue.now() + nanos, once ? 0 : nanos);
        // Without memory the timer is what it was; without stack it is added by lookAgain().
        queue.reserve();
        kn.setHook(deadline);
        queue.add(deadline);
        return 0;
    }

    /** Puts a timer into the heap that should be there: something was thrown while it was started. */
    static void lookAgain(Knote kn) {
        if (kn.hook() instanceof Deadline deadline && deadline.index < 0 && !deadline.passed && !kn.active) {
            deadline.queue.add(deadline);
        }
    }

    @Override
    public boolean process(Knote kn, boolean dataWanted) {
        Deadline deadline = (Deadline) kn.hook();
        long late = deadline.queue.now() - deadline.when;
        if (late >= 0 && !deadline.passed) {
            deadline.queue.remove(deadline);
            if (deadline.period == 0) {
                deadline.passed = true;
                kn.setFired(0, 1);
            } else {
                long periods = late / deadline.period + 1;
                kn.addFired(0, periods);
                deadline.when += periods * deadline.period;
                deadline.queue.add(deadline);
            }
        }
        if (late < 0 && deadline.index < 0 && !deadline.passed) {
            // The clock was set back after the timer had expired.
            deadline.queue.add(deadline);
        }
        return kn.firedData() != 0;
    }
}
