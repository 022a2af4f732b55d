package dev.kqueue.internal.libc;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.kqueue.internal.abi.Abi;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** {@code <sys/eventfd.h>}: a counter as a descriptor. Linux, FreeBSD 13 and NetBSD 10 have it. */
public final class SysEventfd {
    private SysEventfd() {}

    private static final boolean PRESENT =
            CLibrary.has("eventfd") && Abi.HOST.isDefined("EFD_CLOEXEC") && Abi.HOST.isDefined("EFD_NONBLOCK");

    private static final MethodHandle EVENTFD =
            CLibrary.function("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    /** Whether the C library has eventfd(2), and the tables its flags. */
    public static boolean isPresent() {
        return PRESENT;
    }

    /** {@code int eventfd(unsigned int initval, EFD_CLOEXEC | EFD_NONBLOCK)}; only where {@link #isPresent}. */
    public static int eventfd(int initval) {
        int flags = Abi.HOST.constant("EFD_CLOEXEC") | Abi.HOST.constant("EFD_NONBLOCK");
        MemorySegment errno = CLibrary.errno();
        try {
            return CLibrary.result((int) EVENTFD.invokeExact(errno, initval, flags), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }
}
