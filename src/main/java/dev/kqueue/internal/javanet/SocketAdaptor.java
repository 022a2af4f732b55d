package dev.kqueue.internal.javanet;

import dev.kqueue.internal.socket.SocketOptions;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.Set;

/**
 * The {@link Socket} of a channel: the same connection under java.net's methods, with its timeouts and its exceptions.
 * Everything it knows but the timeout, the channel knows.
 */
public final class SocketAdaptor extends Socket {
    private static final InetAddress ANY = Inet4Address.ofLiteral("0.0.0.0");

    private final SocketChannel channel;
    private final AdaptedSocket adapted;

    /** SO_TIMEOUT, in milliseconds; 0 is without limit. */
    private volatile int timeout;

    private SocketAdaptor(AdaptedSocket adapted) throws SocketException {
        super(new NoSocketImpl());
        this.channel = adapted.channel();
        this.adapted = adapted;
    }

    public static SocketAdaptor of(AdaptedSocket adapted) {
        try {
            return new SocketAdaptor(adapted);
        } catch (SocketException impossible) {
            throw new AssertionError("a socket without system call failed", impossible);
        }
    }

    @Override
    public SocketChannel getChannel() {
        return channel;
    }

    // ---- connection

    @Override
    public void connect(SocketAddress remote) throws IOException {
        connect(remote, 0);
    }

    @Override
    public void connect(SocketAddress remote, int millis) throws IOException {
        if (remote == null) {
            throw new IllegalArgumentException("connect: The address can't be null");
        }
        if (remote instanceof InetSocketAddress inet && inet.isUnresolved()) {
            throw unresolved(inet);
        }
        if (millis < 0) {
            throw new IllegalArgumentException("connect: timeout can't be negative");
        }
        try {
            adapted.connectBlocking(remote, TimeLimit.nanos(millis));
        } catch (IOException | RuntimeException thrown) {
            throw SocketExceptions.ioException(thrown);
        }
    }

    /**
     * The exception of connecting to a name that has no address. As Socket specifies, a connect that fails closes the
     * socket; but one that is connected already has not begun to connect, and stays open.
     */
    private IOException unresolved(InetSocketAddress remote) throws SocketException {
        SocketExceptions.requireOpen(channel);
        if (channel.isConnected()) {
            return new SocketException("Already connected");
        }
        IOException failure = HostInfo.unknownHost(remote);
        closeAfter(failure);
        return failure;
    }

    private void closeAfter(IOException failure) {
        try {
            channel.close();
        } catch (IOException suppressed) {
            failure.addSuppressed(suppressed);
        }
    }

