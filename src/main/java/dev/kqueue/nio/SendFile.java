package dev.kqueue.nio;

import dev.kqueue.internal.channel.KQueueSocketChannel;
import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.fd.OwnedDescriptors;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.Startup;
import dev.kqueue.internal.libc.SysSendfile;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.SysStat;
import dev.kqueue.internal.libc.Unistd;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * An open file that is sent over connections with sendfile(2).
 *
 * {@snippet :
 * try (SendFile page = SendFile.open(Path.of("index.html"))) {
 *     page.transferTo(0, Long.MAX_VALUE, connection);
 * }
 * }
 *
 * <p>The bytes go from the file system's cache to the network without a detour through the program's memory. ({@code
 * FileChannel.transferTo} takes this way for the JDK's own channels only; to others it copies.)
 *
 * <p>It has no position of its own, and can be sent over any number of connections by any number of threads at once.
 *
 * <p>Where the system has no sendfile(2) (NetBSD, OpenBSD), or cannot use it for this file, the bytes are copied.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/sendfile.2.html">sendfile(2) of Linux</a>
 * @see <a href="https://man.freebsd.org/sendfile/2">sendfile(2) of FreeBSD</a>
 */
public final class SendFile implements AutoCloseable {
    private static final int COPY_BYTES = 64 * 1024;

    /** The result that means that sendfile(2) was not called. */
    private static final long NOT_SENT = Long.MIN_VALUE;

    private final Path path;
    private final Descriptor descriptor;

    /** Whether sendfile(2) cannot be used; found out by trying. */
    private volatile boolean copies = !SysSendfile.isPresent();

    private SendFile(Path path, int fd) {
        this.path = path;
        descriptor = new Descriptor(fd);
    }

    /**
     * Opens a file for reading.
     *
     * @param path of the default file system; symbolic links are followed
     * @throws java.nio.file.NoSuchFileException if there is no such file
     * @throws java.nio.file.AccessDeniedException if it may not be read
     * @throws FileSystemException if it cannot be opened for another reason, or is a directory or a FIFO
     * @throws UnsupportedOperationException if the path is of another file system
     */
    public static SendFile open(Path path) throws IOException {
        Startup.check();
        int fd;
        do {
            // O_NONBLOCK: opening a FIFO would wait for a writer.
            fd = Fcntl.open(path, Fcntl.O_RDONLY | Fcntl.O_NONBLOCK | Fcntl.O_CLOEXEC, 0);
        } while (fd == -Errno.EINTR);
        if (fd < 0) {
            throw Errno.fileException(-fd, path.toString());
        }
        String refusal = refusal(fd);
        if (refusal != null) {
            Unistd.close(fd);
            throw new FileSystemException(path.toString(), null, refusal);
        }
        return new SendFile(path, fd);
    }

    /** Why the file cannot be sent, which only a read of it would show; null if it may be possible. */
    private static String refusal(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stat = arena.allocate(SysStat.SIZE, Long.BYTES);
            if (SysStat.fstat(fd, stat) < 0) {
                return null;
            }
            int kind = SysStat.mode(stat) & SysStat.S_IFMT;
            if (kind == SysStat.S_IFDIR) {
                return "is a directory, which cannot be sent";
            }
            return kind == SysStat.S_IFIFO ? "is a FIFO, which has no positions to send from" : null;
        }
    }

    /**
     * Opens a file, sends it or a part of it, and closes it.
     *
     * @see #open
     * @see #transferTo
     */
    public static long send(Path path, long position, long count, SocketChannel target) throws IOException {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(target, "target");
        try (SendFile file = open(path)) {
            return file.transferTo(position, count, target);
        }
    }

    /**
     * Sends bytes of the file over a connection. In blocking mode all of them are sent, up to the end of the file;
     * otherwise as many as the connection has room for, which may be none. Close and interrupt end it as they end a
     * write.
     *
     * @param position where in the file to begin, in bytes; nothing is sent from behind its end
     * @param count how many bytes to send at most
     * @param target a connected channel of this provider
     * @return the number of bytes sent
     * @throws IllegalArgumentException if {@code position} or {@code count} is negative, or the channel is another
     *     provider's
     * @throws ClosedChannelException if this file or the channel is closed
     * @throws IOException as {@link SocketChannel#write(java.nio.ByteBuffer)} throws
     */
    public long transferTo(long position, long count, SocketChannel target) throws IOException {
        Objects.requireNonNull(target, "target");
        if (position < 0 || count < 0) {
            throw new IllegalArgumentException("negative position " + position + " or count " + count);
        }
        if (!(target instanceof KQueueSocketChannel channel)) {
            throw new IllegalArgumentException(target.getClass() + " is not a channel of this provider");
        }
        if (!descriptor.hold()) {
            throw new ClosedChannelException();
        }
        try {
            long most = Math.min(count, Long.MAX_VALUE - position);
            Descriptor socket = channel.owned();
            return channel.output()
                    .write((fd, offset, n, mayWait) -> move(socket, fd, position + offset, n, mayWait), most);
        } finally {
            descriptor.release();
        }
    }

    /** The caller holds the socket, and has the turn of its output. */
    private long move(Descriptor target, int socket, long position, long count, boolean mayWait) {
        long n = NOT_SENT;
        if (!copies && mayWait) {
            n = SysSendfile.sendfile(socket, descriptor.fd(), position, count);
        } else if (!copies && !target.isShared() && target.setNonBlocking() == 0) {
            n = sendNow(target, socket, position, count);
        }
        if (n == NOT_SENT) {
            return copy(socket, position, count);
        }
        // ENOTSUP: macOS, of what is no regular file; EOPNOTSUPP, of a file system that cannot.
        if (n != -Errno.EINVAL && n != -Errno.ENOSYS && n != -Errno.ENOTSUP && n != -Errno.EOPNOTSUPP) {
            return n;
        }
        // Not of this file: one that the kernel makes up as it is read (/proc), or a device.
        copies = true;
        return copy(socket, position, count);
    }

    /**
     * sendfile(2) has no flag of its own against waiting, but O_NONBLOCK, which others could take back: {@link
     * #NOT_SENT} if there are any. The description is not passed on meanwhile, be it as a channel or by number.
     */
    private long sendNow(Descriptor target, int socket, long position, long count) {
        OwnedDescriptors.addTrusted(socket, target);
        try {
            if (!target.beginTrust()) {
                return NOT_SENT;
            }
            try {
                return SysSendfile.sendfile(socket, descriptor.fd(), position, count);
            } finally {
                target.endTrust();
            }
        } finally {
            OwnedDescriptors.removeTrusted(socket);
        }
    }

    /** Copies through memory. Bytes that the socket does not accept are read again by the next call. */
    private long copy(int socket, long position, long count) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(COPY_BYTES);
            long read = Unistd.pread(descriptor.fd(), bytes, Math.min(count, COPY_BYTES), position);
            return read <= 0 ? read : SysSocket.sendto(socket, bytes, read, SysSocket.SEND_NOW, 0, 0);
        }
    }

    /** Closes the file, once no thread is sending it. A second call does nothing. */
    @Override
    public void close() throws IOException {
        descriptor.close();
    }

    /** The path, and whether the file is closed. */
    @Override
    public String toString() {
        return "SendFile[" + path + (descriptor.isClosing() ? ", closed]" : "]");
    }
}
