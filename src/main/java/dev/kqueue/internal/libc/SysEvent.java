package dev.kqueue.internal.libc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.kqueue.internal.abi.Abi;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** {@code <sys/event.h>}: kqueue(2) itself, where the C library has it. */
public final class SysEvent {
    private SysEvent() {}

    private static final MethodHandle KQUEUE = CLibrary.function("kqueue", FunctionDescriptor.of(JAVA_INT));

    private static final MethodHandle KQUEUE1 = CLibrary.function("kqueue1", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle KQUEUEX = CLibrary.function("kqueuex", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    /**
     * NetBSD declares nchanges and nevents as size_t, the others as int. The upper half of a register that carries an
     * int is anything, so the type must say which it is.
     */
    private static final boolean WIDE_COUNTS =
            Abi.HOST.findStruct("kevent_count").map(count -> count.size() == 8).orElse(false);

    private static final MethodHandle KEVENT =
            CLibrary.function(
                    "kevent",
                    WIDE_COUNTS
                            ? FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS)
                            : FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));

    /** Whether the C library has kqueue(2). */
    public static boolean isPresent() {
        return CLibrary.has("kqueue") && CLibrary.has("kevent");
    }

    /** {@code int kqueue(void)} */
    public static int kqueue() {
        MemorySegment errno = CLibrary.errno();
        try {
            return CLibrary.result((int) KQUEUE.invokeExact(errno), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /** Whether {@link #kqueue1} exists: NetBSD, FreeBSD 15, OpenBSD of 2025. */
    public static boolean hasKqueue1() {
        return CLibrary.has("kqueue1");
    }

    /** {@code int kqueue1(int flags)}: flags are those of open(2), {@code O_CLOEXEC} among them. */
    public static int kqueue1(int flags) {
        MemorySegment errno = CLibrary.errno();
        try {
            return CLibrary.result((int) KQUEUE1.invokeExact(errno, flags), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /** Whether {@link #kqueuex} exists: FreeBSD 14. */
    public static boolean hasKqueuex() {
        return CLibrary.has("kqueuex");
    }

    /** {@code int kqueuex(u_int flags)}: flags are {@code KQUEUE_CLOEXEC}. */
    public static int kqueuex(int flags) {
        MemorySegment errno = CLibrary.errno();
        try {
            return CLibrary.result((int) KQUEUEX.invokeExact(errno, flags), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /**
     * {@code int kevent(int kq, const struct kevent *changelist, int nchanges, struct kevent *eventlist, int nevents,
     * const struct timespec *timeout)}; a null timeout is {@link MemorySegment#NULL}.
     */
    public static int kevent(
            int kq,
            MemorySegment changelist,
            int nchanges,
            MemorySegment eventlist,
            int nevents,
            MemorySegment timeout) {
        MemorySegment errno = CLibrary.errno();
        try {
            int returned =
                    WIDE_COUNTS
                            ? (int)
                                    KEVENT.invokeExact(
                                            errno, kq, changelist, (long) nchanges, eventlist, (long) nevents, timeout)
                            : (int) KEVENT.invokeExact(errno, kq, changelist, nchanges, eventlist, nevents, timeout);
            return CLibrary.result(returned, errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }
}
