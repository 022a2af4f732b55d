package dev.kqueue.internal.channel;

import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.fd.PipeDescriptor;
import dev.kqueue.internal.io.Buffers;
import dev.kqueue.internal.io.WaitingBuffers;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.Poll;
import dev.kqueue.internal.libc.SysIoctl;
import dev.kqueue.internal.park.BlockingWait;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.IllegalBlockingModeException;
import java.util.Objects;

/** The reading side of a stream, as {@code ScatteringByteChannel} and the socket's {@code InputStream} ask. */
public class StreamInput extends IoDirection<StreamOwner> {
    /** One attempt to read, which does not wait: as {@link Buffers} does for all but odd descriptors. */
    public interface ReadAttempt {
        /** A read that gave as much may have left something, whatever room there was. */
        int MOST = 64 * 1024;

        long read(int fd, ByteBuffer[] dsts, int offset, int length);
    }

    /** Enough to make the attempts that fail rare, few enough to notice soon that data comes faster now. */
    private static final byte WAITS = 8;

    /** A wait that is over within so many nanoseconds has not waited: the data was there already. */
    private static final long PROMPT = 5_000;

    private volatile boolean shutdown;

    /** Guarded by this: for how many reads to believe that they will have to wait. */
    private byte waitsAhead;

    /** Guarded by this: the peer has reset the connection. The kernel reports it once; every read must. */
    private boolean reset;

    /** Its channel's descriptor remembers what each read says of the stream's readiness. */
    StreamInput(StreamOwner channel) {
        super(channel, Poll.POLLIN);
    }

    /** How to make the next attempt; null to make it as {@link Buffers} does. Asked before each, and not kept. */
    ReadAttempt attempt() {
        return null;
    }

    /** Follows each attempt, more than once if it has failed. */
    void attempted() {}

    /** The input of a descriptor that is read by other calls than a socket or pipe. */
    public static StreamInput by(StreamOwner channel, ReadAttempt attempt) {
        return new StreamInput(channel) {
            @Override
            ReadAttempt attempt() {
                return attempt;
            }
        };
    }

    /** The input of a pipe whose open file description was made here, and may be passed on later. */
    public static StreamInput ofPipe(StreamOwner channel, PipeDescriptor descriptor) {
        return new StreamInput(channel) {
            // Allocated when first needed.
            private FdTransfer shared;

            @Override
            ReadAttempt attempt() {
                if (descriptor.beginTrust()) {
                    return null;
                }
                if (shared == null) {
                    shared = FdTransfer.forReading(FdTransfer.FdKind.PIPE_OR_TERMINAL, Fcntl.O_NONBLOCK);
                }
                return shared;
            }

            @Override
            void attempted() {
                descriptor.endTrust();
            }
        };
    }

    boolean isShutdown() {
        return shutdown;
    }

    /** From now on a read finds the end of the stream, the one in progress included. */
    void shutdown() {
        shutdown = true;
    }

    /** As {@link java.nio.channels.ReadableByteChannel#read}. */
    public int read(ByteBuffer dst) throws IOException {
        return read(dst, false, BlockingWait.FOREVER);
    }

    /**
     * As {@link java.nio.channels.ReadableByteChannel#read} or as {@link java.io.InputStream#read(byte[])} of a socket.
     *
     * @param ofSocket whether it is the socket's: it has to block, and to throw when the time has passed
     * @param nanos how long to wait at most; {@link BlockingWait#FOREVER} without limit
     */
    // Long on purpose, like write: what exceeds FreqInlineSize is compiled on its own, not into its callers. The
    // compiler
    // removes what a downcall allocates only as long as that is not too deep below the method it began with.
    public int read(ByteBuffer dst, boolean ofSocket, long nanos) throws IOException {
        Objects.requireNonNull(dst);
        synchronized (this) {
            owner.requireStream();
            boolean blocking = owner.isBlocking();
            if (ofSocket && !blocking) {
                throw new IllegalBlockingModeException();
            }
            long deadline = deadline(nanos);
            int n = -Errno.EAGAIN;
            int asked = 0;
            int fd = begin(blocking);
            try {
                if (shutdown) {
                    return -1;
                }
                requireReadable(dst);
                asked = Buffers.asked(dst);
                Descriptor descriptor = owner.owned();
                boolean socket = owner.isSocket();
                boolean inCall = socket && asked > 0 && waitsInCall(blocking, deadline) && descriptor.callsWait();
                boolean more = true;
                boolean waited = inCall && WaitingBuffers.isCheap(dst, asked);
                if (!waited && blocking && asked > 0 && isWaitLikely()) {
                    if (inCall) {
                        waited = true;
                    } else {
                        // Now rather than when there is something to read.
                        Buffers.requireUsable(fd, dst);
                        long before = System.nanoTime();
                        more = await(deadline);
                        waited = System.nanoTime() - before > PROMPT;
                    }
                }
                while (more) {
                    int stamp = descriptor.stamp();
                    if (inCall && waited) {
                        asked = WaitingBuffers.asked(dst);
                        n = WaitingBuffers.read(this, descriptor, dst);
                        inCall = n != -Errno.EAGAIN || descriptor.callsWaitNow();
                    } else {
                        ReadAttempt attempt = attempt();
                        if (attempt == null) {
                            n = Buffers.read(socket, fd, dst);
                        } else {
                            asked = Math.min(asked, ReadAttempt.MOST);
                            n = (int) by(attempt, fd, new ByteBuffer[] {dst}, 0, 1);
                        }
                        attempted();
                    }
                    // The end of the stream stays readable, and so does an error.
                    if (n > 0 || n == -Errno.EAGAIN) {
                        descriptor.read(stamp, n, asked);
                    }
                    if (n == -Errno.EAGAIN) {
                        waitsAhead = WAITS;
                        waited = true;
                    } else if (n == asked && !waited) {
                        waitsAhead = 0;
                    }
                    more = (n == -Errno.EAGAIN && inCall) ? !isClosing() : again(n, blocking, deadline);
                }
            } finally {
                attempted();
                end(blocking, n > 0);
            }
            n = (int) result(n, asked);
            if (n == -Errno.EAGAIN) {
                if (ofSocket) {
                    throw new SocketTimeoutException("Read timed out");
                }
                return 0;
            }
            return n;
        }
    }

