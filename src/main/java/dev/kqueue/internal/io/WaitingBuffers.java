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
 * recv(2) and send(2) of sockets, which wait in the kernel: by ordinary calls, which hold back no safepoint. Each
 * method makes one call between {@link BlockingWait#enter} and {@link BlockingWait#leave}, or none if the descriptor is
 * closing.
 *
 * <p>They return what was moved (0 from a read is the end of the stream) or -errno, and advance the buffers' positions
 * by exactly that. Direct buffers are handed over by address, heap buffers pass through a {@link Scratch}. EINTR gets
 * out: the caller looks whether there is still a reason to wait. So does EAGAIN, where O_NONBLOCK is set after all.
 */
public final class WaitingBuffers {
    private WaitingBuffers() {}

    /** Whether a buffer passes through memory anyway, or need not: then nothing is gained by trying without waiting. */
    public static boolean isCheap(ByteBuffer buffer, int count) {
        return buffer.isDirect() || count <= Scratch.SIZE;
    }

    /** How many bytes {@link #read} asks for. */
    public static int asked(ByteBuffer dst) {
        int remaining = dst.remaining();
        return dst.isDirect() ? remaining : Math.min(remaining, Scratch.LONG_SIZE);
    }

    /** recv(2) into a buffer that has room. */
    public static int read(BlockingWait waiter, Descriptor socket, ByteBuffer dst) {
        return move(waiter, socket, dst, true, 0, 0);
    }

    /** send(2) of a buffer that has bytes: of all, if it is not broken off, but of a long one in the heap a part. */
    public static int write(BlockingWait waiter, Descriptor socket, ByteBuffer src) {
        return move(waiter, socket, src, false, 0, 0);
    }

    /** recvfrom(2) into a buffer that {@link Datagrams#canReceiveWaiting}. */
    static int receive(BlockingWait waiter, Descriptor socket, ByteBuffer dst, Sockaddr from) {
        try {
            int n = move(waiter, socket, dst, true, from.address(), from.roomByAddress());
            // No empty datagram, but the end that a dead socket gives.
            return n == 0 && socket.isClosing() ? -Errno.EINTR : n;
        } finally {
            Reference.reachabilityFence(from);
        }
    }

    /**
     * @param name where the kernel puts the sender's address, and {@code nameLength} where its length; 0 if not wanted
     */
    private static int move(
            BlockingWait waiter, Descriptor socket, ByteBuffer buffer, boolean receives, long name, long nameLength) {
        int fd = socket.fd();
        int position = buffer.position();
        int count = asked(buffer);
        Scratch scratch = buffer.isDirect() ? null : Scratch.take(count);
        MemorySegment segment = null;
        long address;
        int n = -Errno.EINTR;
        try {
            if (scratch != null) {
                address = scratch.address();
                if (!receives) {
                    scratch.fill(buffer, count);
                }
            } else {
                long base = receives ? DirectAddresses.ofDestination(fd, buffer) : DirectAddresses.ofSource(fd, buffer);
                segment = base == DirectAddresses.NONE ? MemorySegment.ofBuffer(buffer) : null;
                address = base + position;
            }
            long[] thread = waiter.enter();
            try {
                if (!socket.isClosing()) {
                    n =
                            receives
                                    ? receive(fd, segment, address, count, name, nameLength)
                                    : send(fd, segment, address, count);
                }
            } finally {
                waiter.leave(thread);
            }
            if (n > 0) {
                if (scratch != null && receives) {
                    scratch.copyTo(buffer.array(), buffer.arrayOffset() + position, n);
                }
                buffer.position(position + n);
            }
            return n;
        } finally {
            if (scratch != null) {
                scratch.giveBack();
            }
            Reference.reachabilityFence(buffer);
        }
    }

    /** By the segment if there is one: its arena is kept open. */
    private static int receive(int fd, MemorySegment segment, long address, int count, long name, long nameLength) {
        return (int)
                (segment != null
                        ? SysSocket.recvfrom(fd, segment, count, 0, name, nameLength)
                        : SysSocket.recvfromWaiting(fd, address, count, 0, name, nameLength));
    }

    private static int send(int fd, MemorySegment segment, long address, int count) {
        return (int)
                (segment != null
                        ? SysSocket.sendto(fd, segment, count, 0, 0, 0)
                        : SysSocket.sendtoWaiting(fd, address, count, 0, 0, 0));
    }

    /** recvmsg(2) into several buffers that have room together; as many of them as one call takes. */
    public static long read(BlockingWait waiter, Descriptor socket, ByteBuffer[] dsts, int offset, int length) {
        return move(waiter, socket, dsts, offset, length, true);
    }

    /** sendmsg(2) of several buffers that have bytes together; of as many of them as one call takes. */
    public static long write(BlockingWait waiter, Descriptor socket, ByteBuffer[] srcs, int offset, int length) {
        return move(waiter, socket, srcs, offset, length, false);
    }

    private static long move(
            BlockingWait waiter, Descriptor socket, ByteBuffer[] buffers, int offset, int length, boolean receives) {
        int end = offset + length;
        int first = Buffers.firstRemaining(buffers, offset, end);
        if (Buffers.firstRemaining(buffers, first + 1, end) == end) {
            return move(waiter, socket, buffers[first], receives, 0, 0);
        }
        IoVector vector = IoVector.take();
        try {
            vector.fill(buffers, first, end, receives);
            long n = -Errno.EINTR;
            long[] thread = waiter.enter();
            try {
                if (!socket.isClosing()) {
                    n = vector.move(true, socket.fd(), 0, buffers, receives);
                }
            } finally {
                waiter.leave(thread);
            }
            return n;
        } finally {
            vector.giveBack();
        }
    }
}
