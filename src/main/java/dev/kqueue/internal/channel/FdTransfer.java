package dev.kqueue.internal.channel;

import dev.kqueue.internal.fd.OwnDescription;
import dev.kqueue.internal.fd.PipeDescriptor;
import dev.kqueue.internal.io.DirectAddresses;
import dev.kqueue.internal.io.IoVector;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.Poll;
import dev.kqueue.internal.libc.SysIoctl;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.SysStat;
import dev.kqueue.internal.libc.Unistd;
import dev.kqueue.nio.FdChannel;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Reads or writes of a descriptor whose open file description others may have, and that may therefore lack O_NONBLOCK:
 * one that was opened elsewhere ({@link FdChannel}), unless it is a pipe that could be opened once more ({@link
 * OwnDescription}), or the end of a pipe that was passed on ({@link PipeDescriptor}). No call here is a critical one,
 * since each may wait after all. Bytes pass through memory of the direction.
 *
 * <p>Owned by the direction that it reads or writes for.
 */
public final class FdTransfer implements StreamInput.ReadAttempt, StreamOutput.WriteAttempt {
    /** How a call is kept from waiting. */
    public enum FdKind {
        /** MSG_DONTWAIT can be given. */
        SOCKET,
        /** poll(2) says when, and a write takes no more than {@link #PIPE_BUF}. */
        PIPE_OR_TERMINAL,
        /** poll(2) says when. What is written may be a message, and must not be cut. */
        DEVICE_OR_FILE;

        public static FdKind of(int fd) throws IOException {
            int format = format(fd);
            if (format == SysStat.S_IFSOCK) {
                return SOCKET;
            }
            return format == SysStat.S_IFIFO || Unistd.isatty(fd) ? PIPE_OR_TERMINAL : DEVICE_OR_FILE;
        }
    }

    public static boolean isRegularFile(int fd) throws IOException {
        return format(fd) == SysStat.S_IFREG;
    }

