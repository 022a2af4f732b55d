package dev.kqueue.internal.libc;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.kqueue.internal.abi.Abi;

import java.lang.foreign.MemorySegment;

/** {@code <sys/pidfd.h>}: a process as a descriptor; on Linux alone, elsewhere this class does not initialize. */
public final class SysPidfd {
    private SysPidfd() {}

    /** {@code sizeof(struct pidfd_info)} in its first version, which is all that is asked for. */
    public static final int PIDFD_INFO_SIZE = 64;

    private static final long SYS_PIDFD_OPEN = Abi.HOST.constant("SYS_pidfd_open");

    /** {@code _IOWR(0xFF, 11, struct pidfd_info)}: Linux 6.13. */
    private static final long PIDFD_GET_INFO = 3L << 30 | PIDFD_INFO_SIZE << 16 | 0xff << 8 | 11;

    /** How the process ended is asked for, or was told: Linux 6.15, after the process has been reaped. */
    private static final long PIDFD_INFO_EXIT = 1 << 3;

    private static final int EXIT_CODE = 60;

    /** Not pidfd_open itself: glibc has it since 2.36, musl not yet. */
    private static final CFunction SYSCALL = CFunction.of("syscall");

    /** {@code int pidfd_open(pid_t pid, 0)}: close-on-exec. */
    public static int pidfdOpen(int pid) {
        return (int) SYSCALL.callLong(SYS_PIDFD_OPEN, pid, 0);
    }

    /**
     * The wait status of a process that has been reaped, or a negative number if the kernel does not tell, or not yet.
     *
     * @param info native memory of {@link #PIDFD_INFO_SIZE} bytes, aligned to 8
     */
    public static int exitCode(int pidfd, MemorySegment info) {
        info.fill((byte) 0);
        info.set(JAVA_LONG, 0, PIDFD_INFO_EXIT);
        int result = SysIoctl.ioctl(pidfd, PIDFD_GET_INFO, info);
        if (result < 0) {
            return result;
        }
        return (info.get(JAVA_LONG, 0) & PIDFD_INFO_EXIT) == 0 ? -Errno.EAGAIN : info.get(JAVA_INT, EXIT_CODE);
    }
}
