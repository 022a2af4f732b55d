package dev.kqueue.internal.socket;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Field;
import dev.kqueue.internal.abi.Struct;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.SysSocket;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.OptionalInt;

/**
 * Joining and leaving of multicast groups. The options of RFC 3678 (MCAST_JOIN_GROUP and its kin) take every family and
 * know of sources; systems without them (NetBSD, OpenBSD, DragonFly) have those of BSD, which take one family each, and
 * no sources.
 *
 * <p>Methods return 0 or -errno; -EOPNOTSUPP where the system has no such option.
 */
public final class Multicast {
    private Multicast() {}

    private static final boolean RFC3678 = Abi.HOST.isDefined("MCAST_JOIN_GROUP");

    /**
     * Linux hands a socket what comes for any group that any socket of the machine has joined (ip(7),
     * IP_MULTICAST_ALL); elsewhere a socket gets what it has joined itself, as Java means it.
     */
    static int onlyJoinedGroups(int fd, boolean ipv6) {
        int result = clear(fd, IpOptions.IPPROTO_IP, "IP_MULTICAST_ALL");
        return result < 0 || !ipv6 ? result : clear(fd, IpOptions.IPPROTO_IPV6, "IPV6_MULTICAST_ALL");
    }

    private static int clear(int fd, int level, String name) {
        OptionalInt option = Abi.HOST.find(name);
        int result = option.isPresent() ? SockOpt.setInt(fd, level, option.getAsInt(), 0) : 0;
        // Linux before 4.20 has no IPV6_MULTICAST_ALL.
        return result == -Errno.ENOPROTOOPT ? 0 : result;
    }

    /** Joins a group: of all sources, or of one if it is not null. */
    public static int join(int fd, InetAddress group, NetworkInterface on, InetAddress source) {
        return source != null
                ? setSource(fd, "MCAST_JOIN_SOURCE_GROUP", group, on, source)
                : RFC3678 ? set(fd, "MCAST_JOIN_GROUP", group, on, null) : ofBsd(fd, true, group, on);
    }

    /** Leaves what {@link #join} has joined. */
    public static int leave(int fd, InetAddress group, NetworkInterface on, InetAddress source) {
        return source != null
                ? setSource(fd, "MCAST_LEAVE_SOURCE_GROUP", group, on, source)
                : RFC3678 ? set(fd, "MCAST_LEAVE_GROUP", group, on, null) : ofBsd(fd, false, group, on);
    }

    public static int block(int fd, InetAddress group, NetworkInterface on, InetAddress source) {
        return setSource(fd, "MCAST_BLOCK_SOURCE", group, on, source);
    }

    public static int unblock(int fd, InetAddress group, NetworkInterface on, InetAddress source) {
        return setSource(fd, "MCAST_UNBLOCK_SOURCE", group, on, source);
    }

    private static int setSource(int fd, String option, InetAddress group, NetworkInterface on, InetAddress source) {
        return Abi.HOST.isDefined(option) ? set(fd, option, group, on, source) : -Errno.EOPNOTSUPP;
    }

    private static int set(int fd, String option, InetAddress group, NetworkInterface on, InetAddress source) {
        Struct request = Abi.HOST.struct(source == null ? "group_req" : "group_source_req");
        String prefix = source == null ? "gr_" : "gsr_";
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(request.size(), request.alignment());
            request.field(prefix + "interface").set(value, 0, on.getIndex());
            put(group, value, request.field(prefix + "group"));
            if (source != null) {
                put(source, value, request.field("gsr_source"));
            }
            return SysSocket.setsockopt(fd, level(group), Abi.HOST.constant(option), value, request.size());
        }
    }

    /** ip_mreq names the interface by one of its IPv4 addresses, ipv6_mreq by its index. */
    private static int ofBsd(int fd, boolean join, InetAddress group, NetworkInterface on) {
        boolean ipv4 = group instanceof Inet4Address;
        Struct request = Abi.HOST.struct(ipv4 ? "ip_mreq" : "ipv6_mreq");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(request.size(), request.alignment());
            String option;
            if (ipv4) {
                Inet4Address address = MulticastInterface.ipv4Address(on);
                if (address == null) {
                    return -Errno.EADDRNOTAVAIL;
                }
                bytes(group, value, request.field("imr_multiaddr"));
                bytes(address, value, request.field("imr_interface"));
                option = join ? "IP_ADD_MEMBERSHIP" : "IP_DROP_MEMBERSHIP";
            } else {
                bytes(group, value, request.field("ipv6mr_multiaddr"));
                request.field("ipv6mr_interface").set(value, 0, on.getIndex());
                option = join ? "IPV6_JOIN_GROUP" : "IPV6_LEAVE_GROUP";
            }
            return SysSocket.setsockopt(fd, level(group), Abi.HOST.constant(option), value, request.size());
        }
    }

    /** The group's family decides, not the socket's: an IPv6 socket joins IPv4 groups at IPv4's level. */
    private static int level(InetAddress group) {
        return group instanceof Inet4Address ? IpOptions.IPPROTO_IP : IpOptions.IPPROTO_IPV6;
    }

    private static void put(InetAddress address, MemorySegment into, Field field) {
        InetSocketAddress socketAddress = new InetSocketAddress(address, 0);
        MemorySegment memory = into.asSlice(field.offset(), field.size());
        if (address instanceof Inet4Address) {
            InetSockaddr.HOST.encodeIn(socketAddress, memory);
        } else {
            InetSockaddr.HOST.encodeIn6(socketAddress, memory);
        }
    }

    private static void bytes(InetAddress address, MemorySegment into, Field field) {
        byte[] bytes = address.getAddress();
        MemorySegment.copy(bytes, 0, into, JAVA_BYTE, field.offset(), bytes.length);
    }
}
