package dev.kqueue.internal.libc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Field;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** {@code <sys/timerfd.h>}: a timer as a descriptor. */
public final class SysTimerfd {
    private SysTimerfd() {}

    private static final Field SECONDS = Abi.HOST.struct("timespec").field("tv_sec");
    private static final Field NANOSECONDS = Abi.HOST.struct("timespec").field("tv_nsec");

    /** {@code sizeof(struct itimerspec)}: two of struct timespec, the interval and the first expiration. */
    public static final int ITIMERSPEC_SIZE = 2 * Abi.HOST.struct("timespec").size();

    private static final MethodHandle TIMERFD_CREATE =
            CLibrary.function("timerfd_create", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle TIMERFD_SETTIME =
            CLibrary.critical("timerfd_settime", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));

    /** {@code int timerfd_create(int clockid, TFD_CLOEXEC | TFD_NONBLOCK)} */
    public static int timerfdCreate(int clockid) {
        int flags = Abi.HOST.constant("TFD_CLOEXEC") | Abi.HOST.constant("TFD_NONBLOCK");
        MemorySegment errno = CLibrary.errno();
        try {
            return CLibrary.result((int) TIMERFD_CREATE.invokeExact(errno, clockid, flags), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /** {@code int timerfd_settime(int fd, int flags, const struct itimerspec *new_value, NULL)} */
    public static int timerfdSettime(int fd, int flags, MemorySegment newValue) {
        MemorySegment errno = CLibrary.criticalErrno();
        try {
            int returned = (int) TIMERFD_SETTIME.invokeExact(errno, fd, flags, newValue, MemorySegment.NULL);
            return CLibrary.result(returned, errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
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
