package dev.kqueue.internal.libc;

import dev.kqueue.internal.abi.Abi;

import java.lang.foreign.MemorySegment;

/**
 * {@code <sys/uio.h>}. Ordinary calls: what the vectors name is native memory in any case, so there is no array to hold
 * in place and no reason to hold back a safepoint.
 */
public final class SysUio {
    private SysUio() {}

    /** How many vectors one call takes at most. */
    public static final int IOV_MAX = Abi.HOST.constant("IOV_MAX");

    private static final CFunction READV = CFunction.of("readv");
    private static final CFunction WRITEV = CFunction.of("writev");

    private static final CFunction READV_KEEPING = CFunction.of("readv");
    private static final CFunction WRITEV_KEEPING = CFunction.of("writev");

    /** {@code ssize_t readv(int fd, const struct iovec *iov, int iovcnt)} */
    public static long readv(int fd, MemorySegment iov, int iovcnt) {
        return CFunction.keeping(READV.callLong(fd, iov.address(), iovcnt), iov);
    }

    /** As the first, which keeps the arenas of the memory that iov names from being closed meanwhile. */
    public static long readv(int fd, MemorySegment iov, int iovcnt, KeptArenas kept) {
        return kept.isEmpty()
                ? readv(fd, iov, iovcnt)
                : CFunction.keeping(READV_KEEPING.keptLong(fd, iov.address(), iovcnt, kept), iov);
    }

    /** {@code ssize_t writev(int fd, const struct iovec *iov, int iovcnt)} */
    public static long writev(int fd, MemorySegment iov, int iovcnt) {
        return CFunction.keeping(WRITEV.callLong(fd, iov.address(), iovcnt), iov);
    }

    /** As the first, which keeps the arenas of the memory that iov names from being closed meanwhile. */
    public static long writev(int fd, MemorySegment iov, int iovcnt, KeptArenas kept) {
        return kept.isEmpty()
                ? writev(fd, iov, iovcnt)
                : CFunction.keeping(WRITEV_KEEPING.keptLong(fd, iov.address(), iovcnt, kept), iov);
    }
}
