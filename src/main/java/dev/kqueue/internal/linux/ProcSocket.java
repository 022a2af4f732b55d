package dev.kqueue.internal.linux;

import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.Unistd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The system calls that {@link ProcConnector} makes of its netlink socket, so that a test can answer them. All return
 * {@code >= 0} or -errno.
 */
interface ProcSocket {
    int AF_NETLINK = 16;
    int NETLINK_CONNECTOR = 11;

    /** Room for some thousand messages: 100 short processes make 400 of about a kilobyte. */
    int RECEIVE_BUFFER = 4 << 20;

    /**
     * More messages than the queue can hold. The kernel doubles the size that is asked for, and counts at least 512
     * bytes for each message: its struct sk_buff and struct skb_shared_info alone take more.
     */
    int MOST_QUEUED = 2 * RECEIVE_BUFFER / 512;

    int open();

    int bind(int fd, MemorySegment address, int length);

    long write(int fd, MemorySegment message, long length);

    long read(int fd, MemorySegment buffer, long length);

    ProcSocket SYSTEM =
            new ProcSocket() {
                @Override
                public int open() {
                    // Allocated first: without memory no descriptor is left open.
                    try (Arena arena = Arena.ofConfined()) {
                        MemorySegment size = arena.allocateFrom(ValueLayout.JAVA_INT, RECEIVE_BUFFER);
                        int fd = SysSocket.socket(AF_NETLINK, SysSocket.SOCK_DGRAM, NETLINK_CONNECTOR);
                        if (fd >= 0) {
                            // Up to net.core.rmem_max is granted. If it is refused, messages are lost sooner, and
                            // ENOBUFS says so.
                            SysSocket.setsockopt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_RCVBUF, size, Integer.BYTES);
                        }
                        return fd;
                    }
                }

                @Override
                public int bind(int fd, MemorySegment address, int length) {
                    return SysSocket.bind(fd, address, length);
                }

                @Override
                public long write(int fd, MemorySegment message, long length) {
                    return Unistd.write(fd, message, length);
                }

                @Override
                public long read(int fd, MemorySegment buffer, long length) {
                    return Unistd.read(fd, buffer, length);
                }
            };
}
