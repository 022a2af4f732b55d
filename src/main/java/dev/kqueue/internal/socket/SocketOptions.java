package dev.kqueue.internal.socket;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.libc.SysSocket;

import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The options of one kind of socket. An option is checked before anything else, and read or set while the descriptor is
 * held.
 */
public final class SocketOptions {
    private static final boolean JDK_NET = hasJdkNet();

    /** The option of java.net.Socket's setOOBInline; java.net has no public object for it. */
    public static final SocketOption<Boolean> SO_OOBINLINE = new NamedOption<>("SO_OOBINLINE", Boolean.class);

    static final SocketOptions UNIX_STREAM = unixStream();
    static final SocketOptions UNIX_LISTENER = unixListener();
    static final SocketOptions UNIX_DATAGRAM = unixDatagram();
    static final SocketOptions IN_STREAM = stream(false);
    static final SocketOptions IN6_STREAM = stream(true);
    static final SocketOptions IN_LISTENER = listener();
    static final SocketOptions IN6_LISTENER = IN_LISTENER;
    static final SocketOptions IN_DATAGRAM = datagram(false);
    static final SocketOptions IN6_DATAGRAM = datagram(true);

    private record NamedOption<T>(String name, Class<T> type) implements SocketOption<T> {
        @Override
        public String toString() {
            return name;
        }
    }

    private final Map<SocketOption<?>, SockOpt<?>> options;

    private SocketOptions(List<SockOpt<?>> options) {
        Map<SocketOption<?>, SockOpt<?>> map = LinkedHashMap.newLinkedHashMap(options.size());
        for (SockOpt<?> option : options) {
            map.put(option.option, option);
        }
        this.options = Collections.unmodifiableMap(map);
    }

