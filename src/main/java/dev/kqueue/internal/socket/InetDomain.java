package dev.kqueue.internal.socket;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.Unistd;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;

/** AF_INET, and AF_INET6 with IPv4 on it where the system allows that. */
public final class InetDomain extends SocketDomain {
    private static final int IPPROTO_IPV6 = Abi.HOST.constant("IPPROTO_IPV6");
    private static final int IPV6_V6ONLY = Abi.HOST.constant("IPV6_V6ONLY");

    /** No datagram of UDP is longer: its length is 16 bits. */
    private static final int MAX_DATAGRAM = 65535;

    public static final InetDomain IN =
            new InetDomain(StandardProtocolFamily.INET, SysSocket.AF_INET, "0.0.0.0", "127.0.0.1");
    public static final InetDomain IN6 = new InetDomain(StandardProtocolFamily.INET6, SysSocket.AF_INET6, "::", "::1");

    /** Asked of the system once, when the first socket is opened. */
    private static final class Ipv6 {
        static final boolean WANTED = !Boolean.getBoolean("java.net.preferIPv4Stack");
        static final boolean PRESENT = WANTED && probe(false);
        static final boolean DUAL = PRESENT && probe(true);
    }

    private final ProtocolFamily family;
    private final int domain;
    private final InetSocketAddress any;
    private final InetAddress loopback;

    private InetDomain(ProtocolFamily family, int domain, String any, String loopback) {
        this.family = family;
        this.domain = domain;
        this.any = new InetSocketAddress(literal(any), 0);
        this.loopback = literal(loopback);
    }

    private static InetAddress literal(String address) {
        try {
            return InetAddress.getByName(address);
        } catch (UnknownHostException e) {
            throw new AssertionError("not a literal address: " + address, e);
        }
    }

    public static SocketDomain preferred() {
        return Ipv6.DUAL ? IN6 : IN;
    }

    static boolean hasIn6() {
        return Ipv6.PRESENT;
    }

    /**
     * Whether an IPv6 socket can be bound to ::1 (a kernel may know the family and have it switched off), or, with
     * dual, can carry IPv4 as well (OpenBSD and DragonFly cannot).
     */
    private static boolean probe(boolean dual) {
        int fd = SysSocket.socket(SysSocket.AF_INET6, SysSocket.SOCK_DGRAM, 0);
        if (fd < 0) {
            return false;
        }
        int result = dual ? clearV6Only(fd) : 0;
        if (result >= 0) {
            // With dual, to ::ffff:127.0.0.1: a kernel may take the option, and no such address.
            result = bindLoopback(fd, dual ? IN : IN6);
        }
        Unistd.close(fd);
        return result >= 0;
    }

    private static int bindLoopback(int fd, InetDomain of) {
        try (Arena arena = Arena.ofConfined()) {
            Sockaddr address = new Sockaddr(arena);
            int length = InetSockaddr.HOST.encodeIn6(new InetSocketAddress(of.loopback, 0), address.memory());
            return SysSocket.bind(fd, address.memory(), length);
        }
    }

