package dev.kqueue.nio;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Quirk;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.Unistd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A socket of this process that is connected to nothing any more: each call on it ends at once, a read at the end of
 * the stream. Put over the number of a socket that is being closed, it lets a call that begins too late find an end.
 */
final class DeadSocket {
    /** Not where it would spoil the socket for others: see {@link Quirk#REPLACING_DRAINS}. */
    private static final boolean USABLE = !Abi.HOST.has(Quirk.REPLACING_DRAINS);

    private static final int NONE = -1;

    /** Made when first needed, and kept. Under the monitor of the class. */
    private static int dead = NONE;

    private DeadSocket() {}

    /**
     * Puts it in the place of a socket, whose open file description the number leaves by that: dup2(2).
     *
     * @param fd a number that nobody uses but in calls that it is meant to end
     * @return whether that was possible: it takes two descriptors the first time
     */
    static boolean replace(int fd) {
        if (!USABLE) {
            return false;
        }
        int socket = get();
        if (socket < 0 || Unistd.dup2(socket, fd) < 0) {
            return false;
        }
        // As it was before: dup2(2) does not copy it. A failure leaves a dead socket to a child process.
        Fcntl.fcntl(fd, Fcntl.F_SETFD, Fcntl.FD_CLOEXEC);
        return true;
    }

    private static synchronized int get() {
        if (dead < 0) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment pair = arena.allocate(JAVA_INT, 2);
                if (SysSocket.socketpair(SysSocket.AF_UNIX, SysSocket.SOCK_STREAM, 0, pair) == 0) {
                    dead = pair.getAtIndex(JAVA_INT, 0);
                    // A pair that has just been made can be shut down, and closed.
                    SysSocket.shutdown(dead, SysSocket.SHUT_RDWR);
                    Unistd.close(pair.getAtIndex(JAVA_INT, 1));
                }
            }
        }
        return dead;
    }
}
