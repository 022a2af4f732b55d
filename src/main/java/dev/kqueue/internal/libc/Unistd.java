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
     * Up to this many bytes read and write are critical calls (see {@link CLibrary}), and only so many may lie in the
     * heap: a copy of 128 KiB takes some ten microseconds, which a safepoint can wait for. Longer native memory goes by
     * ordinary calls, which spare no copy and hold back nothing.
     */
    public static final int CRITICAL_BYTES = 128 * 1024;

    private static final MethodHandle READ =
            CLibrary.critical("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle WRITE =
            CLibrary.critical("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));

    private static final MethodHandle LONG_READ =
            CLibrary.function("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle LONG_WRITE =
            CLibrary.function("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));

    private static final boolean PIPE2 = CLibrary.has("pipe2");
    private static final MethodHandle PIPE = CLibrary.function("pipe", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    private static final MethodHandle PIPE_FLAGS =
            CLibrary.function("pipe2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));

    // Not critical: close(2) may wait, for a socket that lingers or a file on a network.
    private static final MethodHandle CLOSE = CLibrary.function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    /**
     * {@code ssize_t read(int fd, void *buf, size_t count)} of a non-blocking descriptor; up to {@link #CRITICAL_BYTES}
     * buf may lie in the heap.
     */
    public static long read(int fd, MemorySegment buf, long count) {
        if (count > CRITICAL_BYTES) {
            return longRead(fd, buf, count);
        }
        MemorySegment errno = CLibrary.criticalErrno();
        try {
            return CLibrary.result((long) READ.invokeExact(errno, fd, buf, count), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /**
     * {@code ssize_t write(int fd, const void *buf, size_t count)} of a non-blocking descriptor; up to {@link
     * #CRITICAL_BYTES} buf may lie in the heap.
     */
    public static long write(int fd, MemorySegment buf, long count) {
        if (count > CRITICAL_BYTES) {
            return longWrite(fd, buf, count);
        }
        MemorySegment errno = CLibrary.criticalErrno();
        try {
            return CLibrary.result((long) WRITE.invokeExact(errno, fd, buf, count), errno);
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

    private static long longRead(int fd, MemorySegment buf, long count) {
        MemorySegment errno = CLibrary.errno();
        try {
            return CLibrary.result((long) LONG_READ.invokeExact(errno, fd, buf, count), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    private static long longWrite(int fd, MemorySegment buf, long count) {
        MemorySegment errno = CLibrary.errno();
        try {
            return CLibrary.result((long) LONG_WRITE.invokeExact(errno, fd, buf, count), errno);
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
}
