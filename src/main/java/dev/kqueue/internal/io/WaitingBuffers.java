package dev.kqueue.internal.io;

import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.park.BlockingWait;

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
 * out: whoever waits looks whether there is still a reason to. So does EAGAIN, where O_NONBLOCK is set after all.
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
        int fd = socket.fd();
        int position = dst.position();
        int count = asked(dst);
        Scratch scratch = null;
        MemorySegment segment = null;
        long address = 0;
        if (dst.hasArray()) {
            scratch = Scratch.take(count);
            address = scratch.address();
        } else {
            long base = DirectAddresses.ofDestination(fd, dst);
            if (base == DirectAddresses.NONE) {
                segment = MemorySegment.ofBuffer(dst);
            } else {
                address = base + position;
            }
        }
        int n = -Errno.EINTR;
        try {
            long[] thread = waiter.enter();
            try {
                if (!socket.isClosing()) {
                    n =
                            (int)
                                    (segment != null
                                            ? SysSocket.recvfrom(fd, segment, count, 0, 0, 0)
                                            : SysSocket.recvfromWaiting(fd, address, count, 0, 0, 0));
                }
            } finally {
                waiter.leave(thread);
            }
            if (n > 0) {
                if (scratch != null) {
                    scratch.copyTo(dst.array(), dst.arrayOffset() + position, n);
                }
                dst.position(position + n);
            }
            return n;
        } finally {
            if (scratch != null) {
                scratch.giveBack();
            }
            Reference.reachabilityFence(dst);
        }
    }

    /** send(2) of a buffer that has bytes: of all, if it is not broken off, but of a long one in the heap a part. */
    public static int write(BlockingWait waiter, Descriptor socket, ByteBuffer src) {
        int fd = socket.fd();
        int position = src.position();
        int count = asked(src);
        Scratch scratch = null;
        MemorySegment segment = null;
        long address = 0;
        if (!src.isDirect()) {
            scratch = Scratch.take(count);
            scratch.fill(src, count);
            address = scratch.address();
        } else {
            long base = DirectAddresses.ofSource(fd, src);
            if (base == DirectAddresses.NONE) {
                segment = MemorySegment.ofBuffer(src);
            } else {
                address = base + position;
            }
        }
        int n = -Errno.EINTR;
        try {
            long[] thread = waiter.enter();
            try {
                if (!socket.isClosing()) {
                    n =
                            (int)
                                    (segment != null
                                            ? SysSocket.sendto(fd, segment, count, 0, 0, 0)
                                            : SysSocket.sendtoWaiting(fd, address, count, 0, 0, 0));
                }
            } finally {
                waiter.leave(thread);
            }
            if (n > 0) {
                src.position(position + n);
            }
            return n;
        } finally {
            if (scratch != null) {
                scratch.giveBack();
            }
            Reference.reachabilityFence(src);
        }
    }

    /** recvmsg(2) into several buffers that have room together; as many of them as one call takes. */
    public static long read(BlockingWait waiter, Descriptor socket, ByteBuffer[] dsts, int offset, int length) {
        int end = offset + length;
        int first = Buffers.firstRemaining(dsts, offset, end);
        if (Buffers.firstRemaining(dsts, first + 1, end) == end) {
            return read(waiter, socket, dsts[first]);
        }
        IoVector vector = IoVector.take();
        try {
            vector.fillForRead(dsts, first, end);
            long n = -Errno.EINTR;
            long[] thread = waiter.enter();
            try {
                if (!socket.isClosing()) {
                    n = vector.receive(true, socket.fd(), 0);
                }
            } finally {
                waiter.leave(thread);
            }
            if (n > 0) {
                vector.read(n, dsts);
            }
            return n;
        } finally {
            vector.giveBack();
            Reference.reachabilityFence(dsts);
        }
    }

    /** sendmsg(2) of several buffers that have bytes together; of as many of them as one call takes. */
    public static long write(BlockingWait waiter, Descriptor socket, ByteBuffer[] srcs, int offset, int length) {
        int end = offset + length;
        int first = Buffers.firstRemaining(srcs, offset, end);
        if (Buffers.firstRemaining(srcs, first + 1, end) == end) {
            return write(waiter, socket, srcs[first]);
        }
        IoVector vector = IoVector.take();
        try {
            vector.fillForWrite(srcs, first, end);
            long n = -Errno.EINTR;
            long[] thread = waiter.enter();
            try {
                if (!socket.isClosing()) {
                    n = vector.send(true, socket.fd(), 0);
                }
            } finally {
                waiter.leave(thread);
            }
            if (n > 0) {
                vector.written(n, srcs);
            }
            return n;
        } finally {
            vector.giveBack();
            Reference.reachabilityFence(srcs);
        }
    }
}
