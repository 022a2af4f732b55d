package dev.kqueue.internal.park;

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
    /**
     * Whether a number may be replaced: not where that spoils the socket for others, {@link Quirk#REPLACING_DRAINS}.
     */
    private static final boolean USABLE = !Abi.HOST.has(Quirk.REPLACING_DRAINS);

    private DeadSocket() {}

    /**
     * Puts one in the place of a socket, whose open file description the number leaves by that: dup2(2). It is made for
     * each number anew: one that was kept would be a descriptor for each class loader that this class was ever in.
     *
     * @param fd a number that is used only by calls that this is meant to end
     * @return whether that was possible: two descriptors must be free
     */
    static boolean replace(int fd) {
        if (!USABLE) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pair = arena.allocate(JAVA_INT, 2);
            if (SysSocket.socketpair(SysSocket.AF_UNIX, SysSocket.SOCK_STREAM, 0, pair) < 0) {
                return false;
            }
            int dead = pair.getAtIndex(JAVA_INT, 0);
            // Its peer is gone by that. Nothing is in either: both can be closed.
            Unistd.close(pair.getAtIndex(JAVA_INT, 1));
            boolean replaced = Unistd.dup2(dead, fd) >= 0;
            Unistd.close(dead);
            if (replaced) {
                // As it was before: dup2(2) does not copy it. A failure leaves a dead socket to a child process.
                Fcntl.fcntl(fd, Fcntl.F_SETFD, Fcntl.FD_CLOEXEC);
            }
            return replaced;
        }
    }
}
