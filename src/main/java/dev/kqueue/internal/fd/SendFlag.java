package dev.kqueue.internal.fd;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Struct;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.Unistd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Whether {@link SysSocket#SEND_NOW} keeps a send from waiting, whatever O_NONBLOCK. On macOS it is a private constant
 * of the kernel, so it is tried once, on a full socket, before the first socket is opened. Where it does not help,
 * sockets keep O_NONBLOCK, and calls that want to wait do so by poll(2).
 */
public final class SendFlag {
    private SendFlag() {}

    public static final boolean SUFFICES = SysSocket.SEND_NOW_IS_SURE || isSeenToWork();

    /** How long a send waits in the trial if the flag does not help, and from when on it has waited. */
    private static final int WAIT_MICROS = 50_000;

    private static final long WAITED_NANOS = 25_000_000;

    private static final int BYTES = 16 * 1024;

    private static boolean isSeenToWork() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pair = arena.allocate(JAVA_INT, 2);
            if (SysSocket.socketpair(SysSocket.AF_UNIX, SysSocket.SOCK_STREAM, 0, pair) < 0) {
                return false;
            }
            int fd = pair.getAtIndex(JAVA_INT, 0);
            try {
                return Fcntl.setNonBlocking(fd, false) >= 0 && limit(fd, arena) >= 0 && fillsWithoutWaiting(fd, arena);
            } finally {
                Unistd.close(fd);
                Unistd.close(pair.getAtIndex(JAVA_INT, 1));
            }
        }
    }

    private static int limit(int fd, Arena arena) {
        Struct timeval = Abi.HOST.struct("timeval");
        MemorySegment time = arena.allocate(timeval.size(), timeval.alignment());
        timeval.field("tv_usec").set(time, 0, WAIT_MICROS);
        int option = Abi.HOST.constant("SO_SNDTIMEO");
        return SysSocket.setsockopt(fd, SysSocket.SOL_SOCKET, option, time, timeval.size());
    }

    private static boolean fillsWithoutWaiting(int fd, Arena arena) {
        MemorySegment bytes = arena.allocate(BYTES);
        long begun;
        long n;
        do {
            begun = System.nanoTime();
            n = SysSocket.sendto(fd, bytes, BYTES, SysSocket.SEND_NOW, 0, 0);
        } while (n > 0 || n == -Errno.EINTR);
        return n == -Errno.EAGAIN && System.nanoTime() - begun < WAITED_NANOS;
    }
}
