package dev.kqueue.internal.socket;

import dev.kqueue.internal.abi.Abi;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** Turns an {@link InetSocketAddress} into a {@code struct sockaddr} and back, in the layouts of one system. */
record InetSockaddr(SockaddrLayout in, SockaddrLayout in6) {
    static final InetSockaddr HOST = of(Abi.HOST);

    /** Where an IPv4 address lies in the IPv6 address ::ffff:a.b.c.d that stands for it. */
    private static final int MAPPED = 12;

    static InetSockaddr of(Abi abi) {
        return new InetSockaddr(SockaddrLayout.in(abi), SockaddrLayout.in6(abi));
    }

    /** Writes the address for a socket of AF_INET; it must be an {@link Inet4Address}. Returns its length. */
    int encodeIn(InetSocketAddress address, MemorySegment memory) {
        in.prepare(memory, address.getPort(), 0);
        in.setBytes(memory, 0, address.getAddress().getAddress());
        return in.size();
    }

    /**
     * Writes the address for a socket of AF_INET6, IPv4 as IPv4-mapped; but 0.0.0.0 as ::, which means both. Returns
     * its length.
     */
    int encodeIn6(InetSocketAddress address, MemorySegment memory) {
        InetAddress host = address.getAddress();
        if (host instanceof Inet6Address ipv6) {
            in6.prepare(memory, address.getPort(), ipv6.getScopeId());
            in6.setBytes(memory, 0, ipv6.getAddress());
        } else {
            in6.prepare(memory, address.getPort(), 0);
            if (!host.isAnyLocalAddress()) {
                in6.setByte(memory, MAPPED - 2, 0xff);
                in6.setByte(memory, MAPPED - 1, 0xff);
                in6.setBytes(memory, MAPPED, host.getAddress());
            }
        }
        return in6.size();
    }

    /** Reads an address of either family; IPv4-mapped comes back as {@link Inet4Address}. */
    InetSocketAddress decode(MemorySegment memory) throws IOException {
        int family = in.familyOf(memory);
        if (family == in.family()) {
            return new InetSocketAddress(InetAddress.getByAddress(in.bytes(memory, 0, 4)), in.portNumber(memory));
        }
        if (family == in6.family()) {
            return new InetSocketAddress(inet6(memory), in6.portNumber(memory));
        }
        throw new IOException("an address of family " + family + " where IPv4 or IPv6 was expected");
    }

    private InetAddress inet6(MemorySegment memory) throws UnknownHostException {
        if (isMapped(memory)) {
            return InetAddress.getByAddress(in6.bytes(memory, MAPPED, 4));
        }
        byte[] bytes = in6.bytes(memory, 0, 16);
        int scope = in6.scopeId(memory);
        return scope > 0 ? Inet6Address.getByAddress(null, bytes, scope) : InetAddress.getByAddress(bytes);
    }

    private boolean isMapped(MemorySegment memory) {
        for (int i = 0; i < MAPPED - 2; i++) {
            if (in6.unsignedByte(memory, i) != 0) {
                return false;
            }
        }
        return in6.unsignedByte(memory, MAPPED - 2) == 0xff && in6.unsignedByte(memory, MAPPED - 1) == 0xff;
    }
}
