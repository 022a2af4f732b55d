package dev.kqueue.internal.channel;

import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.socket.Linger;

import java.io.IOException;

/** Ends one direction of a connection by shutdown(2). */
final class HalfClose {
    private HalfClose() {}

    /** Ends what the socket reads. */
    static void input(Descriptor socket) throws IOException {
        shutdown(socket, SysSocket.SHUT_RD);
    }

    /** Ends what the socket writes: the peer reads the end of the stream. */
    static void output(Descriptor socket) throws IOException {
        shutdown(socket, SysSocket.SHUT_WR);
    }

    private static void shutdown(Descriptor socket, int how) throws IOException {
        int fd = socket.holdOpen();
        try {
            int result = SysSocket.shutdown(fd, how);
            if (result < 0 && !isEnded(-result)) {
                throw Errno.socketException(-result);
            }
        } finally {
            socket.release();
        }
    }

    /**
     * Whether shutdown(2) reports that the connection has ended, as when the peer has reset it: both directions are
     * shut down then, which is what the caller wanted. ENOTCONN on every system; ECONNRESET on FreeBSD
     * (tcp_usr_shutdown(), INP_DROPPED); EINVAL on macOS (tcp_usr_shutdown(), INPCB_STATE_DEAD), NetBSD and OpenBSD,
     * which have let go of the pcb.
     */
    private static boolean isEnded(int errno) {
        return errno == Errno.ENOTCONN || errno == Errno.ECONNRESET || errno == Errno.EINVAL;
    }

    /**
     * Sends the peer the end of the stream that close(2) would send, as a selector's registration may put close(2) off
     * for long. But not if the program wants a reset instead (SO_LINGER 0).
     *
     * <p>None of these calls makes close fail. After a reset by the peer the connection is gone, and some kernels
     * report an error (NetBSD: EINVAL). Nothing is lost, as close(2) ends the output in any case.
     */
    static void beforeClose(Descriptor socket) {
        if (!socket.hold()) {
            return;
        }
        try {
            int fd = socket.fd();
            // A failure is a result below 0, which is "off".
            int linger = Linger.seconds(fd);
            if (linger != 0) {
                if (linger > 0) {
                    // close(2) would wait then, and it is the selecting thread that calls it.
                    Linger.setSeconds(fd, -1);
                }
                SysSocket.shutdown(fd, SysSocket.SHUT_WR);
            }
        } finally {
            socket.release();
        }
    }
}
