package dev.kqueue.nio;

import dev.kqueue.internal.libc.Startup;

import java.io.IOException;
import java.net.ProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;

/**
 * The provider: {@code -Djava.nio.channels.spi.SelectorProvider=dev.kqueue.nio.KQueueSelectorProvider} makes any NIO
 * program run on kqueue. With the jar on the class path and no property, {@link java.util.ServiceLoader} finds it as
 * well.
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

    /** The one provider: the system's if the system uses this one. */
    static KQueueSelectorProvider instance() {
        return Instance.VALUE;
    }

    @Override
    public KQueueSelector openSelector() throws IOException {
        return new KQueueSelector(this);
    }

    @Override
    public DatagramChannel openDatagramChannel() throws IOException {
        Startup.check();
        throw new UnsupportedOperationException("kqueue-nio has no DatagramChannel yet");
    }

    @Override
    public DatagramChannel openDatagramChannel(ProtocolFamily family) throws IOException {
        Startup.check();
        throw new UnsupportedOperationException("kqueue-nio has no DatagramChannel yet");
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
     * Makes a channel of an open descriptor, in blocking mode: see {@link FdChannel}, which says who owns the
     * descriptor then, and what becomes of its O_NONBLOCK.
     *
     * @param fd the descriptor's number
     * @throws IllegalArgumentException if the number is negative
     * @throws IOException if no descriptor of that number is open, or another channel owns it
     */
    public FdChannel openFd(int fd) throws IOException {
        Startup.check();
        return new KQueueFdChannel(this, fd);
    }
}
