package dev.kqueue.internal.io;

import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.park.BlockingWait;
import dev.kqueue.internal.socket.Sockaddr;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/**
 * recvfrom(2) and sendto(2), which do not wait, between a socket and byte buffers: as {@link Buffers}, but that a
 * datagram is one call, or it would be two. Every method returns what was moved, 0 for an empty datagram, or -errno;
 * never -EINTR.
 */
public final class Datagrams {
    private Datagrams() {}

    /** Where a datagram goes for which there is no room at all: a call with no room might not take it. */
    private static final byte[] NOWHERE = new byte[1];

    /**
     * Takes one datagram. What the buffer has no room for is lost.
     *
     * @param from filled with the sender's address; its length is 0 if the sender has none
     */
    public static int receive(int fd, ByteBuffer dst, Sockaddr from) {
        int n;
        do {
            n = receiveOnce(fd, dst, from);
        } while (n == -Errno.EINTR);
        if (n > 0 && dst.hasRemaining()) {
            dst.position(dst.position() + n);
        }
        return n;
    }

    private static int receiveOnce(int fd, ByteBuffer dst, Sockaddr from) {
        int position = dst.position();
        int room = dst.remaining();
        long address = from.address();
        long length = from.roomByAddress();
        try {
            if (room == 0) {
                DirectAddresses.requireUsable(dst);
                int n = (int) SysSocket.recvfrom(fd, NOWHERE, 0, 1, SysSocket.RECEIVE_NOW, address, length);
                return Math.min(n, 0);
            }
            if (dst.hasArray()) {
                return receiveInto(fd, dst.array(), dst.arrayOffset() + position, room, address, length);
            }
            long base = DirectAddresses.ofDestination(fd, dst);
            if (base != DirectAddresses.NONE) {
                return (int) SysSocket.recvfrom(fd, base + position, room, SysSocket.RECEIVE_NOW, address, length);
            }
            MemorySegment segment = MemorySegment.ofBuffer(dst);
            return (int) SysSocket.recvfrom(fd, segment, room, SysSocket.RECEIVE_NOW, address, length);
        } finally {
            Reference.reachabilityFence(dst);
            Reference.reachabilityFence(from);
        }
    }

    /** Whether {@link #receiveWaiting} takes such a buffer: whole datagrams have room in its memory. */
    public static boolean canReceiveWaiting(ByteBuffer dst) {
        int room = dst.remaining();
        return room > 0 && (dst.isDirect() ? !DirectAddresses.isCloseable(dst) : room <= Scratch.LONG_SIZE);
    }

    /**
     * As {@link #receive}, but waits for the datagram: an ordinary call between {@link BlockingWait#enter} and {@link
     * BlockingWait#leave}. It may return -EINTR.
     */
    public static int receiveWaiting(BlockingWait waiter, Descriptor socket, ByteBuffer dst, Sockaddr from) {
        return WaitingBuffers.receive(waiter, socket, dst, from);
    }

    /**
     * Sends one datagram, of all that the buffer has.
     *
     * @param to where to; null to where the descriptor is connected to
     */
    public static int send(int fd, ByteBuffer src, Sockaddr to) {
        int n;
        do {
            n = sendOnce(fd, src, to);
        } while (n == -Errno.EINTR);
        if (n > 0) {
            src.position(src.position() + n);
        }
        return n;
    }

    private static int sendOnce(int fd, ByteBuffer src, Sockaddr to) {
        int position = src.position();
        int count = src.remaining();
        long address = to == null ? 0 : to.address();
        int length = to == null ? 0 : to.length();
        try {
            if (src.hasArray()) {
                return sendOf(fd, src.array(), src.arrayOffset() + position, count, address, length);
            }
            if (src.isDirect()) {
                long base = DirectAddresses.ofSource(fd, src);
                if (base != DirectAddresses.NONE) {
                    return (int) SysSocket.sendto(fd, base + position, count, SysSocket.SEND_NOW, address, length);
                }
            }
            MemorySegment segment = MemorySegment.ofBuffer(src);
            return (int) SysSocket.sendto(fd, segment, count, SysSocket.SEND_NOW, address, length);
        } finally {
            Reference.reachabilityFence(src);
            Reference.reachabilityFence(to);
        }
    }

    private static int receiveInto(int fd, byte[] array, int offset, int room, long address, long length) {
        if (room > Scratch.SIZE) {
            return (int) SysSocket.recvfrom(fd, array, offset, room, SysSocket.RECEIVE_NOW, address, length);
        }
        Scratch scratch = Scratch.take();
        try {
            int n = (int) SysSocket.recvfrom(fd, scratch.address(), room, SysSocket.RECEIVE_NOW, address, length);
            if (n > 0) {
                scratch.copyTo(array, offset, n);
            }
            return n;
        } finally {
            scratch.giveBack();
        }
    }

    private static int sendOf(int fd, byte[] array, int offset, int count, long address, int length) {
        if (count > Scratch.SIZE) {
            return (int) SysSocket.sendto(fd, array, offset, count, SysSocket.SEND_NOW, address, length);
        }
        Scratch scratch = Scratch.take();
        try {
            scratch.fill(array, offset, count);
            return (int) SysSocket.sendto(fd, scratch.address(), count, SysSocket.SEND_NOW, address, length);
        } finally {
            scratch.giveBack();
        }
    }

    /** Takes one datagram into several buffers: recvmsg(2). */
    public static long receive(int fd, ByteBuffer[] dsts, int offset, int length) {
        IoVector vector = IoVector.take();
        try {
            vector.fillForDatagram(dsts, offset, offset + length, true);
            return vector.moveNow(true, fd, dsts, true);
        } finally {
            vector.giveBack();
        }
    }

    /**
     * Sends one datagram, of all that several buffers have together, to where the descriptor is connected: sendmsg(2).
     */
    public static long send(int fd, ByteBuffer[] srcs, int offset, int length) {
        IoVector vector = IoVector.take();
        try {
            if (!vector.fillForDatagram(srcs, offset, offset + length, false)) {
                return -Errno.EMSGSIZE;
            }
            return vector.moveNow(true, fd, srcs, false);
        } finally {
            vector.giveBack();
        }
    }
}
