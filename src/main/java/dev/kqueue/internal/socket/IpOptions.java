package dev.kqueue.internal.socket;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.libc.Errno;

import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;

/** The options of the IP layer that IPv4 and IPv6 keep under different names. */
final class IpOptions {
    private IpOptions() {}

    static final int IPPROTO_IP = Abi.HOST.constant("IPPROTO_IP");
    static final int IPPROTO_IPV6 = Abi.HOST.constant("IPPROTO_IPV6");

    /**
     * A number of both layers. On an IPv6 socket it is read of IPv6 and set for both: what goes to an IPv4-mapped
     * address obeys IPv4's.
     */
    private static class BothLayers extends SockOpt.Place {
        private final boolean ipv6;
        private final int name;

        /** Whether IPv4's is one byte: see {@link SockOpt#getByte}. */
        private final boolean inByte;

        BothLayers(boolean ipv6, boolean inByte, String name, String name6) {
            super(IPPROTO_IPV6, Abi.HOST.constant(name6));
            this.ipv6 = ipv6;
            this.name = Abi.HOST.constant(name);
            this.inByte = inByte;
        }

        @Override
        int get(int fd) throws IOException {
            if (ipv6) {
                return super.get(fd);
            }
            return SockOpt.checked(
                    inByte ? SockOpt.getByte(fd, IPPROTO_IP, name) : SockOpt.getInt(fd, IPPROTO_IP, name));
        }

        @Override
        void set(int fd, int value) throws IOException {
            if (ipv6) {
                super.set(fd, value);
            }
            int result =
                    inByte ? SockOpt.setByte(fd, IPPROTO_IP, name, value) : SockOpt.setInt(fd, IPPROTO_IP, name, value);
            checkIpv4(result, ipv6);
        }
    }

    /**
     * Checks the result of setting IPv4's option. Systems whose IPv6 sockets carry no IPv4, or keep the value in one
     * place for both, refuse it on an IPv6 socket; there is nothing more to set there.
     */
    static void checkIpv4(int result, boolean ipv6) throws IOException {
        boolean needless =
                ipv6 && (result == -Errno.EINVAL || result == -Errno.ENOPROTOOPT || result == -Errno.EOPNOTSUPP);
        if (!needless) {
            SockOpt.checked(result);
        }
    }

    static SockOpt<Integer> tos(boolean ipv6) {
        return new SockOpt.Octet(StandardSocketOptions.IP_TOS, new BothLayers(ipv6, false, "IP_TOS", "IPV6_TCLASS"));
    }

    static SockOpt<Integer> multicastTtl(boolean ipv6) {
        return new SockOpt.Octet(
                StandardSocketOptions.IP_MULTICAST_TTL,
                new BothLayers(ipv6, true, "IP_MULTICAST_TTL", "IPV6_MULTICAST_HOPS"));
    }

    static SockOpt<Boolean> multicastLoop(boolean ipv6) {
        return new SockOpt.Flag(
                StandardSocketOptions.IP_MULTICAST_LOOP,
                new BothLayers(ipv6, true, "IP_MULTICAST_LOOP", "IPV6_MULTICAST_LOOP"));
    }

    static SockOpt<Boolean> dontFragment(SocketOption<Boolean> option, boolean ipv6) {
        return new SockOpt.Flag(
                option,
                Abi.HOST.isDefined("IP_MTU_DISCOVER")
                        ? new MtuDiscovery(ipv6)
                        : new BothLayers(ipv6, false, "IP_DONTFRAG", "IPV6_DONTFRAG"));
    }

    /** Linux has more values than "fragment" and "do not fragment": IP_PMTUDISC_DO as 1, each other as 0. */
    private static final class MtuDiscovery extends BothLayers {
        private static final int ALWAYS = Abi.HOST.constant("IP_PMTUDISC_DO");
        private static final int NEVER = Abi.HOST.constant("IP_PMTUDISC_DONT");

        MtuDiscovery(boolean ipv6) {
            super(ipv6, false, "IP_MTU_DISCOVER", "IPV6_MTU_DISCOVER");
        }

        @Override
        int get(int fd) throws IOException {
            return super.get(fd) == ALWAYS ? 1 : 0;
        }

        @Override
        void set(int fd, int value) throws IOException {
            super.set(fd, value == 0 ? NEVER : ALWAYS);
        }
    }

    /** Whether the system has what {@link #dontFragment} needs. */
    static boolean hasDontFragment() {
        return Abi.HOST.isDefined(Abi.HOST.isDefined("IP_MTU_DISCOVER") ? "IPV6_MTU_DISCOVER" : "IP_DONTFRAG");
    }
}
