package dev.kqueue.nio;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.channel.ConnectionState;
import dev.kqueue.internal.channel.DatagramState;
import dev.kqueue.internal.channel.KQueueDatagramChannel;
import dev.kqueue.internal.channel.KQueueServerSocketChannel;
import dev.kqueue.internal.channel.KQueueSocketChannel;
import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.fd.OwnDescription;
import dev.kqueue.internal.fd.OwnedDescriptors;
import dev.kqueue.internal.fd.SendFlag;
import dev.kqueue.internal.fd.StandardDescriptors;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.Unistd;
import dev.kqueue.internal.socket.SockOpt;
import dev.kqueue.internal.socket.SocketDomain;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.function.IntUnaryOperator;

/**
 * Makes channels of descriptors that another process has opened: a socket becomes a channel of its own kind, any other
 * descriptor an {@link FdChannel}.
 *
 * <p>The open file description is {@linkplain Descriptor#isShared shared} with that process, and so is its O_NONBLOCK.
 * That is left as it is found, here and when the channel is closed; an accept that must not wait sets it. The calls of
 * a pipe use an {@link OwnDescription} where there is one.
 */
final class AdoptedChannels {
    private AdoptedChannels() {}

    private static final int SO_TYPE = Abi.HOST.constant("SO_TYPE");
    private static final int SO_ACCEPTCONN = Abi.HOST.constant("SO_ACCEPTCONN");

    /** Makes a channel of a descriptor; if it throws, it leaves the descriptor open. */
    @FunctionalInterface
    interface Maker<C extends SelectableChannel> {
        C make() throws IOException;
    }

    /**
     * Takes over a descriptor of any kind that was opened elsewhere.
     *
     * @throws IOException if no descriptor of that number is open, if another channel owns it, or if no channel can be
     *     made of it: then it is closed
     */
    static SelectableChannel adopt(SelectorProvider provider, int fd) throws IOException {
        claim(fd);
        return ofAnyKind(provider, fd);
    }

    /**
     * Takes over a descriptor of any kind that the kernel has just given out: no other code knows its number.
     *
     * @throws IOException if no channel can be made of it; it is closed then
     */
    static SelectableChannel adoptReceived(SelectorProvider provider, int fd) throws IOException {
        // If the table knows the number, other code has closed it without the channel that owned it.
        OwnedDescriptors.add(fd);
        return ofAnyKind(provider, fd);
    }

    /** Makes a channel of a descriptor that has just been opened for it; if it throws, the descriptor is closed. */
    static FdChannel adoptOpened(SelectorProvider provider, int fd) throws IOException {
        OwnedDescriptors.add(fd);
        return orClosed(fd, Unistd::close, () -> new KQueueFdChannel(provider, fd, Unistd::close));
    }

    private static SelectableChannel ofAnyKind(SelectorProvider provider, int fd) throws IOException {
        IntUnaryOperator closer = closer(fd);
        return orClosed(
                fd,
                closer,
                () -> isSocket(fd) ? socket(provider, fd, closer) : new KQueueFdChannel(provider, fd, closer));
    }

    /** As {@link #adopt}, as an {@link FdChannel} whatever it is. */
    static FdChannel adoptFd(SelectorProvider provider, int fd) throws IOException {
        claim(fd);
        IntUnaryOperator closer = closer(fd);
        return orClosed(fd, closer, () -> new KQueueFdChannel(provider, fd, closer));
    }

    /**
     * As {@link #adopt}, of a descriptor for which {@link #isSocket} is true. A stream that is not connected is
     * refused.
     *
     * @param closer closes the descriptor it is given; returns 0 or -errno
     */
    static SelectableChannel adoptSocket(SelectorProvider provider, int fd, IntUnaryOperator closer)
            throws IOException {
        claim(fd);
        return orClosed(fd, closer, () -> socket(provider, fd, closer));
    }

