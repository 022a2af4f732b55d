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

    private static final MethodHandle READ =
            CLibrary.critical("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle WRITE =
            CLibrary.critical("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));

    // Not critical: close(2) may wait, for a socket that lingers or a file on a network.
    private static final MethodHandle CLOSE = CLibrary.function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    /** {@code ssize_t read(int fd, void *buf, size_t count)} of a non-blocking descriptor; buf may lie in the heap. */
    public static long read(int fd, MemorySegment buf, long count) {
        MemorySegment errno = CLibrary.criticalErrno();
        try {
            return CLibrary.result((long) READ.invokeExact(errno, fd, buf, count), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /**
     * {@code ssize_t write(int fd, const void *buf, size_t count)} of a non-blocking descriptor; buf may lie in the
     * heap.
     */
    public static long write(int fd, MemorySegment buf, long count) {
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
}
