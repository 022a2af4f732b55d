package dev.kqueue.nio;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.SysUio;
import dev.kqueue.internal.libc.Unistd;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/**
 * read(2) and write(2) between a non-blocking descriptor and byte buffers.
 *
 * <p>Every method returns what was moved (0 from a read is the end of the stream) or -errno, and advances the buffers'
 * positions by exactly that. Heap buffers are handed over in place, direct buffers by address: nothing is copied, and
 * nothing allocated. EINTR never gets out: a call that does not wait is simply made again.
 *
 * <p>A buffer without room or bytes left makes no system call and gives 0; the caller tells that 0 from an end of
 * stream by asking {@link ByteBuffer#hasRemaining} first.
 */
final class Buffers {
    private Buffers() {}

    /**
     * One read(2). It may ask for less than the buffer has room for ({@link #asked}): a second call after a successful
     * one could meet an error, which the descriptor tells once, and which would be lost beside the bytes.
     */
    static int read(int fd, ByteBuffer dst) {
        requireWritable(dst);
        int position = dst.position();
        int count = asked(dst);
        if (count == 0) {
            return 0;
        }
        int n;
        do {
            n = readOnce(fd, dst, position, count);
        } while (n == -Errno.EINTR);
        if (n > 0) {
            dst.position(position + n);
        }
        return n;
    }

    private static void requireWritable(ByteBuffer dst) {
        if (dst.isReadOnly()) {
            throw new IllegalArgumentException("Read-only buffer");
        }
    }

    private static int readOnce(int fd, ByteBuffer dst, int position, int count) {
        if (dst.hasArray()) {
            return (int) Unistd.read(fd, dst.array(), dst.arrayOffset() + position, count);
        }
        long base = DirectAddresses.ofDestination(fd, dst);
        if (base != DirectAddresses.NONE) {
            try {
                return (int) Unistd.read(fd, base + position, count);
            } finally {
                Reference.reachabilityFence(dst);
            }
        }
        return (int) Unistd.read(fd, MemorySegment.ofBuffer(dst), count);
    }

    /** How many bytes {@link #read} asks for: it was a short read, which drained the descriptor, if it gave less. */
    static int asked(ByteBuffer dst) {
        int remaining = dst.remaining();
        return dst.isDirect() ? remaining : Math.min(remaining, Unistd.CRITICAL_BYTES);
    }

    /**
     * write(2), as often as it takes until all is written or the descriptor has no room: less than was there means that
     * it has none. An error after some bytes is returned at once, not at the next call: what the peer has closed or
     * reset is not worth counting, and its error may be told once only. The buffer's position tells how far it came.
     */
    static int write(int fd, ByteBuffer src) {
        int start = src.position();
        while (src.hasRemaining()) {
            int asked = asked(src);
            int n = writeOnce(fd, src, asked);
            if (n == -Errno.EINTR) {
                continue;
            }
            if (n < 0) {
                return n == -Errno.EAGAIN && src.position() > start ? src.position() - start : n;
            }
            src.position(src.position() + n);
            if (n < asked) {
                break;
            }
        }
        return src.position() - start;
    }

    /**
     * readv(2): one call, over as many of the buffers as it can take.
     *
     * @return as {@link #read(int, ByteBuffer)}
     */
    static long read(int fd, ByteBuffer[] dsts, int offset, int length) {
        int end = offset + length;
        for (int i = offset; i < end; i++) {
            requireWritable(dsts[i]);
        }
        int first = firstRemaining(dsts, offset, end);
        if (first == end) {
            return 0;
        }
        if (firstRemaining(dsts, first + 1, end) == end || isLongInHeap(dsts[first])) {
            return read(fd, dsts[first]);
        }
        IoVector vector = IoVector.take();
        try {
            vector.fillForRead(dsts, first, end);
            long n;
            do {
                n = SysUio.readv(fd, vector.memory(), vector.count());
            } while (n == -Errno.EINTR);
            if (n > 0) {
                vector.read(n, dsts);
            }
            return n;
        } finally {
            vector.giveBack();
            Reference.reachabilityFence(dsts);
        }
    }

    /**
     * A number of bytes that {@link #read(int, ByteBuffer[], int, int)} certainly asks for: a read that gave less was
     * short.
     */
    static long asked(ByteBuffer[] dsts, int offset, int length) {
        long asked = 0;
        int buffers = 0;
        for (int i = offset; i < offset + length && asked < IoVector.SCRATCH && buffers < SysUio.IOV_MAX; i++) {
            int remaining = dsts[i].remaining();
            asked += remaining;
            buffers += remaining > 0 ? 1 : 0;
        }
        return Math.min(asked, IoVector.SCRATCH);
    }

    /**
     * writev(2), as often as it takes: see {@link #write(int, ByteBuffer)}. Buffers that fit into one call go in one
     * call. A long one in the heap goes without a copy, in a call of its own, but for its beginning, which fills up the
     * call before.
     *
     * @return as {@link #write(int, ByteBuffer)}
     */
    static long write(int fd, ByteBuffer[] srcs, int offset, int length) {
        int end = offset + length;
        long written = 0;
        for (int first; (first = firstRemaining(srcs, offset, end)) < end; ) {
            boolean single = firstRemaining(srcs, first + 1, end) == end || isLongInHeap(srcs[first]);
            long n;
            boolean all;
            if (single) {
                n = write(fd, srcs[first]);
                all = !srcs[first].hasRemaining();
            } else {
                IoVector vector = IoVector.take();
                try {
                    vector.fillForWrite(srcs, first, end);
                    do {
                        n = SysUio.writev(fd, vector.memory(), vector.count());
                    } while (n == -Errno.EINTR);
                    all = n == vector.total();
                    if (n > 0) {
                        vector.written(n, srcs);
                    }
                } finally {
                    vector.giveBack();
                    Reference.reachabilityFence(srcs);
                }
            }
            if (n < 0) {
                return n == -Errno.EAGAIN && written > 0 ? written : n;
            }
            written += n;
            if (!all) {
                break;
            }
        }
        return written;
    }

    private static boolean isLongInHeap(ByteBuffer buffer) {
        return !buffer.isDirect() && buffer.remaining() >= IoVector.SCRATCH;
    }

    private static int firstRemaining(ByteBuffer[] buffers, int from, int end) {
        int i = from;
        while (i < end && !buffers[i].hasRemaining()) {
            i++;
        }
        return i;
    }

    private static int writeOnce(int fd, ByteBuffer src, int count) {
        int position = src.position();
        if (src.hasArray()) {
            return (int) Unistd.write(fd, src.array(), src.arrayOffset() + position, count);
        }
        if (src.isDirect()) {
            long base = DirectAddresses.ofSource(fd, src);
            if (base != DirectAddresses.NONE) {
                try {
                    return (int) Unistd.write(fd, base + position, count);
                } finally {
                    Reference.reachabilityFence(src);
                }
            }
        }
        // Read-only in the heap, which hides its array, or over an arena that can be closed.
        return (int) Unistd.write(fd, MemorySegment.ofBuffer(src), count);
    }
}
