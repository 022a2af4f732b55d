package dev.kqueue.internal.libc;

import java.lang.foreign.MemorySegment;

/** {@code <sys/event.h>}: kqueue(2) itself, where the C library has it. */
public final class SysEvent {
    private SysEvent() {}

    private static final CFunction KQUEUE = CFunction.of("kqueue");

    private static final CFunction KQUEUE1 = CFunction.of("kqueue1");
    private static final CFunction KQUEUEX = CFunction.of("kqueuex");

    /** NetBSD declares nchanges and nevents as size_t, the others as int: a number of 64 bits serves both. */
    private static final CFunction KEVENT = CFunction.of("kevent");

    /** Whether the C library has kqueue(2). */
    public static boolean isPresent() {
        return CLibrary.has("kqueue") && CLibrary.has("kevent");
    }

    /** {@code int kqueue(void)} */
    public static int kqueue() {
        return KQUEUE.callInt();
    }

    /** Whether {@link #kqueue1} exists: NetBSD, FreeBSD 15, OpenBSD of 2025. */
    public static boolean hasKqueue1() {
        return CLibrary.has("kqueue1");
    }

    /** {@code int kqueue1(int flags)}: flags are those of open(2), {@code O_CLOEXEC} among them. */
    public static int kqueue1(int flags) {
        return KQUEUE1.callInt(flags);
    }

    /** Whether {@link #kqueuex} exists: FreeBSD 14. */
    public static boolean hasKqueuex() {
        return CLibrary.has("kqueuex");
    }

    /** {@code int kqueuex(u_int flags)}: flags are {@code KQUEUE_CLOEXEC}. */
    public static int kqueuex(int flags) {
        return KQUEUEX.callInt(flags);
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
        return CFunction.keeping(
                KEVENT.callInt(kq, changelist.address(), nchanges, eventlist.address(), nevents, timeout.address()),
                changelist,
                eventlist,
                timeout);
    }
}
