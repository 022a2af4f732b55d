package dev.kqueue.internal.socket;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.libc.SysSocket;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.StandardSocketOptions;

/**
 * IP_MULTICAST_IF, which names an interface by one of its IPv4 addresses; IPV6_MULTICAST_IF, which names it by its
 * index. An IPv6 socket gets both, for it sends to IPv4 groups as well.
 */
public final class MulticastInterface extends SockOpt<NetworkInterface> {
    private static final int IP_MULTICAST_IF = Abi.HOST.constant("IP_MULTICAST_IF");
    private static final int IPV6_MULTICAST_IF = Abi.HOST.constant("IPV6_MULTICAST_IF");
    private static final int IN_ADDR_SIZE = Abi.HOST.struct("in_addr").size();

    private final boolean ipv6;

    MulticastInterface(boolean ipv6) {
        super(StandardSocketOptions.IP_MULTICAST_IF);
        this.ipv6 = ipv6;
    }

    /** The first IPv4 address of an interface, or null. */
    public static Inet4Address ipv4Address(NetworkInterface networkInterface) {
        return (Inet4Address)
                networkInterface
                        .inetAddresses()
                        .filter(address -> address instanceof Inet4Address)
                        .findFirst()
                        .orElse(null);
    }

    @Override
    NetworkInterface get(int fd) throws IOException {
        if (ipv6) {
            int index = checked(getInt(fd, IpOptions.IPPROTO_IPV6, IPV6_MULTICAST_IF));
            if (index == 0) {
                return null;
            }
            NetworkInterface found = NetworkInterface.getByIndex(index);
            if (found == null) {
                throw new SocketException("IP_MULTICAST_IF is set to interface " + index + ", which is gone");
            }
            return found;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            MemorySegment length = arena.allocateFrom(JAVA_INT, IN_ADDR_SIZE);
            checked(SysSocket.getsockopt(fd, IpOptions.IPPROTO_IP, IP_MULTICAST_IF, value, length));
            InetAddress address = InetAddress.getByAddress(value.toArray(JAVA_BYTE));
            if (address.isAnyLocalAddress()) {
                return null;
            }
            NetworkInterface found = NetworkInterface.getByInetAddress(address);
            if (found == null) {
                throw new SocketException("IP_MULTICAST_IF is set to " + address + ", which is gone");
            }
            return found;
        }
    }

    @Override
    void set(int fd, NetworkInterface value) throws IOException {
        Inet4Address address = ipv4Address(value);
        if (ipv6) {
            checked(setInt(fd, IpOptions.IPPROTO_IPV6, IPV6_MULTICAST_IF, value.getIndex()));
        } else if (address == null) {
            throw new IllegalArgumentException("the interface has no IPv4 address: " + value);
        }
        if (address != null) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment bytes = arena.allocateFrom(JAVA_BYTE, address.getAddress());
                int result = SysSocket.setsockopt(fd, IpOptions.IPPROTO_IP, IP_MULTICAST_IF, bytes, IN_ADDR_SIZE);
                IpOptions.checkIpv4(result, ipv6);
            }
        }
    }
}
