package dev.kqueue.internal.libc;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.kqueue.internal.abi.Abi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** {@code <fcntl.h>}. Both functions are variadic: arm64 macOS passes what stands for the dots on the stack. */
public final class Fcntl {
    private Fcntl() {}

    public static final int O_RDONLY = Abi.HOST.constant("O_RDONLY");
    public static final int O_WRONLY = Abi.HOST.constant("O_WRONLY");
    public static final int O_RDWR = Abi.HOST.constant("O_RDWR");
    public static final int O_ACCMODE = Abi.HOST.constant("O_ACCMODE");
    public static final int O_NONBLOCK = Abi.HOST.constant("O_NONBLOCK");
    public static final int O_CLOEXEC = Abi.HOST.constant("O_CLOEXEC");
    public static final int O_CREAT = Abi.HOST.constant("O_CREAT");
    public static final int O_APPEND = Abi.HOST.constant("O_APPEND");
    public static final int O_NOCTTY = Abi.HOST.constant("O_NOCTTY");
    public static final int F_GETFD = Abi.HOST.constant("F_GETFD");
    public static final int F_SETFD = Abi.HOST.constant("F_SETFD");
    public static final int F_GETFL = Abi.HOST.constant("F_GETFL");
    public static final int F_SETFL = Abi.HOST.constant("F_SETFL");
    public static final int F_DUPFD_CLOEXEC = Abi.HOST.constant("F_DUPFD_CLOEXEC");
    public static final int FD_CLOEXEC = Abi.HOST.constant("FD_CLOEXEC");

    private static final CFunction FCNTL = CFunction.of("fcntl");
    private static final CFunction OPEN = CFunction.of("open");

    /** {@code int fcntl(int fd, int cmd, int arg)}, for the commands whose argument is an int, or that take none. */
    public static int fcntl(int fd, int cmd, int arg) {
        return FCNTL.variadicInt(fd, cmd, arg);
    }

    /** {@code int open(const char *pathname, int flags, mode_t mode)}; mode counts only with O_CREAT. */
    public static int open(MemorySegment pathname, int flags, int mode) {
        return CFunction.keeping(OPEN.variadicInt(pathname.address(), flags, mode), pathname);
    }

    /** {@link #open(MemorySegment, int, int)} of a path of the default file system, by its own bytes. */
    public static int open(Path pathname, int flags, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            return open(PathBytes.allocate(pathname, arena), flags, mode);
        }
    }

    /** {@link #open(MemorySegment, int, int)} of a name that the system has given to one of its own files, in ASCII. */
    public static int open(String pathname, int flags, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            return open(arena.allocateFrom(pathname, StandardCharsets.US_ASCII), flags, mode);
        }
    }

    /**
     * Sets or clears O_NONBLOCK, which belongs to the open file description: every process that shares it sees the
     * change.
     */
    public static int setNonBlocking(int fd, boolean nonBlocking) {
        int flags = fcntl(fd, F_GETFL, 0);
        if (flags < 0) {
            return flags;
        }
        int wanted = nonBlocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
        return wanted == flags ? 0 : fcntl(fd, F_SETFL, wanted);
    }

    /** Makes a new descriptor close-on-exec where the call that made it could not: fd, or -errno and closed. */
    static int closedOnExec(int fd) {
        int result = fcntl(fd, F_SETFD, FD_CLOEXEC);
        if (result < 0) {
            Unistd.close(fd);
            return result;
        }
        return fd;
    }

    /**
     * Makes a new descriptor non-blocking and close-on-exec where the call that made it could not. Closes it if that
     * fails.
     *
     * @return fd or -errno
     */
    static int prepared(int fd) {
        int result = fcntl(fd, F_SETFD, FD_CLOEXEC);
        if (result >= 0) {
            result = setNonBlocking(fd, true);
        }
        if (result < 0) {
            Unistd.close(fd);
            return result;
        }
        return fd;
    }

    /** {@link #prepared} of the two descriptors of a pipe or a socketpair: 0, or -errno and both closed. */
    static int preparedPair(MemorySegment fds) {
        int first = fds.getAtIndex(JAVA_INT, 0);
        int second = fds.getAtIndex(JAVA_INT, 1);
        int result = prepared(first);
        if (result < 0) {
            Unistd.close(second);
            return result;
        }
        result = prepared(second);
        if (result < 0) {
            Unistd.close(first);
            return result;
        }
        return 0;
    }
}
