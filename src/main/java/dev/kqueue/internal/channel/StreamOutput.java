package dev.kqueue.internal.channel;

import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.fd.PipeDescriptor;
import dev.kqueue.internal.io.Buffers;
import dev.kqueue.internal.io.WaitingBuffers;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.Poll;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.park.BlockingWait;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;
import java.util.Objects;

/**
 * The writing side of a stream, as {@code GatheringByteChannel} and the socket's {@code OutputStream} ask: in blocking
 * mode a write returns when all is written, otherwise it writes what there is room for.
 *
 * <p>Closing the channel ends a blocked write with an exception even if some of the bytes have been written: the JDK
 * does so on virtual threads, whose writes it ends at the first wait. The buffer's position shows how many they were.
 */
public class StreamOutput extends IoDirection<StreamOwner> {
    /** One attempt to write, which does not wait: as {@link Buffers} does for all but odd descriptors. */
    interface WriteAttempt {
        long write(int fd, ByteBuffer[] srcs, int offset, int length);
    }

    /** Bytes that come from elsewhere than a buffer. */
    public interface Source {
        /**
         * Moves some of them into the descriptor.
         *
         * @param mayWait whether it may wait for room; otherwise the result is -EAGAIN if there is none
         * @param offset how many have been moved before
         * @param count how many to move at most; more than 0
         * @return how many were moved, 0 if there are no more, or -errno
         */
        long moveTo(int fd, long offset, long count, boolean mayWait);
    }

    private volatile boolean shutdown;

    /** Its channel's descriptor remembers what each write says of the stream's readiness. */
    StreamOutput(StreamOwner channel) {
        super(channel, Poll.POLLOUT);
    }

    /** How to make the next attempt; null to make it as {@link Buffers} does. Asked before each, and not kept. */
    WriteAttempt attempt() {
        return null;
    }

    /** Follows each attempt, more than once if it has failed. */
    void attempted() {}

    /** The output of a descriptor that is written by other calls than a socket or pipe. */
    public static StreamOutput by(StreamOwner channel, WriteAttempt attempt) {
        return new StreamOutput(channel) {
            @Override
            WriteAttempt attempt() {
                return attempt;
            }
        };
    }