    /** An attempt that waits after all, as another process has been quicker, is ended like any wait. */
    private long by(ReadAttempt attempt, int fd, ByteBuffer[] dsts, int offset, int length) {
        Object caller = enterCall();
        try {
            return isClosing() ? -Errno.EINTR : attempt.read(fd, dsts, offset, length);
        } finally {
            leaveCall(caller);
        }
    }

    /**
     * Whether to wait before the first attempt, where it need not be a wait: in a conversation each read finds nothing
     * at first, and an attempt that fails costs a third of the system calls. Believed for a few reads after one that
     * has found nothing, and no longer if one was filled by what was there already, so that such data is seldom waited
     * for. (One that was filled after a wait may be a message of just the buffer's length.) Not on a virtual thread,
     * which would have to be unparked in vain.
     */
    private boolean isWaitLikely() {
        if (waitsAhead == 0 || Thread.currentThread().isVirtual()) {
            return false;
        }
        waitsAhead--;
        return true;
    }

    /** As {@link java.nio.channels.ScatteringByteChannel#read(ByteBuffer[], int, int)}. */
    public long read(ByteBuffer[] dsts, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, dsts.length);
        return read(dsts, offset, length, null);
    }

    /** As {@link java.nio.channels.ReadableByteChannel#read}, by other means. */
    public int read(ByteBuffer dst, ReadAttempt by) throws IOException {
        return (int) read(new ByteBuffer[] {Objects.requireNonNull(dst)}, 0, 1, by);
    }

    private long read(ByteBuffer[] dsts, int offset, int length, ReadAttempt by) throws IOException {
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
                Descriptor descriptor = owner.owned();
                boolean socket = owner.isSocket();
                boolean inCall =
                        socket
                                && by == null
                                && asked > 0
                                && waitsInCall(blocking, BlockingWait.FOREVER)
                                && descriptor.callsWait();
                do {
                    int stamp = descriptor.stamp();
                    if (inCall) {
                        n = WaitingBuffers.read(this, descriptor, dsts, offset, length);
                        inCall = n != -Errno.EAGAIN || descriptor.callsWaitNow();
                    } else {
                        ReadAttempt attempt = by != null ? by : attempt();
                        n =
                                attempt == null
                                        ? Buffers.read(socket, fd, dsts, offset, length)
                                        : by(attempt, fd, dsts, offset, length);
                        attempted();
                    }
                    // The end of the stream stays readable, and so does an error.
                    if (n > 0 || n == -Errno.EAGAIN) {
                        descriptor.read(stamp, n, asked);
                    }
                } while ((n == -Errno.EAGAIN && inCall) ? !isClosing() : again(n, blocking));
            } finally {
                attempted();
                end(blocking, n > 0);
            }
            n = result(n, asked);
            return n == -Errno.EAGAIN ? 0 : n;
        }
    }

    private void requireReadable(ByteBuffer dst) throws IOException {
        if (reset) {
            throw Errno.readException(Errno.ECONNRESET);
        }
        if (dst.isReadOnly()) {
            throw new IllegalArgumentException("Read-only buffer");
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
        throw Errno.readException((int) -n);
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
