package dev.kqueue.internal.socket;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.libc.Errno;

import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.OptionalInt;

/**
 * The options of the IP layer that IPv4 and IPv6 keep under different names. On an IPv6 socket they are set for both:
 * what goes to an IPv4-mapped address obeys IPv4's.
 */
final class IpOptions {
    private IpOptions() {}

    static final int IPPROTO_IP = Abi.HOST.constant("IPPROTO_IP");
    static final int IPPROTO_IPV6 = Abi.HOST.constant("IPPROTO_IPV6");

    /** How a pair of options is read and set; ipv6 says of which socket. */
    private abstract static class Pair<T> extends SockOpt<T> {
        final boolean ipv6;

        Pair(SocketOption<T> option, boolean ipv6) {
            super(option);
            this.ipv6 = ipv6;
        }

        static int inByte(String name, int value) {
            if (value < 0 || value > 255) {
                throw new IllegalArgumentException(name + " is not within 0 to 255: " + value);
            }
            return value;
        }
    }

    /**
     * Judges the setting of IPv4's option on an IPv6 socket. Systems whose IPv6 sockets carry no IPv4, or keep the
     * value in one place for both, refuse it; there is nothing more to set there.
     */
    static void setToo(int result) throws IOException {
        if (result != -Errno.EINVAL && result != -Errno.ENOPROTOOPT && result != -Errno.EOPNOTSUPP) {
            SockOpt.checked(result);
        }
    }

    /** IP_TOS; IPV6_TCLASS. */
    static SockOpt<Integer> tos(boolean ipv6) {
        int tos = Abi.HOST.constant("IP_TOS");
        int trafficClass = Abi.HOST.constant("IPV6_TCLASS");
        return new Pair<>(StandardSocketOptions.IP_TOS, ipv6) {
            @Override
            Integer get(int fd) throws IOException {
                return checked(ipv6 ? getInt(fd, IPPROTO_IPV6, trafficClass) : getInt(fd, IPPROTO_IP, tos));
            }

            @Override
            void set(int fd, Integer value) throws IOException {
                inByte("IP_TOS", value);
                if (ipv6) {
                    checked(setInt(fd, IPPROTO_IPV6, trafficClass, value));
                    setToo(setInt(fd, IPPROTO_IP, tos, value));
                } else {
                    checked(setInt(fd, IPPROTO_IP, tos, value));
                }
            }
        };
    }

    /** IP_MULTICAST_TTL; IPV6_MULTICAST_HOPS. */
    static SockOpt<Integer> multicastTtl(boolean ipv6) {
        int ttl = Abi.HOST.constant("IP_MULTICAST_TTL");
        int hops = Abi.HOST.constant("IPV6_MULTICAST_HOPS");
        return new Pair<>(StandardSocketOptions.IP_MULTICAST_TTL, ipv6) {
            @Override
            Integer get(int fd) throws IOException {
                return checked(ipv6 ? getInt(fd, IPPROTO_IPV6, hops) : getByte(fd, IPPROTO_IP, ttl));
            }

            @Override
            void set(int fd, Integer value) throws IOException {
                inByte("IP_MULTICAST_TTL", value);
                if (ipv6) {
                    checked(setInt(fd, IPPROTO_IPV6, hops, value));
                    setToo(setByte(fd, IPPROTO_IP, ttl, value));
                } else {
                    checked(setByte(fd, IPPROTO_IP, ttl, value));
                }
            }
        };
    }

    /** IP_MULTICAST_LOOP; IPV6_MULTICAST_LOOP. */
    static SockOpt<Boolean> multicastLoop(boolean ipv6) {
        int loop = Abi.HOST.constant("IP_MULTICAST_LOOP");
        int loop6 = Abi.HOST.constant("IPV6_MULTICAST_LOOP");
        return new Pair<>(StandardSocketOptions.IP_MULTICAST_LOOP, ipv6) {
            @Override
            Boolean get(int fd) throws IOException {
                return checked(ipv6 ? getInt(fd, IPPROTO_IPV6, loop6) : getByte(fd, IPPROTO_IP, loop)) != 0;
            }

            @Override
            void set(int fd, Boolean value) throws IOException {
                int number = value ? 1 : 0;
                if (ipv6) {
                    checked(setInt(fd, IPPROTO_IPV6, loop6, number));
                    setToo(setByte(fd, IPPROTO_IP, loop, number));
                } else {
                    checked(setByte(fd, IPPROTO_IP, loop, number));
                }
            }
        };
    }

    /**
     * IP_DONTFRAG and IPV6_DONTFRAG; on Linux IP_MTU_DISCOVER and IPV6_MTU_DISCOVER say so with more than yes and no.
     */
    static SockOpt<Boolean> dontFragment(SocketOption<Boolean> option, boolean ipv6) {
        boolean discover = Abi.HOST.isDefined("IP_MTU_DISCOVER");
        int name = Abi.HOST.constant(discover ? "IP_MTU_DISCOVER" : "IP_DONTFRAG");
        int name6 = Abi.HOST.constant(discover ? "IPV6_MTU_DISCOVER" : "IPV6_DONTFRAG");
        int on = discover ? Abi.HOST.constant("IP_PMTUDISC_DO") : 1;
        int off = discover ? Abi.HOST.constant("IP_PMTUDISC_DONT") : 0;
        return new Pair<>(option, ipv6) {
            @Override
            Boolean get(int fd) throws IOException {
                return checked(ipv6 ? getInt(fd, IPPROTO_IPV6, name6) : getInt(fd, IPPROTO_IP, name)) == on;
            }

            @Override
            void set(int fd, Boolean value) throws IOException {
                int number = value ? on : off;
                if (ipv6) {
                    checked(setInt(fd, IPPROTO_IPV6, name6, number));
                    setToo(setInt(fd, IPPROTO_IP, name, number));
                } else {
                    checked(setInt(fd, IPPROTO_IP, name, number));
                }
            }
        };
    }

    /** Whether the system has what {@link #dontFragment} needs. */
    static boolean hasDontFragment() {
        OptionalInt name =
                Abi.HOST.isDefined("IP_MTU_DISCOVER")
                        ? Abi.HOST.find("IPV6_MTU_DISCOVER")
                        : Abi.HOST.find("IP_DONTFRAG");
        return name.isPresent();
    }
}
