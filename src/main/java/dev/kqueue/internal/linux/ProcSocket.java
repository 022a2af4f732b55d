package dev.kqueue.internal.linux;

import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.Unistd;

import java.lang.foreign.MemorySegment;

/**
 * The system calls that {@link ProcConnector} makes of its netlink socket, so that a test can answer them. All return
 * {@code >= 0} or -errno.
 */
interface ProcSocket {
    int AF_NETLINK = 16;
    int NETLINK_CONNECTOR = 11;

    int open();

    int bind(int fd, MemorySegment address, int length);

    long write(int fd, MemorySegment message, long length);

    long read(int fd, MemorySegment buffer, long length);

    ProcSocket SYSTEM =
            new ProcSocket() {
                @Override
                public int open() {
                    return SysSocket.socket(AF_NETLINK, SysSocket.SOCK_DGRAM, NETLINK_CONNECTOR);
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