    private static IntUnaryOperator closer(int fd) {
        return StandardDescriptors.isOne(fd) ? StandardDescriptors::replace : Unistd::close;
    }

    /** Notes that a channel owns the descriptor from now on. Whatever is thrown, the descriptor is as it was. */
    private static void claim(int fd) throws IOException {
        if (fd < 0) {
            throw new IllegalArgumentException("negative descriptor " + fd);
        }
        // A number that is not open must not be closed: another thread may be given it at any time.
        int flags = Fcntl.fcntl(fd, Fcntl.F_GETFD, 0);
        if (flags < 0) {
            throw new IOException("descriptor " + fd + " cannot be a channel: " + Errno.strerror(-flags));
        }
        if (!OwnedDescriptors.add(fd)) {
            throw new IOException("descriptor " + fd + " belongs to another channel");
        }
    }

    /** Makes a channel of a claimed descriptor, or closes the descriptor. */
    static <C extends SelectableChannel> C orClosed(int fd, IntUnaryOperator closer, Maker<C> maker)
            throws IOException {
        boolean made = false;
        try {
            C channel = maker.make();
            made = true;
            return channel;
        } finally {
            if (!made) {
                // What is thrown already says more than an error of close(2) could.
                Descriptor.closeClaimed(fd, closer);
            }
        }
    }

    /** Whether it is a socket of a kind that java.nio has channels for. */
    static boolean isSocket(int fd) throws IOException {
        int type = SockOpt.getInt(fd, SysSocket.SOL_SOCKET, SO_TYPE);
        if (type == -Errno.ENOTSOCK) {
            return false;
        }
        if (type < 0) {
            throw Errno.exception(-type, "getsockopt");
        }
        return (type == SysSocket.SOCK_STREAM || type == SysSocket.SOCK_DGRAM) && SocketDomain.ofSocket(fd) != null;
    }

    private static SelectableChannel socket(SelectorProvider provider, int fd, IntUnaryOperator closer)
            throws IOException {
        SocketDomain domain = SocketDomain.ofSocket(fd);
        int flags = Fcntl.fcntl(fd, Fcntl.F_GETFL, 0);
        if (flags < 0) {
            throw Errno.exception(-flags, "fcntl");
        }
        boolean datagram = option(fd, SO_TYPE) == SysSocket.SOCK_DGRAM;
        boolean listening = !datagram && option(fd, SO_ACCEPTCONN) > 0;
        boolean nonBlocking = (flags & Fcntl.O_NONBLOCK) != 0;
        if (!SendFlag.SUFFICES) {
            setNonBlocking(fd);
            nonBlocking = true;
        }
        if (datagram) {
            Descriptor descriptor = adopted(Descriptor.claimed(fd, closer), nonBlocking);
            return new KQueueDatagramChannel(provider, domain, descriptor, DatagramState.of(domain, descriptor, fd));
        }
        if (listening) {
            return new KQueueServerSocketChannel(
                    provider, domain, adopted(Descriptor.claimed(fd, closer), nonBlocking));
        }
        ConnectionState connection = adopted(ConnectionState.claimed(fd, closer), nonBlocking);
        connection.made(domain.remoteAddress(fd));
        return new KQueueSocketChannel(provider, domain, connection);
    }

    private static <D extends Descriptor> D adopted(D descriptor, boolean nonBlocking) {
        if (nonBlocking) {
            descriptor.foundNonBlocking();
        }
        return descriptor;
    }

    private static void setNonBlocking(int fd) throws IOException {
        int result = Fcntl.setNonBlocking(fd, true);
        if (result < 0) {
            throw Errno.exception(-result, "fcntl");
        }
    }

    /** An option of SOL_SOCKET that is a number and not negative. */
    private static int option(int fd, int name) throws IOException {
        int value = SockOpt.getInt(fd, SysSocket.SOL_SOCKET, name);
        if (value < 0) {
            throw Errno.exception(-value, "getsockopt");
        }
        return value;
    }
}