    @Override
    public void bind(SocketAddress local) throws IOException {
        SocketExceptions.calling(() -> channel.bind(local));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public void shutdownInput() throws IOException {
        SocketExceptions.calling(() -> channel.shutdownInput());
    }

    @Override
    public void shutdownOutput() throws IOException {
        SocketExceptions.calling(() -> channel.shutdownOutput());
    }

    @Override
    public boolean isConnected() {
        return channel.isConnected();
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
    public boolean isInputShutdown() {
        return adapted.isInputShutdown();
    }

    @Override
    public boolean isOutputShutdown() {
        return adapted.isOutputShutdown();
    }

    // ---- addresses; they stay known after the socket is closed, as Socket specifies

    @Override
    public InetAddress getInetAddress() {
        InetSocketAddress remote = (InetSocketAddress) adapted.remoteAddress();
        return remote == null ? null : remote.getAddress();
    }

    @Override
    public int getPort() {
        InetSocketAddress remote = (InetSocketAddress) adapted.remoteAddress();
        return remote == null ? 0 : remote.getPort();
    }

    @Override
    public InetAddress getLocalAddress() {
        InetSocketAddress local = (InetSocketAddress) adapted.localAddressOrNull();
        return local == null || !channel.isOpen() ? ANY : local.getAddress();
    }

    @Override
    public int getLocalPort() {
        InetSocketAddress local = (InetSocketAddress) adapted.localAddressOrNull();
        return local == null ? -1 : local.getPort();
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return adapted.remoteAddress();
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return adapted.localAddressOrNull();
    }

    @Override
    public String toString() {
        return channel.isConnected()
                ? "Socket[addr=" + getInetAddress() + ",port=" + getPort() + ",localport=" + getLocalPort() + "]"
                : "Socket[unconnected]";
    }

    // ---- streams

    @Override
    public InputStream getInputStream() throws IOException {
        requireConnected();
        if (adapted.isInputShutdown()) {
            throw new SocketException("Socket input is shutdown");
        }
        return new SocketInput(adapted, this);
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        requireConnected();
        if (adapted.isOutputShutdown()) {
            throw new SocketException("Socket output is shutdown");
        }
        return new SocketOutput(adapted);
    }

    private void requireConnected() throws SocketException {
        SocketExceptions.requireOpen(channel);
        if (!channel.isConnected()) {
            throw new SocketException("Socket is not connected");
        }
    }

    @Override
    public void sendUrgentData(int data) throws IOException {
        adapted.writeUrgent((byte) data);
    }

    // ---- timeout

    @Override
    public void setSoTimeout(int millis) throws SocketException {
        timeout = TimeLimit.checked(channel, millis);
    }

    @Override
    public int getSoTimeout() throws SocketException {
        SocketExceptions.requireOpen(channel);
        return timeout;
    }

    /** How long a read may wait: see {@link TimeLimit}. */
    long readNanos() {
        return TimeLimit.nanos(timeout);
    }

    // ---- options

    @Override
    public void setTcpNoDelay(boolean on) throws SocketException {
        ChannelOptions.set(channel, StandardSocketOptions.TCP_NODELAY, on);
    }

    @Override
    public boolean getTcpNoDelay() throws SocketException {
        return ChannelOptions.get(channel, StandardSocketOptions.TCP_NODELAY);
    }

    @Override
    public void setSoLinger(boolean on, int seconds) throws SocketException {
        ChannelOptions.set(channel, StandardSocketOptions.SO_LINGER, on ? seconds : -1);
    }

    @Override
    public int getSoLinger() throws SocketException {
        return ChannelOptions.get(channel, StandardSocketOptions.SO_LINGER);
    }

    @Override
    public void setOOBInline(boolean on) throws SocketException {
        ChannelOptions.set(channel, SocketOptions.SO_OOBINLINE, on);
    }

    @Override
    public boolean getOOBInline() throws SocketException {
        return ChannelOptions.get(channel, SocketOptions.SO_OOBINLINE);
    }

    @Override
    public void setSendBufferSize(int size) throws SocketException {
        ChannelOptions.setSize(channel, StandardSocketOptions.SO_SNDBUF, size);
    }

    @Override
    public int getSendBufferSize() throws SocketException {
        return ChannelOptions.get(channel, StandardSocketOptions.SO_SNDBUF);
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
    public void setKeepAlive(boolean on) throws SocketException {
        ChannelOptions.set(channel, StandardSocketOptions.SO_KEEPALIVE, on);
    }

    @Override
    public boolean getKeepAlive() throws SocketException {
        return ChannelOptions.get(channel, StandardSocketOptions.SO_KEEPALIVE);
    }

    @Override
    public void setTrafficClass(int trafficClass) throws SocketException {
        ChannelOptions.set(channel, StandardSocketOptions.IP_TOS, trafficClass);
    }

    @Override
    public int getTrafficClass() throws SocketException {
        return ChannelOptions.get(channel, StandardSocketOptions.IP_TOS);
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
    public void setPerformancePreferences(int connectionTime, int latency, int bandwidth) {
        // A hint, and one that no implementation of TCP takes.
    }

    @Override
    public <T> Socket setOption(SocketOption<T> option, T value) throws IOException {
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
