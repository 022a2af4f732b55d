package dev.kqueue.internal.io;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.KeptArenas;
import dev.kqueue.internal.libc.Startup;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.SysUio;
import dev.kqueue.internal.libc.Unistd;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/**
 * Reads and writes, which do not wait, between a descriptor and byte buffers: recv(2) and send(2) of a socket with the
 * flag that says so, whatever its O_NONBLOCK, otherwise read(2) and write(2) of a descriptor that has O_NONBLOCK, and
 * that no other process can take it from. Those that may wait are {@link WaitingBuffers}.
 *
 * <p>Every method returns what was moved (0 from a read is the end of the stream) or -errno, and advances the buffers'
 * positions by exactly that. Long heap buffers are handed over in place, direct buffers by address, and neither is
 * copied; short heap buffers pass through a {@link Scratch}. Nothing is allocated but the segment of a long heap buffer
 * or of an arena that can be closed. EINTR never gets out: a call that does not wait is simply made again.
 *
 * <p>A buffer without room or bytes left makes no system call and gives 0; the caller tells that 0 from an end of
 * stream by asking {@link ByteBuffer#hasRemaining} first.
 */
public final class Buffers {
    private Buffers() {}

    /** Initializes what reads and writes need, of any kind of buffer: see {@link Startup#initialize}. */
    public static void initialize() {
        Startup.initialize(
                MethodHandles.lookup(), Scratch.class, DirectAddresses.class, IoVector.class, WaitingBuffers.class);
    }

    /** The same for datagrams. */
    public static void initializeDatagrams() {
        Startup.initialize(MethodHandles.lookup(), Datagrams.class);
    }

