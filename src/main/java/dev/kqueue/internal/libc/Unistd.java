package dev.kqueue.internal.libc;

import java.lang.foreign.MemorySegment;

/** {@code <unistd.h>}. */
public final class Unistd {
    private Unistd() {}

    /**
     * Up to this many bytes, read and write are critical calls (see {@link CLibrary}), and only so many may lie in the
     * heap: to copy 128 KiB takes some ten microseconds, which a safepoint can wait for. Longer native memory goes by
     * ordinary calls, which hold back nothing.
     */
    public static final int CRITICAL_BYTES = 128 * 1024;

    // Four shapes for one function. The calls of one shape share what the JIT learns of the segments they meet; it
    // removes the segment of a heap array only where it has seen no other kind.

    private static final CFunction READ_HEAP = CFunction.of("read");
    private static final CFunction READ_SHORT = CFunction.of("read");
    private static final CFunction READ_LONG = CFunction.of("read");
    private static final CFunction READ = CFunction.of("read");
    private static final CFunction WRITE_HEAP = CFunction.of("write");
    private static final CFunction WRITE_SHORT = CFunction.of("write");
    private static final CFunction WRITE_LONG = CFunction.of("write");
    private static final CFunction WRITE = CFunction.of("write");

    private static final CFunction DUP2 = CFunction.of("dup2");
    private static final CFunction ISATTY = CFunction.of("isatty");

    private static final CFunction PREAD = CFunction.of("pread");

    private static final boolean PIPE2 = CLibrary.has("pipe2");
    private static final CFunction PIPE = CFunction.of("pipe");
    private static final CFunction PIPE_FLAGS = CFunction.of("pipe2");

    // Not critical: close(2) may wait, for a socket that lingers or a file on a network.
    private static final CFunction CLOSE = CFunction.of("close");

    /**
     * {@code ssize_t read(int fd, void *buf, size_t count)} of a non-blocking descriptor, by address: the caller keeps
     * the memory alive.
     */
    public static long read(int fd, long address, long count) {
        return count > CRITICAL_BYTES
                ? READ_LONG.callLong(fd, address, count)
                : READ_SHORT.criticalLong(fd, address, count);
    }

    /**
     * {@code ssize_t read(int fd, void *buf, size_t count)}, which keeps the segment's arena from being closed
     * meanwhile. If buf lies in the heap, of a non-blocking descriptor and at most {@link #CRITICAL_BYTES}.
     */
    public static long read(int fd, MemorySegment buf, long count) {
        return buf.isNative() ? READ.segmentLong(fd, buf, count, 0, 0, 0) : READ_HEAP.heapLong(fd, buf, count, 0, 0, 0);
    }

    /**
     * {@code ssize_t write(int fd, const void *buf, size_t count)} of a non-blocking descriptor, by address: the caller
     * keeps the memory alive.
     */
    public static long write(int fd, long address, long count) {
        return count > CRITICAL_BYTES
                ? WRITE_LONG.callLong(fd, address, count)
                : WRITE_SHORT.criticalLong(fd, address, count);
    }

    /**
     * {@code ssize_t write(int fd, const void *buf, size_t count)}, which keeps the segment's arena from being closed
     * meanwhile. If buf lies in the heap, of a non-blocking descriptor and at most {@link #CRITICAL_BYTES}.
     */
    public static long write(int fd, MemorySegment buf, long count) {
        return buf.isNative()
                ? WRITE.segmentLong(fd, buf, count, 0, 0, 0)
                : WRITE_HEAP.heapLong(fd, buf, count, 0, 0, 0);
    }

    /** {@code ssize_t pread(int fd, void *buf, size_t count, off_t offset)}; buf is native memory. */
    public static long pread(int fd, MemorySegment buf, long count, long offset) {
        return CFunction.keeping(PREAD.callLong(fd, buf.address(), count, offset), buf);
    }

    /**
     * {@code int close(int fd)}. The number is free afterwards whatever the result, EINTR included: never call it
     * again.
     */
    public static int close(int fd) {
        return CLOSE.callInt(fd);
    }

    /**
     * {@code int pipe(int pipefd[2])}: both ends non-blocking and close-on-exec; pipefd is native memory of two ints.
     */
    public static int pipe(MemorySegment pipefd) {
        if (PIPE2) {
            return CFunction.keeping(PIPE_FLAGS.callInt(pipefd.address(), Fcntl.O_NONBLOCK | Fcntl.O_CLOEXEC), pipefd);
        }
        int result = CFunction.keeping(PIPE.callInt(pipefd.address()), pipefd);
        return result < 0 ? result : Fcntl.preparedPair(pipefd);
    }

    /** {@code int dup(int oldfd)}, close-on-exec: {@code fcntl(oldfd, F_DUPFD_CLOEXEC, 0)}. */
    public static int dup(int oldfd) {
        return Fcntl.fcntl(oldfd, Fcntl.F_DUPFD_CLOEXEC, 0);
    }

    /** {@code int dup2(int oldfd, int newfd)}; newfd is inherited by child processes. */
    public static int dup2(int oldfd, int newfd) {
        return DUP2.callInt(oldfd, newfd);
    }

    /** {@code int isatty(int fd)}: whether it is a terminal. */
    public static boolean isatty(int fd) {
        return ISATTY.callInt(fd) == 1;
    }

    private static final CFunction LSEEK = CFunction.of("lseek");

    /** From where {@link #lseek} counts; the same everywhere. */
    public static final int SEEK_SET = 0;

    public static final int SEEK_CUR = 1;

    /** {@code off_t lseek(int fd, off_t offset, int whence)} */
    public static long lseek(int fd, long offset, int whence) {
        return LSEEK.callLong(fd, offset, whence);
    }

    private static final CFunction GETPEEREID = CFunction.of("getpeereid");

    /** Whether the C library has {@link #getpeereid}: those of macOS and the BSDs have. */
    public static final boolean HAS_GETPEEREID = CLibrary.has("getpeereid");

    /** {@code int getpeereid(int s, uid_t *euid, gid_t *egid)}: the credentials of the peer of a Unix-domain socket. */
    public static int getpeereid(int s, MemorySegment euid, MemorySegment egid) {
        return CFunction.keeping(GETPEEREID.callInt(s, euid.address(), egid.address()), euid, egid);
    }
}
