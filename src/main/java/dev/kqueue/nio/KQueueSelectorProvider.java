package dev.kqueue.nio;

import dev.kqueue.internal.channel.KQueueDatagramChannel;
import dev.kqueue.internal.channel.KQueuePipe;
import dev.kqueue.internal.channel.KQueueServerSocketChannel;
import dev.kqueue.internal.channel.KQueueSocketChannel;
import dev.kqueue.internal.channel.OpenSelectors;
import dev.kqueue.internal.channel.PollableDescriptor;
import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.libc.Startup;
import dev.kqueue.internal.socket.SocketDomain;

import java.io.IOException;
import java.net.ProtocolFamily;
import java.nio.channels.Channel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.List;
import java.util.Objects;

/**
 * The {@link SelectorProvider} on kqueue: {@code
 * -Djava.nio.channels.spi.SelectorProvider=dev.kqueue.nio.KQueueSelectorProvider} makes any NIO program run on kqueue.
 * With the jar on the class path and no property, {@link java.util.ServiceLoader} finds it as well.
 *
 * <p>It serves {@code SocketChannel.open}, {@code ServerSocketChannel.open}, {@code DatagramChannel.open}, {@code
 * Pipe.open}, {@code Selector.open} and {@code System.inheritedChannel}. {@code java.net.Socket}, {@code ServerSocket}
 * and {@code DatagramSocket}, asynchronous channels and {@code FileChannel} do not ask a provider: they stay the JDK's.
 */
public final class KQueueSelectorProvider extends SelectorProvider {
    private static final class Instance {
        static final KQueueSelectorProvider VALUE =
                SelectorProvider.provider() instanceof KQueueSelectorProvider ours
                        ? ours
                        : new KQueueSelectorProvider();
    }

    /**
     * For the system property and the service loader.
     *
     * <p>It never fails: an exception here would reach the program as an ExceptionInInitializerError out of {@link
     * SelectorProvider#provider}. On a system without kqueue(2) and without epoll(7) each method below throws an {@link
     * UnsupportedOperationException} that says so in one sentence.
     */
    public KQueueSelectorProvider() {}

    /**
     * The provider that programs share: the system's default if that is this one. For programs that open channels on
     * kqueue by themselves, whatever the default is: {@code KQueueSelectorProvider.instance().openSocketChannel()}.
     */
    public static KQueueSelectorProvider instance() {
        return Instance.VALUE;
    }

    /** Made when asked for: it speaks to the C library, which the constructor must not. Guarded by this. */
    private InheritedChannels inherited;

    @Override
    public KQueueSelector openSelector() throws IOException {
        KQueueSelector selector = new KQueueSelector(this);
        OpenSelectors.opened(selector);
        return selector;
    }

    @Override
    public DatagramChannel openDatagramChannel() throws IOException {
        Startup.check();
        return new KQueueDatagramChannel(this, SocketDomain.preferred());
    }

    @Override
    public DatagramChannel openDatagramChannel(ProtocolFamily family) throws IOException {
        Startup.check();
        return new KQueueDatagramChannel(this, SocketDomain.of(family));
    }

    @Override
    public Pipe openPipe() throws IOException {
        Startup.check();
        return new KQueuePipe(this);
    }

    @Override
    public ServerSocketChannel openServerSocketChannel() throws IOException {
        Startup.check();
        return new KQueueServerSocketChannel(this, SocketDomain.preferred());
    }

    @Override
    public ServerSocketChannel openServerSocketChannel(ProtocolFamily family) throws IOException {
        Startup.check();
        return new KQueueServerSocketChannel(this, SocketDomain.of(family));
    }

    @Override
    public SocketChannel openSocketChannel() throws IOException {
        Startup.check();
        return new KQueueSocketChannel(this, SocketDomain.preferred());
    }

    @Override
    public SocketChannel openSocketChannel(ProtocolFamily family) throws IOException {
        Startup.check();
        return new KQueueSocketChannel(this, SocketDomain.of(family));
    }

    /**
     * The channel inherited from the process that started this JVM: the first of {@link #inheritedChannels}, or null.
     *
     * <p>Closing it detaches {@code System.in}, {@code System.out} and {@code System.err} as far as they are the same
     * socket, so that the peer sees the end.
     */
    @Override
    public Channel inheritedChannel() throws IOException {
        List<Channel> channels = inheritedChannels();
        return channels.isEmpty() ? null : channels.getFirst();
    }

    /**
     * All channels inherited from the process that started this JVM, in blocking mode, the same ones at each call: the
     * socket that inetd(8) and its like leave as standard input, if standard input is a socket, and then the
     * descriptors that systemd passes by socket activation ({@code LISTEN_FDS}), in its order. Sockets are a {@code
     * SocketChannel}, a {@code ServerSocketChannel} or a {@code DatagramChannel}; anything else, a FIFO for one, is an
     * {@link FdChannel}.
     *
     * @throws IOException if a descriptor that should have been inherited was not, or is of an unknown kind
     * @see <a href="https://man7.org/linux/man-pages/man3/sd_listen_fds.3.html">sd_listen_fds(3)</a>
     */
    public List<Channel> inheritedChannels() throws IOException {
        Startup.check();
        synchronized (this) {
            if (inherited == null) {
                inherited = new InheritedChannels(this);
            }
            return inherited.all();
        }
    }

    /**
     * Makes a channel of an open descriptor, in blocking mode: see {@link FdChannel}, which says who owns the
     * descriptor then, and what becomes of its O_NONBLOCK.
     *
     * @param fd the descriptor's number
     * @throws IllegalArgumentException if the number is negative
     * @throws IOException if no descriptor of that number is open, or another channel owns it; or if no channel can be
     *     made of it for another reason: then it is closed
     */
    public FdChannel openFd(int fd) throws IOException {
        Startup.check();
        return AdoptedChannels.adoptFd(this, fd);
    }

    /**
     * The number of an open channel's descriptor, to watch it with a kqueue of the program's own.
     *
     * {@snippet :
     * int fd = KQueueSelectorProvider.descriptor(channel);
     * queue.apply(KEvent.read(fd, EV_ADD, 0, connection));
     * ...
     * queue.beforeClose(fd);
     * channel.close();
     * }
     *
     * <p>The descriptor stays the channel's own. Do not close it, and do not use the number once the channel is closed:
     * another file may have it then.
     *
     * @param channel a socket, server socket or datagram channel, an end of a pipe, or an {@link FdChannel}, made by
     *     this provider
     * @throws IllegalArgumentException if the channel is another provider's, or has no descriptor
     * @throws ClosedChannelException if the channel is closed
     */
    public static int descriptor(Channel channel) throws ClosedChannelException {
        Objects.requireNonNull(channel);
        if (!(channel instanceof PollableDescriptor source)) {
            throw new IllegalArgumentException(channel + " has no descriptor of this provider");
        }
        Descriptor descriptor = source.owned();
        if (!channel.isOpen() || !descriptor.hold()) {
            throw new ClosedChannelException();
        }
        try {
            return descriptor.fd();
        } finally {
            descriptor.release();
        }
    }
}
