package dev.kqueue.internal.javanet;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;

/**
 * The {@link ServerSocket} of a channel: the same listener under java.net's methods, with its timeout and its
 * exceptions.
 */
public final class ServerSocketAdaptor extends ServerSocket {
    private final ServerSocketChannel channel;
    private final AdaptedServerSocket adapted;

    /** SO_TIMEOUT, in milliseconds; 0 is without limit. */
    private volatile int timeout;

    public ServerSocketAdaptor(AdaptedServerSocket adapted) {
        super(new NoSocketImpl());
        this.channel = adapted.channel();
        this.adapted = adapted;
    }

    @Override
    public ServerSocketChannel getChannel() {
        return channel;
    }

    @Override
    public void bind(SocketAddress local) throws IOException {
        bind(local, 0);
    }

    @Override
    public void bind(SocketAddress local, int backlog) throws IOException {
        SocketExceptions.calling(() -> channel.bind(local, backlog));
    }

    @Override
    public Socket accept() throws IOException {
        try {
            SocketChannel accepted = adapted.accept(TimeLimit.nanos(timeout));
            if (accepted == null) {
                throw new IllegalBlockingModeException();
            }
            return accepted.socket();
        } catch (IOException | RuntimeException thrown) {
            throw SocketExceptions.ioException(thrown);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public boolean isBound() {
        return adapted.isBound();
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    @Override
    public InetAddress getInetAddress() {
        InetSocketAddress local = (InetSocketAddress) adapted.localAddressOrNull();
        return local == null ? null : local.getAddress();
    }

    @Override
    public int getLocalPort() {
        InetSocketAddress local = (InetSocketAddress) adapted.localAddressOrNull();
        return local == null ? -1 : local.getPort();
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return adapted.localAddressOrNull();
    }

    @Override
    public String toString() {
        return isBound()
                ? "ServerSocket[addr=" + getInetAddress() + ",localport=" + getLocalPort() + "]"
                : "ServerSocket[unbound]";
    }

    // ---- options

    @Override
    public void setSoTimeout(int millis) throws SocketException {
        timeout = TimeLimit.checked(channel, millis);
    }

    @Override
    public int getSoTimeout() throws SocketException {
        SocketExceptions.requireOpen(channel);
        return timeout;
    }

    @Override
    public void setReuseAddress(boolean on) throws SocketException {
        ChannelOptions.set(channel, StandardSocketOptions.SO_REUSEADDR, on);
    }

    @Override
    public boolean getReuseAddress() throws SocketException {
        return ChannelOptions.get(channel, StandardSocketOptions.SO_REUSEADDR);
    }

    @Override
    public void setReceiveBufferSize(int size) throws SocketException {
        ChannelOptions.setSize(channel, StandardSocketOptions.SO_RCVBUF, size);
    }

    @Override
    public int getReceiveBufferSize() throws SocketException {
        return ChannelOptions.get(channel, StandardSocketOptions.SO_RCVBUF);
    }

    @Override
    public void setPerformancePreferences(int connectionTime, int latency, int bandwidth) {
        // A hint, and one that no implementation of TCP takes.
    }

    @Override
    public <T> ServerSocket setOption(SocketOption<T> option, T value) throws IOException {
        channel.setOption(option, value);
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> option) throws IOException {
        return channel.getOption(option);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return channel.supportedOptions();
    }
}