    private static int clearV6Only(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment zero = arena.allocate(JAVA_INT);
            return SysSocket.setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, zero, (int) JAVA_INT.byteSize());
        }
    }

    @Override
    public ProtocolFamily family() {
        return family;
    }

    @Override
    public int streamSocket() throws IOException {
        return open(SysSocket.SOCK_STREAM);
    }

    @Override
    public int listenerSocket() throws IOException {
        int fd = open(SysSocket.SOCK_STREAM);
        // A server restarted while connections of its predecessor linger in TIME_WAIT must be able to bind.
        int result = SockOpt.setInt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_REUSEADDR, 1);
        if (result < 0) {
            Unistd.close(fd);
            throw Errno.socketException(-result);
        }
        return fd;
    }

    @Override
    public int datagramSocket() throws IOException {
        int fd = open(SysSocket.SOCK_DGRAM);
        int result = Multicast.onlyJoinedGroups(fd, this == IN6);
        if (result >= 0) {
            result = roomForDatagram(fd);
        }
        if (result < 0) {
            Unistd.close(fd);
            throw Errno.socketException(-result);
        }
        return fd;
    }

    /** The BSDs and macOS refuse a datagram longer than SO_SNDBUF, which is 9216 there to begin with. */
    private static int roomForDatagram(int fd) {
        int room = SockOpt.getInt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_SNDBUF);
        return room < 0 || room >= MAX_DATAGRAM
                ? room
                : SockOpt.setInt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_SNDBUF, MAX_DATAGRAM);
    }

    private int open(int type) throws IOException {
        int fd = socket(domain, type);
        if (this == IN6 && Ipv6.DUAL) {
            int result = clearV6Only(fd);
            if (result < 0) {
                Unistd.close(fd);
                throw Errno.socketException(-result);
            }
        }
        return fd;
    }

    @Override
    public SocketAddress checkLocal(SocketAddress local) {
        return local == null ? any : check(local);
    }

    @Override
    public SocketAddress checkRemote(SocketAddress remote) {
        if (remote == null) {
            throw new NullPointerException("'remote' is null");
        }
        InetSocketAddress address = check(remote);
        InetAddress host = address.getAddress();
        if (!host.isAnyLocalAddress()) {
            return address;
        }
        // The loopback address of the address's own family, which need not be the socket's.
        InetDomain domain = host instanceof Inet6Address ? IN6 : IN;
        return new InetSocketAddress(domain.loopback, address.getPort());
    }

    private InetSocketAddress check(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet)) {
            throw new UnsupportedAddressTypeException();
        }
        if (inet.isUnresolved()) {
            throw new UnresolvedAddressException();
        }
        if (this == IN && !(inet.getAddress() instanceof Inet4Address)) {
            throw new UnsupportedAddressTypeException();
        }
        return inet;
    }

    @Override
    public void encode(SocketAddress address, Sockaddr into) throws SocketException {
        InetSocketAddress inet = LinkLocal.scoped((InetSocketAddress) address);
        into.setLength(
                this == IN
                        ? InetSockaddr.HOST.encodeIn(inet, into.memory())
                        : InetSockaddr.HOST.encodeIn6(inet, into.memory()));
    }

    @Override
    public InetSocketAddress decode(Sockaddr from) throws IOException {
        return InetSockaddr.HOST.decode(from.memory());
    }

    @Override
    public void requireJavaNet() {}

    /** What is full is the socket's own buffer, and poll(2) reports room in it. */
    @Override
    public boolean isFull(int result) {
        return false;
    }

    @Override
    public boolean isStale(int result) {
        return result == -Errno.ECONNREFUSED;
    }

    @Override
    public IOException datagramFailure(int errno, boolean addressed) {
        if (errno == Errno.ECONNREFUSED) {
            return new PortUnreachableException();
        }
        // As the JDK: what has an address is a matter of the socket.
        return addressed ? Errno.socketException(errno) : Errno.exception(errno);
    }

    @Override
    public void requireGroup(InetAddress group) {
        if (this == IN && !(group instanceof Inet4Address)) {
            throw new IllegalArgumentException("an IPv4 socket cannot join an IPv6 group");
        }
    }

    @Override
    public void requireReachable(SocketAddress remote, String what) throws SocketException {
        if (port(remote) == 0) {
            throw new SocketException("Can't " + what + " to port 0");
        }
    }

    @Override
    public boolean isUnbound(SocketAddress local) {
        return port(local) == 0;
    }

    @Override
    public SocketAddress anyWithPortOf(SocketAddress local) {
        return new InetSocketAddress(any.getAddress(), port(local));
    }

    private static int port(SocketAddress address) {
        return ((InetSocketAddress) address).getPort();
    }

    @Override
    public boolean readsStopShort() {
        return false;
    }

    @Override
    public SocketOptions streamOptions() {
        return this == IN ? SocketOptions.IN_STREAM : SocketOptions.IN6_STREAM;
    }

    @Override
    public SocketOptions listenerOptions() {
        return this == IN ? SocketOptions.IN_LISTENER : SocketOptions.IN6_LISTENER;
    }

    @Override
    public SocketOptions datagramOptions() {
        return this == IN ? SocketOptions.IN_DATAGRAM : SocketOptions.IN6_DATAGRAM;
    }
}
