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
import java.nio.channels.Channel;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * The channels that this JVM inherited from whoever started it: inetd(8) leaves one socket as descriptors 0, 1 and 2,
 * systemd any number of descriptors from 3 on, counted by the environment (sd_listen_fds(3)).
 *
 * <p>Their open file descriptions are shared with that service. The channels need O_NONBLOCK, so it is taken back when
 * they are closed.
 */
final class InheritedChannels {
    private static final int SO_TYPE = Abi.HOST.constant("SO_TYPE");
    private static final int SO_ACCEPTCONN = Abi.HOST.constant("SO_ACCEPTCONN");
    private static final int FIRST_OF_SYSTEMD = 3;

    private final SelectorProvider provider;
    private List<Channel> channels;

    InheritedChannels(SelectorProvider provider) {
        this.provider = provider;
    }

    /** All of them, the same ones each time, whether or not they are open still. */
    synchronized List<Channel> all() throws IOException {
        if (channels == null) {
            List<Channel> found = new ArrayList<>();
            try {
                if (isOurs(0)) {
                    found.add(ofInetd());
                }
                int count = countOfSystemd(System.getenv(), ProcessHandle.current().pid());
                for (int fd = FIRST_OF_SYSTEMD; fd < FIRST_OF_SYSTEMD + count; fd++) {
                    found.add(adopt(fd));
                }
            } catch (Throwable failure) {
                for (Channel channel : found) {
                    channel.close();
                }
                throw failure;
            }
            channels = List.copyOf(found);
        }
        return channels;
    }

    /** The socket that inetd has left as the standard descriptors. */
    private Channel ofInetd() throws IOException {
        int fd = Unistd.dup(0);
        if (fd < 0) {
            throw Errno.exception(-fd, "dup");
        }
        // The peer sees the end when all of its descriptors are closed.
        return socket(
                fd,
                closing -> {
                    int replaced = StandardDescriptors.replaceDuplicates(closing);
                    int closed = Unistd.close(closing);
                    return replaced < 0 ? replaced : closed;
                });
    }

    /** How many descriptors systemd says it has left for this process. */
    static int countOfSystemd(Map<String, String> environment, long pid) throws IOException {
        String forProcess = environment.get("LISTEN_PID");
        String count = environment.get("LISTEN_FDS");
        if (count == null || !Long.toString(pid).equals(forProcess)) {
            return 0;
        }
        try {
            return Integer.parseUnsignedInt(count);
        } catch (NumberFormatException malformed) {
            throw new IOException("LISTEN_FDS is not a number: " + count, malformed);
        }
    }

    /** Makes a channel of an inherited descriptor: of a socket the kind that it is, of anything else an FdChannel. */
    Channel adopt(int fd) throws IOException {
        int result = Fcntl.fcntl(fd, Fcntl.F_SETFD, Fcntl.FD_CLOEXEC);
        if (result < 0) {
            throw new IOException("descriptor " + fd + " was not inherited: " + Errno.strerror(-result));
        }
        return isOurs(fd) ? socket(fd, Unistd::close) : new KQueueFdChannel(provider, fd);
    }

    /** Whether it is a socket of a kind that java.nio has channels for. */
    private static boolean isOurs(int fd) throws IOException {
        int type = option(fd, SO_TYPE);
        return (type == SysSocket.SOCK_STREAM || type == SysSocket.SOCK_DGRAM) && SocketDomain.ofSocket(fd) != null;
    }

    private Channel socket(int fd, IntUnaryOperator closer) throws IOException {
        SocketDomain domain = SocketDomain.ofSocket(fd);
        int flags = Fcntl.fcntl(fd, Fcntl.F_GETFL, 0);
        if (flags < 0) {
            throw Errno.exception(-flags, "fcntl");
        }
        boolean wasNonBlocking = (flags & Fcntl.O_NONBLOCK) != 0;
        Descriptor descriptor =
                Descriptor.adopt(
                        fd,
                        closing -> {
                            int restored = Fcntl.setNonBlocking(closing, wasNonBlocking);
                            int closed = closer.applyAsInt(closing);
                            return closed < 0 ? closed : restored;
                        });
        try {
            int result = Fcntl.setNonBlocking(fd, true);
            if (result < 0) {
                throw Errno.exception(-result, "fcntl");
            }
            if (option(fd, SO_TYPE) == SysSocket.SOCK_DGRAM) {
                return new KQueueDatagramChannel(provider, domain, descriptor, Association.of(domain, descriptor, fd));
            }
            return option(fd, SO_ACCEPTCONN) > 0
                    ? new KQueueServerSocketChannel(provider, domain, descriptor)
                    : new KQueueSocketChannel(provider, domain, descriptor, domain.remoteAddress(fd));
        } catch (Throwable failure) {
            descriptor.close();
            throw failure;
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
