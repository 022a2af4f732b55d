package dev.kqueue.internal.javanet;

import dev.kqueue.internal.socket.MulticastInterface;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.MembershipKey;
import java.util.Objects;

/** Joining and leaving as {@link MulticastSocket} has it: groups without keys, and interfaces by address or by none. */
final class MulticastMethods {
    private final DatagramChannel channel;
    private final AdaptedDatagramSocket adapted;

    /** The address that the interface was set by; guarded by the monitor. */
    private InetAddress interfaceAddress;

    MulticastMethods(AdaptedDatagramSocket adapted) {
        this.channel = adapted.channel();
        this.adapted = adapted;
    }

    static InetAddress anyAddress() {
        return new InetSocketAddress(0).getAddress();
    }

    /** What stands for "no interface set": index 0 and the wildcard address. It cannot be made, only asked for. */
    static NetworkInterface anyInterface() throws SocketException {
        try (MulticastSocket unset = new MulticastSocket(null)) {
            return unset.getNetworkInterface();
        } catch (SocketException failure) {
            throw failure;
        } catch (IOException failure) {
            throw new SocketException(failure.getMessage(), failure);
        }
    }

    void join(SocketAddress group, NetworkInterface on) throws IOException {
        InetAddress address = address(group);
        synchronized (adapted.membershipLock()) {
            NetworkInterface chosen = on != null ? on : defaultInterface(address);
            if (adapted.membership(address, chosen) != null) {
                throw new SocketException("Already a member of group");
            }
            try {
                channel.join(address, chosen);
            } catch (ClosedChannelException closed) {
                throw SocketExceptions.socketException(closed);
            }
        }
    }

    void leave(SocketAddress group, NetworkInterface on) throws IOException {
        InetAddress address = address(group);
        synchronized (adapted.membershipLock()) {
            MembershipKey membership = adapted.membership(address, on != null ? on : defaultInterface(address));
            if (membership == null) {
                throw new SocketException("Not a member of group");
            }
            membership.drop();
        }
    }

    void join(InetAddress group) throws IOException {
        try {
            join(new InetSocketAddress(Objects.requireNonNull(group), 0), null);
        } catch (IllegalArgumentException unfit) {
            throw new SocketException(unfit.getMessage(), unfit);
        }
    }

    void leave(InetAddress group) throws IOException {
        leave(new InetSocketAddress(Objects.requireNonNull(group), 0), null);
    }

    private static InetAddress address(SocketAddress group) throws SocketException {
        if (!(group instanceof InetSocketAddress inet)) {
            throw new IllegalArgumentException("not an address of a group: " + group);
        }
        if (inet.isUnresolved()) {
            throw new IllegalArgumentException("not an address but a name: " + group);
        }
        if (!inet.getAddress().isMulticastAddress()) {
            throw new SocketException("Not a multicast address");
        }
        return inet.getAddress();
    }

    /** The interface that datagrams go out by if one is set, and otherwise the first one that can carry the group. */
    private NetworkInterface defaultInterface(InetAddress group) throws IOException {
        NetworkInterface outgoing = outgoing();
        if (outgoing != null) {
            return outgoing;
        }
        NetworkInterface loopback = null;
        for (NetworkInterface candidate : NetworkInterface.networkInterfaces().toList()) {
            if (candidate.isUp() && hasAddressLike(group, candidate)) {
                if (candidate.isLoopback()) {
                    loopback = candidate;
                } else if (candidate.supportsMulticast()) {
                    return candidate;
                }
            }
        }
        if (loopback == null) {
            throw new SocketException("no interface can carry " + group.getHostAddress());
        }
        return loopback;
    }

    private NetworkInterface outgoing() throws SocketException {
        return ChannelOptions.get(channel, StandardSocketOptions.IP_MULTICAST_IF);
    }

    private static boolean hasAddressLike(InetAddress group, NetworkInterface candidate) {
        return candidate.inetAddresses().anyMatch(address -> address.getClass() == group.getClass());
    }

    synchronized void setInterface(InetAddress address) throws SocketException {
        if (address == null) {
            throw new SocketException("the address of the interface is null");
        }
        NetworkInterface on = NetworkInterface.getByInetAddress(address);
        if (on == null) {
            throw new SocketException("no interface has the address " + address.getHostAddress());
        }
        ChannelOptions.set(channel, StandardSocketOptions.IP_MULTICAST_IF, on);
        interfaceAddress = address;
    }

    synchronized InetAddress getInterface() throws SocketException {
        NetworkInterface on = outgoing();
        if (on == null) {
            return anyAddress();
        }
        if (interfaceAddress != null && on.equals(NetworkInterface.getByInetAddress(interfaceAddress))) {
            return interfaceAddress;
        }
        InetAddress ipv4 = MulticastInterface.ipv4Address(on);
        return ipv4 != null ? ipv4 : on.inetAddresses().findFirst().orElse(anyAddress());
    }
}
