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
    private static final MemorySegment NOWHERE = MemorySegment.ofArray(new byte[1]);

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
        long name = from.address();
        long nameLength = from.roomByAddress();
        Scratch scratch = null;
        try {
            if (room == 0) {
                DirectAddresses.requireUsable(dst);
                int n = (int) SysSocket.recvfrom(fd, NOWHERE, 1, SysSocket.RECEIVE_NOW, name, nameLength);
                return Math.min(n, 0);
            }
            long address;
            if (dst.hasArray() && room <= Scratch.SIZE) {
                scratch = Scratch.take();
                address = scratch.address();
            } else {
                long base = dst.isDirect() ? DirectAddresses.ofDestination(fd, dst) : DirectAddresses.NONE;
                if (base == DirectAddresses.NONE) {
                    MemorySegment segment = MemorySegment.ofBuffer(dst);
                    return (int) SysSocket.recvfrom(fd, segment, room, SysSocket.RECEIVE_NOW, name, nameLength);
                }
                address = base + position;
            }
            int n = (int) SysSocket.recvfrom(fd, address, room, SysSocket.RECEIVE_NOW, name, nameLength);
            if (scratch != null && n > 0) {
                scratch.copyTo(dst.array(), dst.arrayOffset() + position, n);
            }
            return n;
        } finally {
            if (scratch != null) {
                scratch.giveBack();
            }
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
        long name = to == null ? 0 : to.address();
        int nameLength = to == null ? 0 : to.length();
        Scratch scratch = null;
        try {
            long address;
            if (src.hasArray() && count <= Scratch.SIZE) {
                scratch = Scratch.take();
                scratch.fill(src.array(), src.arrayOffset() + position, count);
                address = scratch.address();
            } else {
                long base = src.isDirect() ? DirectAddresses.ofSource(fd, src) : DirectAddresses.NONE;
                if (base == DirectAddresses.NONE) {
                    MemorySegment segment = MemorySegment.ofBuffer(src);
                    return (int) SysSocket.sendto(fd, segment, count, SysSocket.SEND_NOW, name, nameLength);
                }
                address = base + position;
            }
            return (int) SysSocket.sendto(fd, address, count, SysSocket.SEND_NOW, name, nameLength);
        } finally {
            if (scratch != null) {
                scratch.giveBack();
            }
            Reference.reachabilityFence(src);
            Reference.reachabilityFence(to);
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
