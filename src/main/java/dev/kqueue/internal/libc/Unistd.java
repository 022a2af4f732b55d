package dev.kqueue.internal.libc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** {@code <unistd.h>}. */
public final class Unistd {
    private Unistd() {}

    /**
     * Up to this many bytes, read and write are critical calls (see {@link CLibrary}), and only so many may lie in the
     * heap: to copy 128 KiB takes some ten microseconds, which a safepoint can wait for. Longer native memory goes by
     * ordinary calls, which hold back nothing.
     */
    public static final int CRITICAL_BYTES = 128 * 1024;

    // Three types for one function. Handles of one type and the same options share their code, and with it what the JIT
    // learns of the segments they meet; it removes the segment of a heap array only where it has seen no other kind.
    private static final FunctionDescriptor HEAP = FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    private static final FunctionDescriptor NATIVE = FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);

    private static final MethodHandle READ_HEAP = CLibrary.critical("read", HEAP);
    private static final MethodHandle READ_SHORT = CLibrary.critical("read", NATIVE);
    private static final MethodHandle READ_LONG = CLibrary.function("read", NATIVE);
    private static final MethodHandle READ = CLibrary.function("read", HEAP);
    private static final MethodHandle WRITE_HEAP = CLibrary.critical("write", HEAP);
    private static final MethodHandle WRITE_SHORT = CLibrary.critical("write", NATIVE);
    private static final MethodHandle WRITE_LONG = CLibrary.function("write", NATIVE);
    private static final MethodHandle WRITE = CLibrary.function("write", HEAP);

    private static final MethodHandle DUP2 =
            CLibrary.function("dup2", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle ISATTY = CLibrary.function("isatty", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private static final MethodHandle PREAD =
            CLibrary.function("pread", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG));

    private static final boolean PIPE2 = CLibrary.has("pipe2");
    private static final MethodHandle PIPE = CLibrary.function("pipe", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle PIPE_FLAGS =
            CLibrary.function("pipe2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));

    // Not critical: close(2) may wait, for a socket that lingers or a file on a network.
    private static final MethodHandle CLOSE = CLibrary.function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    /**
     * {@code ssize_t read(int fd, void *buf, size_t count)} of a non-blocking descriptor, by address: the caller keeps
     * the memory alive.
     */
    public static long read(int fd, long address, long count) {
        if (count > CRITICAL_BYTES) {
            MemorySegment errno = CLibrary.errno();
            try {
                return CLibrary.result((long) READ_LONG.invokeExact(errno, fd, address, count), errno);
            } catch (Throwable thrown) {
                throw CLibrary.unexpected(thrown);
            }
        }
        MemorySegment errno = CLibrary.criticalErrno();
        try {
            return CLibrary.result((long) READ_SHORT.invokeExact(errno, fd, address, count), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /**
     * {@code ssize_t read(int fd, void *buf, size_t count)}, which keeps the segment's arena from being closed
     * meanwhile. If buf lies in the heap, of a non-blocking descriptor and at most {@link #CRITICAL_BYTES}.
     */
    public static long read(int fd, MemorySegment buf, long count) {
        boolean inHeap = !buf.isNative();
        MemorySegment errno = inHeap ? CLibrary.criticalErrno() : CLibrary.errno();
        try {
            long returned =
                    inHeap
                            ? (long) READ_HEAP.invokeExact(errno, fd, buf, count)
                            : (long) READ.invokeExact(errno, fd, buf, count);
            return CLibrary.result(returned, errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /**
     * {@code ssize_t write(int fd, const void *buf, size_t count)} of a non-blocking descriptor, by address: the caller
     * keeps the memory alive.
     */
    public static long write(int fd, long address, long count) {
        if (count > CRITICAL_BYTES) {
            MemorySegment errno = CLibrary.errno();
            try {
                return CLibrary.result((long) WRITE_LONG.invokeExact(errno, fd, address, count), errno);
            } catch (Throwable thrown) {
                throw CLibrary.unexpected(thrown);
            }
        }
        MemorySegment errno = CLibrary.criticalErrno();
        try {
            return CLibrary.result((long) WRITE_SHORT.invokeExact(errno, fd, address, count), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /**
     * {@code ssize_t write(int fd, const void *buf, size_t count)}, which keeps the segment's arena from being closed
     * meanwhile. If buf lies in the heap, of a non-blocking descriptor and at most {@link #CRITICAL_BYTES}.
     */
    public static long write(int fd, MemorySegment buf, long count) {
        boolean inHeap = !buf.isNative();
        MemorySegment errno = inHeap ? CLibrary.criticalErrno() : CLibrary.errno();
        try {
            long returned =
                    inHeap
                            ? (long) WRITE_HEAP.invokeExact(errno, fd, buf, count)
                            : (long) WRITE.invokeExact(errno, fd, buf, count);
            return CLibrary.result(returned, errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /** {@code ssize_t pread(int fd, void *buf, size_t count, off_t offset)}; buf is native memory. */
    public static long pread(int fd, MemorySegment buf, long count, long offset) {
        MemorySegment errno = CLibrary.errno();
        try {
            return CLibrary.result((long) PREAD.invokeExact(errno, fd, buf, count, offset), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /**
     * {@code int close(int fd)}. The number is free afterwards whatever the result, EINTR included: never call it
     * again.
     */
    public static int close(int fd) {
        MemorySegment errno = CLibrary.errno();
        try {
            return CLibrary.result((int) CLOSE.invokeExact(errno, fd), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /**
     * {@code int pipe(int pipefd[2])}: both ends non-blocking and close-on-exec; pipefd is native memory of two ints.
     */
    public static int pipe(MemorySegment pipefd) {
        MemorySegment errno = CLibrary.errno();
        try {
            if (PIPE2) {
                int flags = Fcntl.O_NONBLOCK | Fcntl.O_CLOEXEC;
                return CLibrary.result((int) PIPE_FLAGS.invokeExact(errno, pipefd, flags), errno);
            }
            int result = CLibrary.result((int) PIPE.invokeExact(errno, pipefd), errno);
            return result < 0 ? result : Fcntl.preparedPair(pipefd);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /** {@code int dup(int oldfd)}, close-on-exec: {@code fcntl(oldfd, F_DUPFD_CLOEXEC, 0)}. */
    public static int dup(int oldfd) {
        return Fcntl.fcntl(oldfd, Fcntl.F_DUPFD_CLOEXEC, 0);
    }

    /** {@code int dup2(int oldfd, int newfd)}; newfd is inherited by child processes. */
    public static int dup2(int oldfd, int newfd) {
        MemorySegment errno = CLibrary.errno();
        try {
            return CLibrary.result((int) DUP2.invokeExact(errno, oldfd, newfd), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /** {@code int isatty(int fd)}: whether it is a terminal. */
    public static boolean isatty(int fd) {
        MemorySegment errno = CLibrary.errno();
        try {
            return (int) ISATTY.invokeExact(errno, fd) == 1;
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    private static final MethodHandle LSEEK =
            CLibrary.function("lseek", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));

    /** From where {@link #lseek} counts; the same everywhere. */
    public static final int SEEK_SET = 0;

    public static final int SEEK_CUR = 1;

    /** {@code off_t lseek(int fd, off_t offset, int whence)} */
    public static long lseek(int fd, long offset, int whence) {
        MemorySegment errno = CLibrary.errno();
        try {
            return CLibrary.result((long) LSEEK.invokeExact(errno, fd, offset, whence), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    private static final MethodHandle GETPEEREID =
            CLibrary.function("getpeereid", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));

    /** Whether the C library has {@link #getpeereid}: those of macOS and the BSDs have. */
    public static final boolean HAS_GETPEEREID = CLibrary.has("getpeereid");

    /** {@code int getpeereid(int s, uid_t *euid, gid_t *egid)}: the credentials of the peer of a Unix-domain socket. */
    public static int getpeereid(int s, MemorySegment euid, MemorySegment egid) {
        MemorySegment errno = CLibrary.errno();
        try {
            return CLibrary.result((int) GETPEEREID.invokeExact(errno, s, euid, egid), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }
}
