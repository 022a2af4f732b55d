package dev.kqueue.internal.libc;

import dev.kqueue.internal.abi.Abi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** {@code <sys/ioctl.h>}. */
public final class SysIoctl {
    private SysIoctl() {}

    /** How many bytes can be read; EINVAL of a listening socket. */
    public static final int FIONREAD = Abi.HOST.constant("FIONREAD");

    /** How many bytes are in the output queue of a socket (where it is also called SIOCOUTQ) or a terminal. */
    public static final int TIOCOUTQ = Abi.HOST.constant("TIOCOUTQ");

    /** Asks Linux for the terminal that belongs to the master of a pseudo-terminal; ENOTTY for any other descriptor. */
    private static final long TIOCGPTN = 0x80045430L;

    /** The request is unsigned long but on musl, where it is int: a full register carries either. */
    private static final CFunction IOCTL = CFunction.of("ioctl");

    /** {@code int ioctl(int fd, unsigned long request, void *argument)}; argument is native memory. */
    public static int ioctl(int fd, long request, MemorySegment argument) {
        return CFunction.keeping(IOCTL.variadicInt(fd, request, argument.address()), argument);
    }

    /** Whether the descriptor is the master of a pseudo-terminal of Linux. */
    public static boolean isTerminalMaster(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            return Abi.HOST.findStruct("epoll_event").isPresent()
                    && ioctl(fd, TIOCGPTN, arena.allocate(Integer.BYTES, Integer.BYTES)) == 0;
        }
    }
}