    private static boolean hasJdkNet() {
        try {
            Class.forName("jdk.net.ExtendedSocketOptions", false, SocketOptions.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static SocketOptions stream(boolean ipv6) {
        List<SockOpt<?>> options = bufferSizes();
        options.add(flag(StandardSocketOptions.SO_KEEPALIVE, SysSocket.SO_KEEPALIVE));
        addReuse(options);
        options.add(new Linger());
        options.add(new SockOpt.Flag(StandardSocketOptions.TCP_NODELAY, SockOpt.Place.ofTcp("TCP_NODELAY")));
        options.add(IpOptions.tos(ipv6));
        options.add(flag(SO_OOBINLINE, SysSocket.SO_OOBINLINE));
        if (JDK_NET) {
            ExtendedOptions.addTcp(options);
            ExtendedOptions.addSocket(options);
        }
        return new SocketOptions(options);
    }

    private static SocketOptions listener() {
        List<SockOpt<?>> options = new ArrayList<>();
        options.add(new BufferSize(StandardSocketOptions.SO_RCVBUF, SysSocket.SO_RCVBUF));
        addReuse(options);
        if (JDK_NET) {
            ExtendedOptions.addTcp(options);
            ExtendedOptions.addSocket(options);
        }
        return new SocketOptions(options);
    }

    private static SocketOptions datagram(boolean ipv6) {
        List<SockOpt<?>> options = bufferSizes();
        addDatagramReuse(options);
        options.add(flag(StandardSocketOptions.SO_BROADCAST, SysSocket.SO_BROADCAST));
        options.add(IpOptions.tos(ipv6));
        options.add(new MulticastInterface(ipv6));
        options.add(IpOptions.multicastTtl(ipv6));
        options.add(IpOptions.multicastLoop(ipv6));
        if (JDK_NET) {
            ExtendedOptions.addDatagram(options, ipv6);
            ExtendedOptions.addSocket(options);
        }
        return new SocketOptions(options);
    }

    private static SocketOptions unixStream() {
        List<SockOpt<?>> options = bufferSizes();
        options.add(new Linger());
        if (JDK_NET) {
            ExtendedOptions.addUnix(options);
        }
        return new SocketOptions(options);
    }

    private static SocketOptions unixListener() {
        return new SocketOptions(List.of(new BufferSize(StandardSocketOptions.SO_RCVBUF, SysSocket.SO_RCVBUF)));
    }

    private static SocketOptions unixDatagram() {
        return new SocketOptions(bufferSizes());
    }

    private static List<SockOpt<?>> bufferSizes() {
        List<SockOpt<?>> options = new ArrayList<>();
        options.add(new BufferSize(StandardSocketOptions.SO_SNDBUF, SysSocket.SO_SNDBUF));
        options.add(new BufferSize(StandardSocketOptions.SO_RCVBUF, SysSocket.SO_RCVBUF));
        return options;
    }

    private static void addReuse(List<SockOpt<?>> options) {
        options.add(flag(StandardSocketOptions.SO_REUSEADDR, SysSocket.SO_REUSEADDR));
        if (Abi.HOST.isDefined("SO_REUSEPORT")) {
            options.add(flag(StandardSocketOptions.SO_REUSEPORT, Abi.HOST.constant("SO_REUSEPORT")));
        }
    }

    private static void addDatagramReuse(List<SockOpt<?>> options) {
        addReuse(options);
        if (SysSocket.IS_BSD) {
            options.set(options.size() - 2, new SharedPort());
        }
    }

    private static SockOpt<Boolean> flag(SocketOption<Boolean> option, int name) {
        return new SockOpt.Flag(option, SockOpt.Place.ofSocket(name));
    }

    /** The options that {@link java.nio.channels.NetworkChannel#supportedOptions} returns. */
    public Set<SocketOption<?>> supported() {
        return options.keySet();
    }

    /**
     * Checks an option that is to be read.
     *
     * @throws UnsupportedOperationException if this kind of socket has no such option; the message names it
     */
    void check(SocketOption<?> option) {
        Objects.requireNonNull(option);
        if (!options.containsKey(option)) {
            throw new UnsupportedOperationException("'" + option.name() + "' is not an option of this channel");
        }
    }

    /**
     * Checks an option that is to be set.
     *
     * @throws UnsupportedOperationException as {@link #check(SocketOption)}
     * @throws IllegalArgumentException if the value is null or not of the option's type
     */
    void check(SocketOption<?> option, Object value) {
        check(option);
        if (!option.type().isInstance(value)) {
            throw new IllegalArgumentException("'" + value + "' is not a value for '" + option.name() + "'");
        }
    }

    /**
     * The value of an option.
     *
     * @throws UnsupportedOperationException as {@link #check(SocketOption)}
     * @throws ClosedChannelException if the socket is closed
     */
    public <T> T get(Descriptor socket, SocketOption<T> option) throws IOException {
        check(option);
        int fd = socket.holdOpen();
        try {
            return get(fd, option);
        } finally {
            socket.release();
        }
    }

    /**
     * Sets an option.
     *
     * @throws UnsupportedOperationException as {@link #check(SocketOption)}
     * @throws IllegalArgumentException if the value is null, not of the option's type, or out of range
     * @throws ClosedChannelException if the socket is closed
     */
    public <T> void set(Descriptor socket, SocketOption<T> option, T value) throws IOException {
        check(option, value);
        int fd = socket.holdOpen();
        try {
            set(fd, option, value);
        } finally {
            socket.release();
        }
    }

    /** The value of a checked option. */
    <T> T get(int fd, SocketOption<T> option) throws IOException {
        return find(option).get(fd);
    }

    /** Sets a checked option. */
    <T> void set(int fd, SocketOption<T> option, T value) throws IOException {
        find(option).set(fd, value);
    }

    /**
     * Gives one socket of this kind the options of another.
     *
     * @param from a descriptor
     * @param to another
     */
    void copy(int from, int to) throws IOException {
        for (SockOpt<?> option : options.values()) {
            option.copy(from, to);
        }
    }

    // Each entry of the map is of its key's type: see the constructor.
    @SuppressWarnings("unchecked")
    private <T> SockOpt<T> find(SocketOption<T> option) {
        return (SockOpt<T>) options.get(option);
    }
}
