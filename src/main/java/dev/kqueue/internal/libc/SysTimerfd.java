package dev.kqueue.internal.libc;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Field;

import java.lang.foreign.MemorySegment;

/** {@code <sys/timerfd.h>}: a timer as a descriptor. */
public final class SysTimerfd {
    private SysTimerfd() {}

    private static final Field SECONDS = Abi.HOST.struct("timespec").field("tv_sec");
    private static final Field NANOSECONDS = Abi.HOST.struct("timespec").field("tv_nsec");

    /** {@code sizeof(struct itimerspec)}: two of struct timespec, the interval and the first expiration. */
    public static final int ITIMERSPEC_SIZE = 2 * Abi.HOST.struct("timespec").size();

    private static final CFunction TIMERFD_CREATE = CFunction.of("timerfd_create");
    private static final CFunction TIMERFD_SETTIME = CFunction.of("timerfd_settime");

    /** {@code int timerfd_create(int clockid, TFD_CLOEXEC | TFD_NONBLOCK)} */
    public static int timerfdCreate(int clockid) {
        int flags = Abi.HOST.constant("TFD_CLOEXEC") | Abi.HOST.constant("TFD_NONBLOCK");
        return TIMERFD_CREATE.callInt(clockid, flags);
    }

    /** {@code int timerfd_settime(int fd, int flags, const struct itimerspec *new_value, NULL)} */
    public static int timerfdSettime(int fd, int flags, MemorySegment newValue) {
        return CFunction.keeping(TIMERFD_SETTIME.criticalInt(fd, flags, newValue.address(), 0), newValue);
    }

    /** Fills a {@code struct itimerspec} with one expiration and no interval; 0 nanoseconds disarm the timer. */
    public static void set(MemorySegment itimerspec, long nanoseconds) {
        long value = ITIMERSPEC_SIZE / 2;
        SECONDS.set(itimerspec, 0, 0);
        NANOSECONDS.set(itimerspec, 0, 0);
        SECONDS.set(itimerspec, value, nanoseconds / 1_000_000_000);
        NANOSECONDS.set(itimerspec, value, nanoseconds % 1_000_000_000);
    }
}
