package dev.kqueue.nio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Two ends of one connection, each byte of which says where it belongs: it is a function of the connection, the
 * direction and the place in the stream. A byte that is missing, doubled, or another connection's is found when it is
 * read.
 */
final class StressConnection implements AutoCloseable {
    /** One end: what it has written and read so far. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // under the locks
    static final class End {
        final SocketChannel channel;
        private final StressConnection connection;
        private final long tag;
        private End peer;

        final ReentrantLock reading = new ReentrantLock();
        final ReentrantLock writing = new ReentrantLock();

        /** Guarded by the locks; volatile for whoever wonders why nothing goes on. */
        private volatile long read;

        private volatile long written;

        volatile boolean inputShut;
        volatile boolean outputShut;

        private End(StressConnection connection, SocketChannel channel, long tag) {
            this.connection = connection;
            this.channel = channel;
            this.tag = tag;
        }

        StressConnection connection() {
            return connection;
        }

        End peer() {
            return peer;
        }

        private static byte expected(long tag, long place) {
            long mixed = (tag + place) * 0x9e3779b97f4a7c15L;
            return (byte) (mixed >>> 56);
        }

        /** Writes so many bytes or fewer; the caller holds {@link #writing}. */
        void write(ByteBuffer buffer, int count) throws IOException {
            buffer.clear();
            for (int i = 0; i < count; i++) {
                buffer.put(expected(tag, written + i));
            }
            buffer.flip();
            try {
                channel.write(buffer);
            } finally {
                written = written + buffer.position();
            }
        }

        /** Reads what there is, into one buffer or two; false at the end. The caller holds {@link #reading}. */
        boolean read(ByteBuffer one, ByteBuffer two) throws IOException {
            one.clear();
            long n;
            if (two == null) {
                n = channel.read(one);
            } else {
                one.limit(100);
                n = channel.read(new ByteBuffer[] {one, two.clear()});
                check(one.flip());
                one = two;
            }
            if (n < 0) {
                requireReasonForTheEnd();
                return false;
            }
            check(one.flip());
            return true;
        }

        private void check(ByteBuffer bytes) {
            while (bytes.hasRemaining()) {
                byte found = bytes.get();
                byte expected = expected(peer.tag, read);
                if (found != expected) {
                    throw new AssertionError(
                            "byte "
                                    + read
                                    + " of "
                                    + this
                                    + " is "
                                    + found
                                    + ", not "
                                    + expected
                                    + ", and then come "
                                    + bytes.remaining());
                }
                read = read + 1;
            }
        }

        private void requireReasonForTheEnd() {
            // TCP resets a connection when data comes for a side that has ended both directions (RFC 1122, 4.2.2.13):
            // what is on its way back is lost then, and a write may have been told the error.
            if (inputShut || (peer.inputShut && peer.outputShut) || !channel.isOpen() || !peer.channel.isOpen()) {
                return;
            }
            if (!peer.outputShut) {
                throw new AssertionError("the end of " + this + " without a reason");
            }
            // The peer has ended its stream and closed nothing: all of it must have come.
            peer.writing.lock();
            try {
                if (read != peer.written
                        && peer.channel.isOpen()
                        && channel.isOpen()
                        && !inputShut
                        && !peer.inputShut) {
                    throw new AssertionError("the end of " + this + " after " + read + " of " + peer.written);
                }
            } finally {
                peer.writing.unlock();
            }
        }

        /** Whether all has come that will. */
        boolean isDrained() {
            return read == peer.written || inputShut || !channel.isOpen() || !peer.channel.isOpen();
        }

        @Override
        public String toString() {
            return channel + " read " + read + " of " + peer.written + ", written " + written;
        }
    }

    private final List<End> ends;

    StressConnection(SocketChannel a, SocketChannel b, long tag) {
        End one = new End(this, a, tag);
        End other = new End(this, b, ~tag);
        one.peer = other;
        other.peer = one;
        ends = List.of(one, other);
    }

    List<End> ends() {
        return ends;
    }

    End end(Random random) {
        return ends.get(random.nextInt(2));
    }

    /** Whether an I/O error is to be expected: somebody has closed an end, or half of one. */
    boolean isDisturbed() {
        return ends.stream().anyMatch(end -> !end.channel.isOpen() || end.inputShut || end.outputShut);
    }

    @Override
    public void close() throws IOException {
        for (End end : ends) {
            end.channel.close();
        }
    }
}
