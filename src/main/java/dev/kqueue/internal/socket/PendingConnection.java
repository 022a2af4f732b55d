package dev.kqueue.internal.socket;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Poll;
import dev.kqueue.internal.libc.SysSocket;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** How a connect(2) that said EINPROGRESS has ended. */
public final class PendingConnection {
    private PendingConnection() {}

    /**
     * Whether the connection is made, or has failed: the socket is writable then. {@link #takeError} alone does not do,
     * as there is no error yet while the connection is being made.
     */
    public static boolean isDecided(int fd) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment one = arena.allocate(Poll.SIZE, Integer.BYTES);
            Poll.set(one, 0, fd, Poll.POLLOUT);
            int n;
            do {
                n = Poll.poll(one, 1, 0);
            } while (n == -Errno.EINTR);
            if (n < 0) {
                throw Errno.exception(-n, "poll");
            }
            return n > 0;
        }
    }

    /** SO_ERROR: an errno, or 0 if the connection is made. The answer takes the error away: ask once. */
    public static int takeError(int fd) throws IOException {
        return SockOpt.checked(SockOpt.getInt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_ERROR));
    }
}
