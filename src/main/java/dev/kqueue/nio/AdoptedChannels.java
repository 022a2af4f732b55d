package dev.kqueue.nio;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.Unistd;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.SelectableChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.function.IntUnaryOperator;

/**
 * Makes channels of descriptors that another process has opened: of a socket the kind that it is, of anything else an
 * {@link FdChannel}.
 *
 * <p>The open file description is {@linkplain Descriptor#isShared shared} with that process. Channels of sockets need
 * O_NONBLOCK, so it is taken back when they are closed.
 */
final class AdoptedChannels {
    private AdoptedChannels() {}

    private static final int SO_TYPE = Abi.HOST.constant("SO_TYPE");
    private static final int SO_ACCEPTCONN = Abi.HOST.constant("SO_ACCEPTCONN");

    /** Takes over a descriptor of whatever kind. */
    static SelectableChannel adopt(SelectorProvider provider, int fd) throws IOException {
        return isSocket(fd) ? adoptSocket(provider, fd, Unistd::close) : new KQueueFdChannel(provider, fd);
    }

    /** Whether it is a socket of a kind that java.nio has channels for. */
    static boolean isSocket(int fd) throws IOException {
        int type = option(fd, SO_TYPE);
        return (type == SysSocket.SOCK_STREAM || type == SysSocket.SOCK_DGRAM) && SocketDomain.ofSocket(fd) != null;
    }

    /**
     * Takes over a descriptor of which {@link #isSocket} is so. A stream that is not connected is refused, and closed.
     *
     * @param closer closes the descriptor it is given; returns 0 or -errno
     */
    static SelectableChannel adoptSocket(SelectorProvider provider, int fd, IntUnaryOperator closer)
            throws IOException {
        SocketDomain domain = SocketDomain.ofSocket(fd);
        int flags = Fcntl.fcntl(fd, Fcntl.F_GETFL, 0);
        if (flags < 0) {
            throw Errno.exception(-flags, "fcntl");
        }
        boolean wasNonBlocking = (flags & Fcntl.O_NONBLOCK) != 0;
        boolean datagram = option(fd, SO_TYPE) == SysSocket.SOCK_DGRAM;
        boolean listening = !datagram && option(fd, SO_ACCEPTCONN) > 0;
        IntUnaryOperator restorer =
                closing -> {
                    int restored = Fcntl.setNonBlocking(closing, wasNonBlocking);
                    int closed = closer.applyAsInt(closing);
                    return closed < 0 ? closed : restored;
                };
        Descriptor descriptor = datagram || listening ? Descriptor.adopt(fd, restorer) : Connection.adopt(fd, restorer);
        descriptor.markShared();
        try {
            setNonBlocking(fd);
            if (descriptor instanceof Connection connection) {
                connection.made(domain.remoteAddress(fd));
                return new KQueueSocketChannel(provider, domain, connection);
            }
            return datagram
                    ? new KQueueDatagramChannel(provider, domain, descriptor, Association.of(domain, descriptor, fd))
                    : new KQueueServerSocketChannel(provider, domain, descriptor);
        } catch (Throwable failure) {
            descriptor.close();
            throw failure;
        }
    }

    private static void setNonBlocking(int fd) throws IOException {
        int result = Fcntl.setNonBlocking(fd, true);
        if (result < 0) {
            throw Errno.exception(-result, "fcntl");
        }
    }

    /** An option of SOL_SOCKET that is a number, or -errno. */
    private static int option(int fd, int name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            MemorySegment length = arena.allocateFrom(JAVA_INT, Integer.BYTES);
            int result = SysSocket.getsockopt(fd, SysSocket.SOL_SOCKET, name, value, length);
            return result < 0 ? result : value.get(JAVA_INT, 0);
        }
    }
}
