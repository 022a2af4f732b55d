package dev.kqueue.nio;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Poll;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.util.Objects;

/**
 * The writing side of a channel that is a stream from its beginning to its end, as {@code WritableByteChannel} asks: in
 * blocking mode a write returns when all is written, otherwise it writes what there is room for.
 */
final class StreamOutput {
    private final SelectableChannel channel;
    private final Readiness memory;
    private final Lane lane;

    /**
     * @param channel asked whether it is open, and whether it blocks
     * @param memory told what each write says of the stream's readiness
     */
    <C extends SelectableChannel & Lane.Owner> StreamOutput(C channel, Descriptor descriptor, Readiness memory) {
        this.channel = channel;
        this.memory = memory;
        this.lane = new Lane(channel, descriptor, Poll.POLLOUT);
    }

    /** The turns of the writers. */
    Lane lane() {
        return lane;
    }

    /** As {@link java.nio.channels.WritableByteChannel#write}. */
    int write(ByteBuffer src) throws IOException {
        Objects.requireNonNull(src);
        lane.lock();
        try {
            ensureOpen();
            boolean blocking = channel.isBlocking();
            int written = 0;
            int n = 0;
            int fd = lane.begin(blocking);
            try {
                do {
                    int asked = src.remaining();
                    int stamp = memory.stamp();
                    n = Buffers.write(fd, src);
                    remember(stamp, n, asked);
                    written += Math.max(n, 0);
                } while (lane.again(src.hasRemaining() && n >= 0 ? -Errno.EAGAIN : n, blocking));
            } finally {
                lane.end(blocking, written > 0);
            }
            return (int) result(written, n);
        } finally {
            lane.unlock();
        }
    }

    /** As {@link java.nio.channels.GatheringByteChannel#write(ByteBuffer[], int, int)}. */
    long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, srcs.length);
        lane.lock();
        try {
            ensureOpen();
            boolean blocking = channel.isBlocking();
            long written = 0;
            long n = 0;
            int fd = lane.begin(blocking);
            try {
                long left;
                do {
                    long asked = remaining(srcs, offset, length);
                    int stamp = memory.stamp();
                    n = Buffers.write(fd, srcs, offset, length);
                    remember(stamp, n, asked);
                    written += Math.max(n, 0);
                    left = asked - Math.max(n, 0);
                } while (lane.again(left > 0 && n >= 0 ? -Errno.EAGAIN : n, blocking));
            } finally {
                lane.end(blocking, written > 0);
            }
            return result(written, n);
        } finally {
            lane.unlock();
        }
    }

    private void ensureOpen() throws ClosedChannelException {
        if (!channel.isOpen()) {
            throw new ClosedChannelException();
        }
    }

    private void remember(int stamp, long n, long asked) {
        // An error stays, for the next write to tell.
        if (n >= 0 || n == -Errno.EAGAIN) {
            memory.written(stamp, n, asked);
        }
    }

    private static long remaining(ByteBuffer[] buffers, int offset, int length) {
        long remaining = 0;
        for (int i = offset; i < offset + length; i++) {
            remaining += buffers[i].remaining();
        }
        return remaining;
    }

    /**
     * What was written counts, unless an error ended it: the rest can never be, and the error may be told once only.
     */
    private static long result(long written, long n) throws IOException {
        if (n < 0 && n != -Errno.EAGAIN) {
            throw Errno.exception((int) -n);
        }
        return written;
    }
}
