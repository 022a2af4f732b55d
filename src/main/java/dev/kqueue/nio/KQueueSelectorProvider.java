package dev.kqueue.nio;

import static java.util.Objects.requireNonNull;

import dev.kqueue.internal.channel.ChannelStartup;
import dev.kqueue.internal.jvm.RequiredJava;

import java.io.IOException;
import java.net.ProtocolFamily;
import java.nio.channels.Channel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.List;

/**
 * The {@link SelectorProvider} on kqueue: it serves the channels and selectors of any NIO program.
 *
 * {@snippet :
 * KQueueSelectorProvider.requireDefault(); // without it, a missing jar means the JDK's selectors, silently
 * Selector selector = Selector.open(); // on kqueue
 * SocketChannel channel = SocketChannel.open();
 * }
 *
 * <p>With the jar on the class path {@link java.util.ServiceLoader} finds it. Where there are several providers, {@code
 * -Djava.nio.channels.spi.SelectorProvider=dev.kqueue.nio.KQueueSelectorProvider} names this one.
 *
 * <p>It serves {@code SocketChannel.open}, {@code ServerSocketChannel.open}, {@code DatagramChannel.open}, {@code
 * Pipe.open}, {@code Selector.open} and {@code System.inheritedChannel}. {@code java.net.Socket}, {@code ServerSocket}
 * and {@code DatagramSocket}, asynchronous channels and {@code FileChannel} do not ask a provider: they stay the JDK's.
 */
// Compiled for Java 8 in the end (src/main/java8.args), and in the language of Java 8: see ProvidedChannels.
public final class KQueueSelectorProvider extends SelectorProvider {
    private static final class Instance {
        static final KQueueSelectorProvider VALUE = shared(SelectorProvider.provider());

        private static KQueueSelectorProvider shared(SelectorProvider provider) {
            return KQueueSelectorProvider.class.isInstance(provider)
                    ? (KQueueSelectorProvider) provider
                    : new KQueueSelectorProvider();
        }
    }

    /**
     * For the system property and the service loader.
     *
     * <p>It fails on a Java older than 25 only: an exception here reaches the program as an ExceptionInInitializerError
     * out of {@link SelectorProvider#provider}. On a system without kqueue(2) and without epoll(7) each method below
     * throws an {@link UnsupportedOperationException} that says so in one sentence.
     *
     * @throws UnsupportedOperationException if this Java is older than 25; the message names both versions
     */
    public KQueueSelectorProvider() {
        RequiredJava.check();
    }

    /**
     * The provider that programs share: the system's default if that is this one. For programs that open channels on
     * kqueue by themselves, whatever the default is: {@code KQueueSelectorProvider.instance().openSocketChannel()}.
     */
    public static KQueueSelectorProvider instance() {
        return Instance.VALUE;
    }

    /**
     * Whether the program's own channels and selectors, {@code SocketChannel.open()} and {@code Selector.open()}, are
     * this provider's. They are the JDK's if the jar is neither on the class path nor given as an agent, as in the
     * {@code BOOT-INF/lib} of an executable jar, or if the system property names another provider.
     *
     * <p>The first call decides which provider is used for the life of the JVM, as {@link SelectorProvider#provider}
     * does.
     */
    public static boolean isDefault() {
        return SelectorProvider.provider() instanceof KQueueSelectorProvider;
    }

    /**
     * Fails unless this provider {@linkplain #isDefault() is in use}, so that a program notices at its start.
     *
     * {@snippet :
     * public static void main(String[] arguments) {
     *     KQueueSelectorProvider.requireDefault();
     *     serve(arguments);
     * }
     * }
     *
     * @throws IllegalStateException if another provider is in use; the message names it, and how to change that
     */
    public static void requireDefault() {
        if (!isDefault()) {
            throw new IllegalStateException(
                    "the selector provider is "
                            + SelectorProvider.provider().getClass().getName()
                            + ", not kqueue-nio's: start Java with -javaagent:kqueue-nio.jar, or with kqueue-nio.jar"
                            + " on the class path and -Djava.nio.channels.spi.SelectorProvider="
                            + KQueueSelectorProvider.class.getName());
        }
    }

