package dev.kqueue.internal.bsd;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.internal.abi.Abi;

/**
 * Converts timer changes for a kernel that takes every period as milliseconds, whatever unit the change names: NetBSD
 * before 10 (filt_timerattach() looks at data alone), OpenBSD before units came into its {@code <sys/event.h>}. A
 * quarter of a second given in nanoseconds would come after eight years.
 */
final class MillisecondTimers {
    private MillisecondTimers() {}

    private static final int SECONDS = Abi.HOST.find("NOTE_SECONDS").orElse(0);
    private static final int USECONDS = Abi.HOST.find("NOTE_USECONDS").orElse(0);
    private static final int NSECONDS = Abi.HOST.find("NOTE_NSECONDS").orElse(0);
    private static final int ABSTIME = Abi.HOST.find("NOTE_ABSTIME").orElse(0);
    private static final int UNITS = SECONDS | USECONDS | NSECONDS;

    /** The changes with all timers in milliseconds, rounded up; the very list if it has none to be rewritten. */
    static KEventList rewritten(KEventList changes) {
        KEventList rewritten = null;
        for (int i = 0; i < changes.size(); i++) {
            int fflags = changes.fflags(i);
            if (changes.filter(i) != Filter.TIMER.value() || (fflags & (UNITS | ABSTIME)) == 0) {
                continue;
            }
            if (rewritten == null) {
                rewritten = copy(changes);
            }
            long millis = millis(changes.data(i), fflags & UNITS);
            int flags = changes.flags(i);
            if ((fflags & ABSTIME) != 0) {
                // As on kernels that know it: once, and at once if the time has passed.
                millis = Math.max(1, millis - System.currentTimeMillis());
                flags |= KEvent.EV_ONESHOT;
            }
            rewritten.set(
                    i,
                    changes.ident(i),
                    changes.filter(i),
                    flags,
                    fflags & ~(UNITS | ABSTIME),
                    millis,
                    changes.udata(i));
        }
        return rewritten == null ? changes : rewritten;
    }

    private static long millis(long data, int unit) {
        if (unit == SECONDS) {
            return data > Long.MAX_VALUE / 1000 ? Long.MAX_VALUE : data * 1000;
        }
        return unit == USECONDS ? Math.ceilDiv(data, 1000) : unit == NSECONDS ? Math.ceilDiv(data, 1_000_000) : data;
    }

    private static KEventList copy(KEventList changes) {
        KEventList copy = KEventList.allocate(changes.size());
        for (int i = 0; i < changes.size(); i++) {
            copy.add(
                    changes.ident(i),
                    changes.filter(i),
                    changes.flags(i),
                    changes.fflags(i),
                    changes.data(i),
                    changes.udata(i));
        }
        return copy;
    }
}