    /**
     * Makes one recv(2) or read(2). It may ask for less than the buffer has room for ({@link #asked}): a second call
     * after a successful one could meet an error, which the kernel reports once, and which would be lost beside the
     * bytes.
     */
    public static int read(boolean socket, int fd, ByteBuffer dst) {
        requireWritable(dst);
        int position = dst.position();
        int count = asked(dst);
        if (count == 0) {
            return 0;
        }
        // Here and in write all is in one method: the compiler removes what a downcall allocates only as long as it
        // is not too deep below the method that is compiled (MaxInlineLevel).
        Scratch scratch = null;
        long address;
        if (dst.hasArray()) {
            if (count > Scratch.SIZE) {
                return readSegment(socket, fd, dst, count);
            }
            scratch = Scratch.take();
            address = scratch.address();
        } else {
            long base = DirectAddresses.ofDestination(fd, dst);
            if (base == DirectAddresses.NONE) {
                return readSegment(socket, fd, dst, count);
            }
            address = base + position;
        }
        try {
            int n;
            do {
                n =
                        (int)
                                (socket
                                        ? SysSocket.recvfrom(fd, address, count, SysSocket.RECEIVE_NOW, 0, 0)
                                        : Unistd.read(fd, address, count));
            } while (n == -Errno.EINTR);
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

    /**
     * For a long buffer in the heap, and for one over an arena that can be closed. The segment is 72 bytes of garbage
     * where the compiler has seen several kinds of buffers; to cache it was measured and gained no time (exchanges of
     * 32 KiB over TCP, by turns with and without a cache: 1.00, 95 % interval 0.93 to 1.08).
     */
    private static int readSegment(boolean socket, int fd, ByteBuffer dst, int count) {
        MemorySegment segment = MemorySegment.ofBuffer(dst);
        int n;
        do {
            n =
                    (int)
                            (socket
                                    ? SysSocket.recvfrom(fd, segment, count, SysSocket.RECEIVE_NOW, 0, 0)
                                    : Unistd.read(fd, segment, count));
        } while (n == -Errno.EINTR);
        if (n > 0) {
            dst.position(dst.position() + n);
        }
        return n;
    }

    /**
     * Fails as {@link #read} would with this buffer, for one who waits before.
     *
     * @throws WrongThreadException if the buffer is of an arena that another thread owns
     * @throws IllegalStateException if the buffer is of an arena that is closed
     */
    public static void requireUsable(int fd, ByteBuffer dst) {
        if (dst.isDirect() && DirectAddresses.ofDestination(fd, dst) == DirectAddresses.NONE) {
            DirectAddresses.requireUsable(dst);
        }
    }

    private static void requireWritable(ByteBuffer dst) {
        if (dst.isReadOnly()) {
            throw new IllegalArgumentException("Read-only buffer");
        }
    }

    /** How many bytes {@link #read} asks for: it was a short read, which drained the descriptor, if it gave less. */
    public static int asked(ByteBuffer dst) {
        int remaining = dst.remaining();
        return dst.isDirect() ? remaining : Math.min(remaining, Unistd.CRITICAL_BYTES);
    }

    /**
     * Calls send(2) or write(2) until all is written or the descriptor has no room: a short count means that it has
     * none. If an error follows a partial write, the error is returned, not the count: the kernel reports it only once.
     * The buffer's position shows how much was written.
     */
    public static int write(boolean socket, int fd, ByteBuffer src) {
        int start = src.position();
        Scratch scratch = null;
        try {
            while (src.hasRemaining()) {
                int position = src.position();
                int asked = asked(src);
                int n;
                long base;
                if (src.hasArray() && asked <= Scratch.SIZE) {
                    if (scratch == null) {
                        scratch = Scratch.take();
                    }
                    scratch.fill(src.array(), src.arrayOffset() + position, asked);
                    n = (int) write(socket, fd, scratch.address(), asked);
                } else if (src.isDirect() && (base = DirectAddresses.ofSource(fd, src)) != DirectAddresses.NONE) {
                    n = (int) write(socket, fd, base + position, asked);
                } else {
                    n = writeSegment(socket, fd, src, asked);
                }
                if (n == -Errno.EINTR) {
                    continue;
                }
                if (n < 0) {
                    return n == -Errno.EAGAIN && position > start ? position - start : n;
                }
                src.position(position + n);
                if (n < asked) {
                    break;
                }
            }
            return src.position() - start;
        } finally {
            if (scratch != null) {
                scratch.giveBack();
            }
            Reference.reachabilityFence(src);
        }
    }

    private static long write(boolean socket, int fd, long address, int count) {
        return socket
                ? SysSocket.sendto(fd, address, count, SysSocket.SEND_NOW, 0, 0)
                : Unistd.write(fd, address, count);
    }

    private static int writeSegment(boolean socket, int fd, ByteBuffer src, int count) {
        MemorySegment segment = MemorySegment.ofBuffer(src);
        return (int)
                (socket
                        ? SysSocket.sendto(fd, segment, count, SysSocket.SEND_NOW, 0, 0)
                        : Unistd.write(fd, segment, count));
    }

    /**
     * recvmsg(2) or readv(2): one call, over as many of the buffers as it can take.
     *
     * @return as {@link #read(boolean, int, ByteBuffer)}
     */
    public static long read(boolean socket, int fd, ByteBuffer[] dsts, int offset, int length) {
        int end = offset + length;
        for (int i = offset; i < end; i++) {
            requireWritable(dsts[i]);
        }
        int first = firstRemaining(dsts, offset, end);
        if (first == end) {
            return 0;
        }
        if (firstRemaining(dsts, first + 1, end) == end || isLongInHeap(dsts[first])) {
            return read(socket, fd, dsts[first]);
        }
        IoVector vector = IoVector.take();
        try {
            vector.fill(dsts, first, end, true);
            return vector.moveNow(socket, fd, dsts, true);
        } finally {
            vector.giveBack();
        }
    }

    /**
     * A number of bytes that {@link #read(boolean, int, ByteBuffer[], int, int)} certainly asks for: a read that gave
     * less was short.
     */
    public static long asked(ByteBuffer[] dsts, int offset, int length) {
        long asked = 0;
        int buffers = 0;
        // Each direct buffer may be of an arena of its own.
        int arenas = 0;
        for (int i = offset; i < offset + length && asked < IoVector.SCRATCH; i++) {
            int remaining = dsts[i].remaining();
            if (remaining > 0) {
                buffers++;
                arenas += dsts[i].isDirect() ? 1 : 0;
                if (buffers > SysUio.IOV_MAX || arenas > KeptArenas.MOST) {
                    break;
                }
                asked += remaining;
            }
        }
        return Math.min(asked, IoVector.SCRATCH);
    }

    /**
     * sendmsg(2) or writev(2), as often as it takes: see {@link #write(boolean, int, ByteBuffer)}. Buffers that fit
     * into one call go in one call. A long one in the heap goes without a copy, in a call of its own, but for its
     * beginning, which fills up the call before.
     *
     * @return as {@link #write(boolean, int, ByteBuffer)}
     */
    public static long write(boolean socket, int fd, ByteBuffer[] srcs, int offset, int length) {
        int end = offset + length;
        long written = 0;
        for (int first; (first = firstRemaining(srcs, offset, end)) < end; ) {
            boolean single = firstRemaining(srcs, first + 1, end) == end || isLongInHeap(srcs[first]);
            long n;
            boolean all;
            if (single) {
                n = write(socket, fd, srcs[first]);
                all = !srcs[first].hasRemaining();
            } else {
                IoVector vector = IoVector.take();
                try {
                    vector.fill(srcs, first, end, false);
                    n = vector.moveNow(socket, fd, srcs, false);
                    all = n == vector.total();
                } finally {
                    vector.giveBack();
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

    static boolean isLongInHeap(ByteBuffer buffer) {
        return !buffer.isDirect() && buffer.remaining() >= IoVector.SCRATCH;
    }

    static int firstRemaining(ByteBuffer[] buffers, int from, int end) {
        int i = from;
        while (i < end && !buffers[i].hasRemaining()) {
            // As the JDK: one of a closed arena is not right even if nothing is to be done with it.
            DirectAddresses.requireUsable(buffers[i]);
            i++;
        }
        return i;
    }
}
