package dev.kqueue.internal.libc;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Field;
import dev.kqueue.internal.abi.Struct;

import java.lang.foreign.MemorySegment;

/** {@code <sys/wait.h>}, as far as Linux's pidfds need it; elsewhere this class does not initialize. */
public final class SysWait {
    private SysWait() {}

    private static final int P_PIDFD = Abi.HOST.constant("P_PIDFD");
    private static final int LOOK =
            Abi.HOST.constant("WEXITED") | Abi.HOST.constant("WNOHANG") | Abi.HOST.constant("WNOWAIT");
    private static final int CLD_EXITED = Abi.HOST.constant("CLD_EXITED");
    private static final int CLD_DUMPED = Abi.HOST.constant("CLD_DUMPED");

    private static final Struct SIGINFO = Abi.HOST.struct("siginfo");
    private static final Field SI_CODE = SIGINFO.field("si_code");
    private static final Field SI_PID = SIGINFO.field("si_pid");
    private static final Field SI_STATUS = SIGINFO.field("si_status");

    /** {@code sizeof(siginfo_t)} */
    public static final int SIGINFO_SIZE = SIGINFO.size();

    private static final CFunction WAITID = CFunction.of("waitid");

    /**
     * {@code waitid(P_PIDFD, pidfd, info, WEXITED | WNOHANG | WNOWAIT)}: the wait status of a child, which stays to be
     * reaped by whom it belongs to; -ECHILD if it is no child, or has been reaped, -EAGAIN if it still runs.
     *
     * @param info native memory of {@link #SIGINFO_SIZE} bytes
     */
    public static int status(int pidfd, MemorySegment info) {
        info.fill((byte) 0);
        int result = CFunction.keeping(WAITID.callInt(P_PIDFD, pidfd, info.address(), LOOK), info);
        if (result < 0) {
            return result;
        }
        if (SI_PID.get(info, 0) == 0) {
            return -Errno.EAGAIN;
        }
        int code = (int) SI_CODE.get(info, 0);
        int status = (int) SI_STATUS.get(info, 0);
        // As the macros of wait(2) take it apart: an exit code above, a signal below, and whether there is a core.
        return code == CLD_EXITED ? (status & 0xff) << 8 : status | (code == CLD_DUMPED ? 0x80 : 0);
    }
}