    /** The bits of st_mode that are the kind of file. */
    private static int format(int fd) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stat = arena.allocate(SysStat.SIZE, Long.BYTES);
            int result = SysStat.fstat(fd, stat);
            if (result < 0) {
                throw Errno.exception(-result, "fstat");
            }
            return SysStat.mode(stat) & SysStat.S_IFMT;
        }
    }

    /** A pipe that poll(2) calls writable takes as much without waiting: the least PIPE_BUF of all systems. */
    private static final int PIPE_BUF = 512;

    /** More than any device's message; a longer read or write is a short one. */
    private static final int MEMORY = StreamInput.ReadAttempt.MOST;

    private final FdKind kind;
    private final short events;

    /** Whether O_NONBLOCK was set to begin with: then it is asked for before each call, as others may take it back. */
    private final boolean wasNonBlocking;

    private final MemorySegment pollfd = Arena.ofAuto().allocate(Poll.SIZE, Integer.BYTES);

    /** Allocated when first needed. */
    private MemorySegment memory;

    private FdTransfer(FdKind kind, int flags, short events) {
        this.kind = kind;
        wasNonBlocking = (flags & Fcntl.O_NONBLOCK) != 0;
        this.events = events;
    }

    /** The reads of a descriptor with these status flags. */
    public static FdTransfer forReading(FdKind kind, int flags) {
        return new FdTransfer(kind, flags, Poll.POLLIN);
    }

    /** The writes of a descriptor with these status flags. */
    public static FdTransfer forWriting(FdKind kind, int flags) {
        return new FdTransfer(kind, flags, Poll.POLLOUT);
    }

    private MemorySegment memory() {
        if (memory == null) {
            memory = Arena.ofAuto().allocate(MEMORY);
        }
        return memory;
    }

    /** Whether a call does not wait, whatever it finds. */
    private boolean neverWaits(int fd) {
        if (kind == FdKind.SOCKET) {
            return true;
        }
        int flags = wasNonBlocking ? Fcntl.fcntl(fd, Fcntl.F_GETFL, 0) : 0;
        return flags >= 0 && (flags & Fcntl.O_NONBLOCK) != 0;
    }

    /** 1 if a call would not wait, -EAGAIN if it would, -EINTR. */
    private int poll(int fd) {
        Poll.set(pollfd, 0, fd, events);
        int n = Poll.poll(pollfd, 1, 0);
        return n == 0 ? -Errno.EAGAIN : n;
    }

    // ---- reading

    @Override
    public long read(int fd, ByteBuffer[] dsts, int offset, int length) {
        long room = 0;
        for (int i = offset; i < offset + length; i++) {
            room += dsts[i].remaining();
        }
        if (room == 0) {
            return 0;
        }
        int ready = neverWaits(fd) ? 1 : poll(fd);
        if (ready < 0) {
            return ready;
        }
        if (isAnyCloseable(dsts, offset, length)) {
            return orEnd(fd, readInto(fd, dsts, offset, length));
        }
        MemorySegment bytes = memory();
        long count = Math.min(room, MEMORY);
        long n =
                kind == FdKind.SOCKET
                        ? SysSocket.recvfrom(fd, bytes, count, SysSocket.RECEIVE_NOW, 0, 0)
                        : Unistd.read(fd, bytes, count);
        long given = 0;
        for (int i = offset; given < n; i++) {
            ByteBuffer dst = dsts[i];
            int part = (int) Math.min(n - given, dst.remaining());
            MemorySegment.copy(bytes, given, MemorySegment.ofBuffer(dst), 0, part);
            dst.position(dst.position() + part);
            given += part;
        }
        return orEnd(fd, n);
    }

    /**
     * The result of a read, or 0 for the end: of the master of a pseudo-terminal whose other side no process has open
     * Linux returns EIO, n_tty_read() and pty_close(), where the BSDs and macOS return 0.
     */
    private long orEnd(int fd, long n) {
        return n == -Errno.EIO && kind == FdKind.PIPE_OR_TERMINAL && SysIoctl.isTerminalMaster(fd) ? 0 : n;
    }

    private static boolean isAnyCloseable(ByteBuffer[] buffers, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (DirectAddresses.isCloseable(buffers[i])) {
                return true;
            }
        }
        return false;
    }

    /**
     * Reads into the buffers themselves. Their arenas may be closed at any time, and what lies in the memory here could
     * then no longer be given to them.
     */
    private long readInto(int fd, ByteBuffer[] dsts, int offset, int length) {
        IoVector vector = IoVector.take();
        try {
            vector.fill(dsts, offset, offset + length, true);
            return vector.move(kind == FdKind.SOCKET, fd, SysSocket.RECEIVE_NOW, dsts, true);
        } finally {
            vector.giveBack();
        }
    }

    // ---- writing

    @Override
    public long write(int fd, ByteBuffer[] srcs, int offset, int length) {
        long written = 0;
        while (true) {
            boolean neverWaits = neverWaits(fd);
            int most = kind == FdKind.PIPE_OR_TERMINAL && !neverWaits ? PIPE_BUF : MEMORY;
            int count = gather(srcs, offset, length, most);
            if (count == 0) {
                return written;
            }
            long n = neverWaits ? 1 : poll(fd);
            if (n > 0) {
                n =
                        kind == FdKind.SOCKET
                                ? SysSocket.sendto(fd, memory, count, SysSocket.SEND_NOW, 0, 0)
                                : Unistd.write(fd, memory, count);
            }
            if (n < 0) {
                boolean later = n == -Errno.EAGAIN || n == -Errno.EINTR;
                return later && written > 0 ? written : n;
            }
            advance(srcs, offset, n);
            written += n;
            if (n < count) {
                return written;
            }
        }
    }

    /** Copies up to so many bytes into memory, without taking them out of the buffers; returns how many. */
    private int gather(ByteBuffer[] srcs, int offset, int length, int most) {
        MemorySegment bytes = memory();
        int count = 0;
        for (int i = offset; i < offset + length && count < most; i++) {
            int part = Math.min(srcs[i].remaining(), most - count);
            MemorySegment.copy(MemorySegment.ofBuffer(srcs[i]), 0, bytes, count, part);
            count += part;
        }
        return count;
    }

    private static void advance(ByteBuffer[] srcs, int offset, long written) {
        long left = written;
        for (int i = offset; left > 0; i++) {
            int part = (int) Math.min(left, srcs[i].remaining());
            srcs[i].position(srcs[i].position() + part);
            left -= part;
        }
    }
}
