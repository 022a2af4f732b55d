package dev.kqueue.internal.fd;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.SysStat;
import dev.kqueue.internal.libc.Unistd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Descriptors 0, 1 and 2. {@code System.in}, {@code System.out} and {@code System.err} name them for as long as the JVM
 * lives, so they are never left closed: the next file to be opened would get what is printed.
 */
public final class StandardDescriptors {
    private StandardDescriptors() {}

    private static final int STDERR = 2;

    public static boolean isOne(int fd) {
        return fd <= STDERR;
    }

    /** Puts /dev/null in the place of one of them, which closes what it was; 0 or -errno. */
    public static int replace(int fd) {
        int nothing = Fcntl.open("/dev/null", Fcntl.O_RDWR | Fcntl.O_CLOEXEC, 0);
        if (nothing < 0) {
            return nothing;
        }
        // dup2(2) closes the number as close(2) does, and its open file description usually lives on elsewhere.
        OpenKQueues.closing(fd);
        int result = Unistd.dup2(nothing, fd);
        Unistd.close(nothing);
        return Math.min(result, 0);
    }

    /** Puts /dev/null in the place of those that are the same file as the descriptor; 0 or the first -errno. */
    public static int replaceDuplicates(int fd) {
        int first = 0;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment whole = arena.allocate(SysStat.SIZE, Long.BYTES);
            MemorySegment one = arena.allocate(SysStat.SIZE, Long.BYTES);
            int result = SysStat.fstat(fd, whole);
            for (int standard = 0; standard <= STDERR && result == 0; standard++) {
                int closed = SysStat.fstat(standard, one);
                // EBADF: the parent process, or the program, has closed it.
                if (closed == 0 && SysStat.isSame(whole, one)) {
                    first = first != 0 ? first : replace(standard);
                } else if (closed != 0 && closed != -Errno.EBADF) {
                    first = first != 0 ? first : closed;
                }
            }
            return first != 0 ? first : result;
        }
    }
}