    /** The output of a pipe whose open file description was made here, and may be passed on later. */
    public static StreamOutput ofPipe(StreamOwner channel, PipeDescriptor descriptor) {
        return new StreamOutput(channel) {
            // Allocated when first needed.
            private FdTransfer shared;

            @Override
            WriteAttempt attempt() {
                if (descriptor.beginTrust()) {
                    return null;
                }
                if (shared == null) {
                    shared = FdTransfer.forWriting(FdTransfer.FdKind.PIPE_OR_TERMINAL, Fcntl.O_NONBLOCK);
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

    /** From now on nothing can be written; a write in progress that shutdown(2) ends knows why. */
    void shutdown() {
        shutdown = true;
    }

    /** As {@link java.nio.channels.WritableByteChannel#write}. */
    public int write(ByteBuffer src) throws IOException {
        return write(src, false);
    }

    /**
     * As {@link java.nio.channels.WritableByteChannel#write} or as {@link java.io.OutputStream#write(byte[])} of a
     * socket.
     *
     * @param ofSocket whether it is the socket's: it has to block, and to write all or throw
     */
    // Long on purpose: see StreamInput.read.
    public int write(ByteBuffer src, boolean ofSocket) throws IOException {
        Objects.requireNonNull(src);
        synchronized (this) {
            int written = 0;
            int n = 0;
            do {
                owner.requireStream();
                boolean blocking = owner.isBlocking();
                if (ofSocket && !blocking) {
                    throw new IllegalBlockingModeException();
                }
                int fd = begin(blocking);
                try {
                    if (shutdown) {
                        throw new ClosedChannelException();
                    }
                    Descriptor descriptor = owner.owned();
                    boolean socket = owner.isSocket();
                    boolean inCall = socket && waitsInCall(blocking, BlockingWait.FOREVER) && descriptor.callsWait();
                    boolean isFull = false;
                    boolean more = true;
                    while (more) {
                        if (inCall && isFull) {
                            n = WaitingBuffers.write(this, descriptor, src);
                            inCall = n != -Errno.EAGAIN || descriptor.callsWaitNow();
                        } else {
                            int asked = src.remaining();
                            int stamp = descriptor.stamp();
                            WriteAttempt attempt = attempt();
                            if (attempt == null) {
                                n = Buffers.write(socket, fd, src);
                            } else {
                                n = (int) by(attempt, fd, new ByteBuffer[] {src}, 0, 1);
                                // One that was broken off has not filled the pipe: only EAGAIN shows that it is full.
                                asked = Math.max(n, 0);
                            }
                            attempted();
                            // An error stays, for the next write to tell.
                            if (n >= 0 || n == -Errno.EAGAIN) {
                                descriptor.written(stamp, n, asked);
                            }
                        }
                        written += Math.max(n, 0);
                        // Less than all because there was no room for more: no need to try before waiting.
                        isFull = n >= 0 || n == -Errno.EAGAIN;
                        if (isFull && inCall) {
                            more = src.hasRemaining() && !shutdown && !isClosing();
                        } else if (n >= 0) {
                            more = src.hasRemaining() && blocking && !shutdown && await(BlockingWait.FOREVER);
                        } else {
                            more = !shutdown && again(n, blocking);
                        }
                    }
                } finally {
                    attempted();
                    end(blocking, !src.hasRemaining());
                }
                if (n < 0) {
                    written = (int) result(n, written);
                }
                // A write that a close has ended returns what it had written; the next round throws.
            } while (ofSocket && src.hasRemaining());
            return written;
        }
    }

    /** As {@link java.nio.channels.GatheringByteChannel#write(ByteBuffer[], int, int)}. */
    public long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, srcs.length);
        synchronized (this) {
            owner.requireStream();
            boolean blocking = owner.isBlocking();
            long written = 0;
            long all = 0;
            long n = 0;
            int fd = begin(blocking);
            try {
                requireNotShutdown();
                all = remaining(srcs, offset, length);
                Descriptor descriptor = owner.owned();
                boolean socket = owner.isSocket();
                boolean inCall = socket && waitsInCall(blocking, BlockingWait.FOREVER) && descriptor.callsWait();
                boolean isFull = false;
                do {
                    if (inCall && isFull) {
                        n = WaitingBuffers.write(this, descriptor, srcs, offset, length);
                        inCall = n != -Errno.EAGAIN || descriptor.callsWaitNow();
                    } else {
                        int stamp = descriptor.stamp();
                        WriteAttempt attempt = attempt();
                        n =
                                attempt == null
                                        ? Buffers.write(socket, fd, srcs, offset, length)
                                        : by(attempt, fd, srcs, offset, length);
                        attempted();
                        remember(stamp, n, attempt == null ? all - written : Math.max(n, 0));
                    }
                    written += Math.max(n, 0);
                    isFull = n >= 0 || n == -Errno.EAGAIN;
                } while ((isFull && inCall)
                        ? written < all && !shutdown && !isClosing()
                        : againOrMore(n, written < all, blocking));
            } finally {
                attempted();
                end(blocking, written == all);
            }
            return result(n, written);
        }
    }

    /**
     * Writes bytes of a source: in blocking mode all of them, otherwise what there is room for.
     *
     * @param count how many at most
     * @return how many; fewer than {@code count} if the source has no more, or there is no room
     */
    public long write(Source source, long count) throws IOException {
        synchronized (this) {
            owner.requireStream();
            boolean blocking = owner.isBlocking();
            long written = 0;
            long n = 0;
            int fd = begin(blocking);
            try {
                requireNotShutdown();
                boolean mayWait = waitsInCall(blocking, BlockingWait.FOREVER);
                do {
                    int stamp = owner.owned().stamp();
                    n = count == 0 ? 0 : move(source, fd, written, count - written, mayWait);
                    // What was moved may be as much as there was, or as there was room for: only EAGAIN shows which.
                    remember(stamp, Math.min(n, 1), 1);
                    written += Math.max(n, 0);
                } while (n > 0 ? written < count && !isClosing() : n < 0 && againOrMore(n, true, blocking));
            } finally {
                end(blocking, n == 0 || written == count);
            }
            return result(n, written);
        }
    }

    /** An attempt that waits after all, as another process has been quicker, is ended like any wait. */
    private long by(WriteAttempt attempt, int fd, ByteBuffer[] srcs, int offset, int length) {
        Object caller = enterCall();
        try {
            return isClosing() ? -Errno.EINTR : attempt.write(fd, srcs, offset, length);
        } finally {
            leaveCall(caller);
        }
    }

    private long move(Source source, int fd, long offset, long count, boolean mayWait) {
        if (!mayWait) {
            return source.moveTo(fd, offset, count, false);
        }
        long[] thread = enter();
        try {
            return isClosing() ? -Errno.EINTR : source.moveTo(fd, offset, count, true);
        } finally {
            leave(thread);
        }
    }

    private boolean againOrMore(long n, boolean more, boolean blocking) throws IOException {
        if (n >= 0) {
            // Less than all was written because there was no room for more: no need to try before waiting.
            return more && blocking && !shutdown && await(BlockingWait.FOREVER);
        }
        return !shutdown && again(n, blocking);
    }

    private void requireNotShutdown() throws ClosedChannelException {
        if (shutdown) {
            throw new ClosedChannelException();
        }
    }

    private void remember(int stamp, long n, long asked) {
        // An error stays, for the next write to tell.
        if (n >= 0 || n == -Errno.EAGAIN) {
            owner.owned().written(stamp, n, asked);
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
     * The number of bytes written, unless an error ended the write: then the error is thrown, since the rest can never
     * be written and the kernel may report the error only once.
     */
    private long result(long n, long written) throws IOException {
        assert Thread.holdsLock(this);
        if (shutdown && n < 0) {
            if (written == 0) {
                throw new AsynchronousCloseException();
            }
            return written;
        }
        if (n < 0 && n != -Errno.EAGAIN) {
            if (!owner.isOpen()) {
                // Closing a registered channel shuts its output down, and the kernel's answer to that is not the news.
                throw new AsynchronousCloseException();
            }
            throw Errno.exception((int) -n);
        }
        return written;
    }

    /**
     * As {@link java.net.Socket#sendUrgentData}.
     *
     * @throws IOException if there is no room for it and the channel does not block, too
     */
    void writeUrgent(byte data) throws IOException {
        MemorySegment bytes = MemorySegment.ofArray(new byte[] {data});
        int flags = SysSocket.MSG_OOB | SysSocket.SEND_NOW;
        if (write((fd, _, _, _) -> SysSocket.sendto(fd, bytes, 1, flags, 0, 0), 1) == 0) {
            throw new IOException("Socket buffer full");
        }
    }
}
