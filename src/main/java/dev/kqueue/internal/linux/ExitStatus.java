package dev.kqueue.internal.linux;

import dev.kqueue.internal.libc.SysPidfd;
import dev.kqueue.internal.libc.SysWait;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The wait status of a process that has ended. The process is never reaped here: that is for its parent to do, and for
 * the JVM where the process is a child of this one.
 *
 * <p>Tries PIDFD_GET_INFO, waitid(WNOWAIT) and {@code /proc/PID/stat}. All three fail only for another user's zombie,
 * and before Linux 6.15 for a process that has been reaped. Belongs to the kqueue's lock.
 */
final class ExitStatus {
    static final int UNKNOWN = -1;

    private final MemorySegment memory =
            Arena.ofAuto().allocate(Math.max(SysWait.SIGINFO_SIZE, SysPidfd.PIDFD_INFO_SIZE), 8);
    private final Counters counters;

    ExitStatus(Counters counters) {
        this.counters = counters;
    }

    /**
     * The wait status of a process whose pidfd says that it has ended; {@link #UNKNOWN} if none of the three tells it.
     */
    int of(int pid, int pidfd) {
        // Its parent may reap it between two questions, so the first is asked again.
        int status = ofReaped(pidfd);
        if (status < 0) {
            counters.others++;
            status = SysWait.status(pidfd, memory);
        }
        if (status < 0) {
            status = ofZombie(pid);
            int reaped = ofReaped(pidfd);
            // If it is gone by now, the number may have been another's when its status was read.
            status = reaped >= 0 ? reaped : status;
        }
        return status < 0 ? UNKNOWN : status;
    }

    private int ofReaped(int pidfd) {
        counters.others++;
        return SysPidfd.exitCode(pidfd, memory);
    }

    /** The last field of /proc/PID/stat. The kernel shows it to those who may trace the process; others see 0. */
    private int ofZombie(int pid) {
        counters.others++;
        Path process = Path.of("/proc", Integer.toString(pid));
        try {
            String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
            boolean zombie = stat.charAt(stat.lastIndexOf(')') + 2) == 'Z';
            int status = Integer.parseInt(stat.substring(stat.lastIndexOf(' ') + 1).trim());
            return zombie && (status != 0 || isOurs(process)) ? status : UNKNOWN;
        } catch (IOException gone) {
            return UNKNOWN;
        }
    }

    private static boolean isOurs(Path process) throws IOException {
        Object self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        return self.equals(0) || self.equals(Files.getAttribute(process, "unix:uid"));
    }
}