    /** Made when asked for: it speaks to the C library, which the constructor must not. Guarded by this. */
    private InheritedChannels inherited;

    /** Opens a {@link KQueueSelector}: {@link KQueueSelector#open} returns it as such. */
    @Override
    public AbstractSelector openSelector() throws IOException {
        return ProvidedChannels.selector(this);
    }

    /**
     * Opens a channel for UDP, over IPv6 if the system has it and IPv4 otherwise.
     *
     * @throws IOException if the system makes no socket
     */
    @Override
    public DatagramChannel openDatagramChannel() throws IOException {
        return ProvidedChannels.datagramChannel(this, null);
    }

    /**
     * Opens a channel for datagrams.
     *
     * @param family INET, INET6, or UNIX, which the JDK's provider has for streams only
     * @throws UnsupportedOperationException if it is another family, or one that this system lacks
     * @throws IOException if the system makes no socket
     */
    @Override
    public DatagramChannel openDatagramChannel(ProtocolFamily family) throws IOException {
        return ProvidedChannels.datagramChannel(this, requireNonNull(family));
    }

    /**
     * Opens a pipe of the system, of two channels.
     *
     * @throws IOException if the system makes no pipe
     */
    @Override
    public Pipe openPipe() throws IOException {
        return ProvidedChannels.pipe(this);
    }

    /**
     * Opens a channel for TCP connections, over IPv6 if the system has it and IPv4 otherwise.
     *
     * @throws IOException if the system makes no socket
     */
    @Override
    public ServerSocketChannel openServerSocketChannel() throws IOException {
        return ProvidedChannels.serverSocketChannel(this, null);
    }

    /**
     * Opens a channel that listens for connections.
     *
     * @param family INET, INET6 or UNIX
     * @throws UnsupportedOperationException if it is another family, or one that this system lacks
     * @throws IOException if the system makes no socket
     */
    @Override
    public ServerSocketChannel openServerSocketChannel(ProtocolFamily family) throws IOException {
        return ProvidedChannels.serverSocketChannel(this, requireNonNull(family));
    }

    /**
     * Opens a channel for a TCP connection, over IPv6 if the system has it and IPv4 otherwise.
     *
     * @throws IOException if the system makes no socket
     */
    @Override
    public SocketChannel openSocketChannel() throws IOException {
        return ProvidedChannels.socketChannel(this, null);
    }

    /**
     * Opens a channel for a connection.
     *
     * @param family INET, INET6 or UNIX
     * @throws UnsupportedOperationException if it is another family, or one that this system lacks
     * @throws IOException if the system makes no socket
     */
    @Override
    public SocketChannel openSocketChannel(ProtocolFamily family) throws IOException {
        return ProvidedChannels.socketChannel(this, requireNonNull(family));
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
        return inherited().all();
    }

    /**
     * The channels of {@link #inheritedChannels()} that systemd passes under a name: {@code FileDescriptorName=} of the
     * socket unit, or the unit's own name if it has none ({@code LISTEN_FDNAMES}).
     *
     * {@snippet :
     * for (Channel channel : KQueueSelectorProvider.instance().inheritedChannels("http")) {
     *     serve((ServerSocketChannel) channel);
     * }
     * }
     *
     * @param name several descriptors may have one name; they are {@code "unknown"} if the environment has no names
     * @return the channels of that name, in systemd's order; none if it passes none of that name
     * @throws IOException as {@link #inheritedChannels()}, and if there are more or fewer names than descriptors
     */
    public List<Channel> inheritedChannels(String name) throws IOException {
        return inherited().named(requireNonNull(name));
    }

    private InheritedChannels inherited() throws IOException {
        ChannelStartup.checkDatagrams();
        synchronized (this) {
            if (inherited == null) {
                inherited = new InheritedChannels(this);
            }
            return inherited;
        }
    }

    /**
     * The number of an open channel's descriptor, to watch it with a kqueue of the program's own.
     *
     * {@snippet :
     * int fd = KQueueSelectorProvider.descriptor(channel);
     * queue.apply(KEvent.read(fd, EV_ADD, 0, connection));
     * queue.await(1).forEach(event -> read(event.udata()));
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
        return ProvidedChannels.descriptor(channel);
    }
}
