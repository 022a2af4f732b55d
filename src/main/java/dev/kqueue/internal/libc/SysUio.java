package dev.kqueue.internal.libc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.kqueue.internal.abi.Abi;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * {@code <sys/uio.h>}. Ordinary calls: what the vectors name is native memory in any case, so there is no array to hold
 * in place and no reason to hold back a safepoint.
 */
public final class SysUio {
    private SysUio() {}

    /** How many vectors one call takes at most. */
    public static final int IOV_MAX = Abi.HOST.constant("IOV_MAX");

    private static final FunctionDescriptor TYPE = FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle READV = CLibrary.function("readv", TYPE);
    private static final MethodHandle WRITEV = CLibrary.function("writev", TYPE);

    /** Linked when first needed, as few programs close their arenas. */
    private static final class Keeping {
        static final MethodHandle READV = KeptArenas.function("readv", TYPE);
        static final MethodHandle WRITEV = KeptArenas.function("writev", TYPE);
    }

    /** {@code ssize_t readv(int fd, const struct iovec *iov, int iovcnt)} */
    public static long readv(int fd, MemorySegment iov, int iovcnt) {
        MemorySegment errno = CLibrary.errno();
        try {
            return CLibrary.result((long) READV.invokeExact(errno, fd, iov, iovcnt), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /** As the first, which keeps the arenas of the memory that iov names from being closed meanwhile. */
    public static long readv(int fd, MemorySegment iov, int iovcnt, KeptArenas kept) {
        if (kept.isEmpty()) {
            return readv(fd, iov, iovcnt);
        }
        MemorySegment errno = CLibrary.errno();
        try {
            long n = (long) Keeping.READV.invokeExact(errno, fd, iov, iovcnt, kept.arguments());
            return CLibrary.result(n, errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /** {@code ssize_t writev(int fd, const struct iovec *iov, int iovcnt)} */
    public static long writev(int fd, MemorySegment iov, int iovcnt) {
        MemorySegment errno = CLibrary.errno();
        try {
            return CLibrary.result((long) WRITEV.invokeExact(errno, fd, iov, iovcnt), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /** As the first, which keeps the arenas of the memory that iov names from being closed meanwhile. */
    public static long writev(int fd, MemorySegment iov, int iovcnt, KeptArenas kept) {
        if (kept.isEmpty()) {
            return writev(fd, iov, iovcnt);
        }
        MemorySegment errno = CLibrary.errno();
        try {
            long n = (long) Keeping.WRITEV.invokeExact(errno, fd, iov, iovcnt, kept.arguments());
            return CLibrary.result(n, errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }
}
