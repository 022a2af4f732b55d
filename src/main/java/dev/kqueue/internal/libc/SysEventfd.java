package dev.kqueue.internal.libc;

import dev.kqueue.internal.abi.Abi;

/** {@code <sys/eventfd.h>}: a counter as a descriptor. Linux, FreeBSD 13 and NetBSD 10 have it. */
public final class SysEventfd {
    private SysEventfd() {}

    private static final boolean PRESENT =
            CLibrary.has("eventfd") && Abi.HOST.isDefined("EFD_CLOEXEC") && Abi.HOST.isDefined("EFD_NONBLOCK");

    private static final CFunction EVENTFD = CFunction.of("eventfd");

    /** Whether the C library has eventfd(2), and the tables its flags. */
    public static boolean isPresent() {
        return PRESENT;
    }

    /** {@code int eventfd(unsigned int initval, EFD_CLOEXEC | EFD_NONBLOCK)}; only where {@link #isPresent}. */
    public static int eventfd(int initval) {
        int flags = Abi.HOST.constant("EFD_CLOEXEC") | Abi.HOST.constant("EFD_NONBLOCK");
        return EVENTFD.callInt(initval, flags);
    }
}
