package dev.kqueue.nio;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Poll;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.util.Objects;

/**
 * The reading side of a channel that is a stream from its beginning to its end, as {@code ReadableByteChannel} asks.
 */
final class StreamInput {
    private final SelectableChannel channel;
    private final Readiness memory;
    private final Lane lane;

    /**
     * @param channel asked whether it is open, and whether it blocks
     * @param memory told what each read says of the stream's readiness
     */
    <C extends SelectableChannel & Lane.Owner> StreamInput(C channel, Descriptor descriptor, Readiness memory) {
        this.channel = channel;
        this.memory = memory;
        this.lane = new Lane(channel, descriptor, Poll.POLLIN);
    }

    /** The turns of the readers. */
    Lane lane() {
        return lane;
    }

    /** As {@link java.nio.channels.ReadableByteChannel#read}. */
    int read(ByteBuffer dst) throws IOException {
        Objects.requireNonNull(dst);
        lane.lock();
        try {
            ensureOpen();
            boolean blocking = channel.isBlocking();
            boolean room = dst.hasRemaining();
            int n = 0;
            int fd = lane.begin(blocking);
            try {
                do {
                    int asked = Buffers.asked(dst);
                    int stamp = memory.stamp();
                    n = Buffers.read(fd, dst);
                    remember(stamp, n, asked);
                } while (lane.again(n, blocking));
            } finally {
                lane.end(blocking, n > 0);
            }
            return (int) result(n, room);
        } finally {
            lane.unlock();
        }
    }

    /** As {@link java.nio.channels.ScatteringByteChannel#read(ByteBuffer[], int, int)}. */
    long read(ByteBuffer[] dsts, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, dsts.length);
        lane.lock();
        try {
            ensureOpen();
            boolean blocking = channel.isBlocking();
            boolean room = Buffers.asked(dsts, offset, length) > 0;
            long n = 0;
            int fd = lane.begin(blocking);
            try {
                do {
                    long asked = Buffers.asked(dsts, offset, length);
                    int stamp = memory.stamp();
                    n = Buffers.read(fd, dsts, offset, length);
                    remember(stamp, n, asked);
                } while (lane.again(n, blocking));
            } finally {
                lane.end(blocking, n > 0);
            }
            return result(n, room);
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
        // The end of the stream stays readable, and so does an error.
        if (n > 0 || n == -Errno.EAGAIN) {
            memory.read(stamp, n, asked);
        }
    }

    private static long result(long n, boolean room) throws IOException {
        if (n > 0) {
            return n;
        }
        if (n == 0) {
            return room ? -1 : 0;
        }
        if (n == -Errno.EAGAIN) {
            return 0;
        }
        throw Errno.exception((int) -n);
    }
}
