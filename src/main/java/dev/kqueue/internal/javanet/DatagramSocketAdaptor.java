package dev.kqueue.internal.javanet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Set;

/**
 * The {@link DatagramSocket} of a channel: the same socket under java.net's methods, with its timeout and its
 * exceptions. A {@link MulticastSocket} even, as that of the JDK's channels is, and programs know it.
 */
public final class DatagramSocketAdaptor extends MulticastSocket {
    private final DatagramChannel channel;
    private final AdaptedDatagramSocket adapted;
    private final MulticastMethods multicast;

    /** SO_TIMEOUT, in milliseconds; 0 is without limit. */
    private volatile int timeout;

    private DatagramSocketAdaptor(AdaptedDatagramSocket adapted) throws IOException {
        // MulticastSocket has no constructor without a socket of its own. It is closed at once: every method that would
        // use it is overridden.
        super(null);
        super.close();
        this.channel = adapted.channel();
        this.adapted = adapted;
        this.multicast = new MulticastMethods(adapted);
    }

    public static DatagramSocketAdaptor of(AdaptedDatagramSocket adapted) {
        try {
            return new DatagramSocketAdaptor(adapted);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public DatagramChannel getChannel() {
        return channel;
    }

    // ---- binding and connecting

    @Override
    public void bind(SocketAddress local) throws SocketException {
        try {
            channel.bind(local);
        } catch (UnsupportedAddressTypeException passes) {
            // The IllegalArgumentException that DatagramSocket specifies.
            throw passes;
        } catch (IOException | RuntimeException thrown) {
            throw SocketExceptions.socketException(thrown);
        }
    }

    @Override
    public void connect(InetAddress address, int port) {
        if (address == null) {
            throw new IllegalArgumentException("Address can't be null");
        }
        try {
            connect(new InetSocketAddress(address, port));
        } catch (SocketException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void connect(SocketAddress remote) throws SocketException {
        if (remote == null) {
            throw new IllegalArgumentException("Address can't be null");
        }
        try {
            adapted.reconnect(remote);
        } catch (ClosedChannelException ignored) {
            // As DatagramSocket specifies: a closed socket is not connected, and nothing is said of it.
        } catch (UnsupportedAddressTypeException passes) {
            throw passes;
        } catch (IOException | RuntimeException thrown) {
            throw SocketExceptions.socketException(thrown);
        }
    }

    @Override
    public void disconnect() {
        try {
            channel.disconnect();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public boolean isBound() {
        return adapted.isBound();
    }

    @Override
    public boolean isConnected() {
        return adapted.remoteAddress() != null;
    }

    @Override
    public InetAddress getInetAddress() {
        InetSocketAddress remote = remote();
        return remote == null ? null : remote.getAddress();
    }

    @Override
    public int getPort() {
        InetSocketAddress remote = remote();
        return remote == null ? -1 : remote.getPort();
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return remote();
    }

    private InetSocketAddress remote() {
        return (InetSocketAddress) adapted.remoteAddress();
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return isClosed() ? null : local();
    }

    @Override
    public InetAddress getLocalAddress() {
        if (isClosed()) {
            return null;
        }
        InetSocketAddress local = local();
        return local == null ? MulticastMethods.anyAddress() : local.getAddress();
    }

    @Override
    public int getLocalPort() {
        if (isClosed()) {
            return -1;
        }
        InetSocketAddress local = local();
        return local == null ? 0 : local.getPort();
    }

    private InetSocketAddress local() {
        return (InetSocketAddress) adapted.localAddressOrNull();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    // ---- packets

    @Override
    public void send(DatagramPacket packet) throws IOException {
        synchronized (packet) {
            requireBlocking();
            SocketAddress connected = adapted.remoteAddress();
            if (packet.getAddress() == null) {
                if (connected == null) {
                    throw new IllegalArgumentException("Address not set");
                }
                packet.setSocketAddress(connected);
            } else if (connected != null && !connected.equals(packet.getSocketAddress())) {
                throw new IllegalArgumentException("Connected and packet address differ");
            }
            ByteBuffer src = ByteBuffer.wrap(packet.getData(), packet.getOffset(), packet.getLength());
            try {
                channel.send(src, packet.getSocketAddress());
            } catch (IOException | RuntimeException thrown) {
                throw translated(thrown);
            }
        }
    }

    @Override
    public void receive(DatagramPacket packet) throws IOException {
        synchronized (packet) {
            requireBlocking();
            ByteBuffer dst = PacketRelay.room(packet);
            SocketAddress sender;
            int millis = timeout;
            try {
                sender = adapted.receive(dst, TimeLimit.nanos(millis));
            } catch (IOException | RuntimeException thrown) {
                throw translated(thrown);
            }
            if (sender == null) {
                throw new SocketTimeoutException("Receive timed out");
            }
            PacketRelay.deliver(dst, packet);
            packet.setSocketAddress(sender);
        }
    }

    /** Closing by another thread is a SocketException in java.net; an interrupt remains what it is. */
    private static IOException translated(Exception thrown) {
        return thrown instanceof ClosedChannelException && !(thrown instanceof ClosedByInterruptException)
                ? new SocketException("Socket closed", thrown)
                : SocketExceptions.ioException(thrown);
    }

    private void requireBlocking() throws SocketException {
        if (isClosed()) {
            throw new SocketException("Socket closed");
        }
        if (!channel.isBlocking()) {
            throw new IllegalBlockingModeException();
        }
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
    public void setReuseAddress(boolean on) throws SocketException {
        ChannelOptions.set(channel, StandardSocketOptions.SO_REUSEADDR, on);
    }

    @Override
    public boolean getReuseAddress() throws SocketException {
        return ChannelOptions.get(channel, StandardSocketOptions.SO_REUSEADDR);
    }

    @Override
    public void setBroadcast(boolean on) throws SocketException {
        ChannelOptions.set(channel, StandardSocketOptions.SO_BROADCAST, on);
    }

    @Override
    public boolean getBroadcast() throws SocketException {
        return ChannelOptions.get(channel, StandardSocketOptions.SO_BROADCAST);
    }

    @Override
    public void setTrafficClass(int tos) throws SocketException {
        ChannelOptions.set(channel, StandardSocketOptions.IP_TOS, tos);
    }

    @Override
    public int getTrafficClass() throws SocketException {
        return ChannelOptions.get(channel, StandardSocketOptions.IP_TOS);
    }

    @Override
    public <T> DatagramSocket setOption(SocketOption<T> option, T value) throws IOException {
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

    // ---- multicast

    @Override
    public void joinGroup(SocketAddress group, NetworkInterface on) throws IOException {
        multicast.join(group, on);
    }

    @Override
    public void leaveGroup(SocketAddress group, NetworkInterface on) throws IOException {
        multicast.leave(group, on);
    }

    @Override
    @Deprecated
    public void joinGroup(InetAddress group) throws IOException {
        multicast.join(group);
    }

    @Override
    @Deprecated
    public void leaveGroup(InetAddress group) throws IOException {
        multicast.leave(group);
    }

    @Override
    @Deprecated
    public void setInterface(InetAddress address) throws SocketException {
        multicast.setInterface(address);
    }

    @Override
    @Deprecated
    public InetAddress getInterface() throws SocketException {
        return multicast.getInterface();
    }

    @Override
    public void setNetworkInterface(NetworkInterface on) throws SocketException {
        ChannelOptions.set(channel, StandardSocketOptions.IP_MULTICAST_IF, on);
    }

    @Override
    public NetworkInterface getNetworkInterface() throws SocketException {
        NetworkInterface set = ChannelOptions.get(channel, StandardSocketOptions.IP_MULTICAST_IF);
        return set != null ? set : MulticastMethods.anyInterface();
    }

    @Override
    public void setTimeToLive(int ttl) throws IOException {
        ChannelOptions.set(channel, StandardSocketOptions.IP_MULTICAST_TTL, ttl);
    }

    @Override
    public int getTimeToLive() throws IOException {
        return ChannelOptions.get(channel, StandardSocketOptions.IP_MULTICAST_TTL);
    }

    @Override
    @Deprecated
    @SuppressWarnings({"removal", "InlineMeSuggester"})
    public void setTTL(byte ttl) throws IOException {
        setTimeToLive(Byte.toUnsignedInt(ttl));
    }

    @Override
    @Deprecated
    @SuppressWarnings({"removal", "InlineMeSuggester"})
    public byte getTTL() throws IOException {
        return (byte) getTimeToLive();
    }

    /** The parameter says what is switched off, as MulticastSocket has it. */
    @Override
    @Deprecated
    public void setLoopbackMode(boolean disable) throws SocketException {
        ChannelOptions.set(channel, StandardSocketOptions.IP_MULTICAST_LOOP, !disable);
    }

    @Override
    @Deprecated
    public boolean getLoopbackMode() throws SocketException {
        return !ChannelOptions.get(channel, StandardSocketOptions.IP_MULTICAST_LOOP);
    }

    @Override
    @Deprecated
    @SuppressWarnings({"removal", "InlineMeSuggester"})
    public void send(DatagramPacket packet, byte ttl) throws IOException {
        synchronized (multicast) {
            int before = getTimeToLive();
            setTimeToLive(Byte.toUnsignedInt(ttl));
            try {
                send(packet);
            } finally {
                setTimeToLive(before);
            }
        }
    }
}
