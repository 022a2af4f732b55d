package dev.kqueue.nio;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Poll;
import dev.kqueue.internal.libc.SysIoctl;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.IllegalBlockingModeException;
import java.util.Objects;

/** The reading side of a stream, as {@code ScatteringByteChannel} and the socket's {@code InputStream} ask. */
final class StreamInput extends Lane<StreamOwner> {
    /**
     * One attempt to read, which does not wait: as {@link Buffers}, whose methods these are but for odd descriptors.
     */
    interface Attempt {
        int read(int fd, ByteBuffer dst);

        long read(int fd, ByteBuffer[] dsts, int offset, int length);
    }

    private static final Attempt AT_ONCE =
            new Attempt() {
                @Override
                public int read(int fd, ByteBuffer dst) {
                    return Buffers.read(fd, dst);
                }

                @Override
                public long read(int fd, ByteBuffer[] dsts, int offset, int length) {
                    return Buffers.read(fd, dsts, offset, length);
                }
            };

    private final Attempt attempt;
    private volatile boolean shutdown;

    /** Guarded by this: the peer has reset the connection. The kernel tells it once; every read shall. */
    private boolean reset;

    /**
     * @param descriptor remembers what each read says of the stream's readiness
     */
    StreamInput(StreamOwner channel, Descriptor descriptor) {
        this(channel, descriptor, AT_ONCE);
    }

    /**
     * @param descriptor remembers what each read says of the stream's readiness
     * @param attempt reads
     */
    StreamInput(StreamOwner channel, Descriptor descriptor, Attempt attempt) {
        super(channel, descriptor, Poll.POLLIN);
        this.attempt = attempt;
    }

    boolean isShutdown() {
        return shutdown;
    }

    /** From now on a read finds the end of the stream, the one in progress included. */
    void shutdown() {
        shutdown = true;
    }

    /** As {@link java.nio.channels.ReadableByteChannel#read}. */
    int read(ByteBuffer dst) throws IOException {
        Objects.requireNonNull(dst);
        synchronized (this) {
            owner.requireStream();
            int n = read(dst, owner.isBlocking(), Waiter.FOREVER);
            return n == -Errno.EAGAIN ? 0 : n;
        }
    }

    /**
     * As {@link java.io.InputStream#read(byte[])} of a socket.
     *
     * @param nanos how long to wait at most; {@link Waiter#FOREVER} without limit
     */
    int readBlocking(ByteBuffer dst, long nanos) throws IOException {
        synchronized (this) {
            owner.requireStream();
            if (!owner.isBlocking()) {
                throw new IllegalBlockingModeException();
            }
            int n = read(dst, true, Lane.deadline(nanos));
            if (n == -Errno.EAGAIN) {
                throw new SocketTimeoutException("Read timed out");
            }
            return n;
        }
    }

    private int read(ByteBuffer dst, boolean blocking, long deadline) throws IOException {
        long n = 0;
        int asked = 0;
        int fd = begin(blocking);
        try {
            if (shutdown) {
                return -1;
            }
            requireReadable(dst);
            asked = Buffers.asked(dst);
            do {
                int stamp = descriptor.stamp();
                n = attempt.read(fd, dst);
                remember(stamp, n, asked);
            } while (again(n, blocking, deadline));
        } finally {
            end(blocking, n > 0);
        }
        return (int) result(n, asked);
    }

    /** As {@link java.nio.channels.ScatteringByteChannel#read(ByteBuffer[], int, int)}. */
    long read(ByteBuffer[] dsts, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, dsts.length);
        synchronized (this) {
            owner.requireStream();
            boolean blocking = owner.isBlocking();
            long n = 0;
            long asked = 0;
            int fd = begin(blocking);
            try {
                if (shutdown) {
                    return -1;
                }
                for (int i = offset; i < offset + length; i++) {
                    requireReadable(dsts[i]);
                }
                asked = Buffers.asked(dsts, offset, length);
                do {
                    int stamp = descriptor.stamp();
                    n = attempt.read(fd, dsts, offset, length);
                    remember(stamp, n, asked);
                } while (again(n, blocking));
            } finally {
                end(blocking, n > 0);
            }
            n = result(n, asked);
            return n == -Errno.EAGAIN ? 0 : n;
        }
    }

    private void requireReadable(ByteBuffer dst) throws IOException {
        if (reset) {
            throw Errno.exception(Errno.ECONNRESET);
        }
        if (dst.isReadOnly()) {
            throw new IllegalArgumentException("Read-only buffer");
        }
    }

    private void remember(int stamp, long n, long asked) {
        // The end of the stream stays readable, and so does an error.
        if (n > 0 || n == -Errno.EAGAIN) {
            descriptor.read(stamp, n, asked);
        }
    }

    /** The bytes read, -1 at the end of the stream, or -EAGAIN. */
    private long result(long n, long asked) throws IOException {
        assert Thread.holdsLock(this);
        if (n > 0) {
            return n;
        }
        if (shutdown) {
            return -1;
        }
        if (n == 0) {
            return asked > 0 ? -1 : 0;
        }
        if (n == -Errno.EAGAIN) {
            return n;
        }
        reset = n == -Errno.ECONNRESET;
        throw Errno.exception((int) -n);
    }

    /** As {@link java.io.InputStream#available} of a socket. */
    int available() throws IOException {
        synchronized (this) {
            owner.requireStream();
            if (shutdown || reset) {
                return 0;
            }
            int fd = begin(false);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment bytes = arena.allocate(ValueLayout.JAVA_INT);
                int result = SysIoctl.ioctl(fd, SysIoctl.FIONREAD, bytes);
                if (result < 0) {
                    throw Errno.exception(-result);
                }
                return bytes.get(ValueLayout.JAVA_INT, 0);
            } finally {
                end(false, true);
            }
        }
    }
}
