package dev.kqueue.internal.channel;

import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.socket.Multicast;
import dev.kqueue.internal.socket.SocketDomain;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.nio.channels.MulticastChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The memberships of a datagram channel in multicast groups, guarded by this object's monitor. */
final class Memberships {
    private final MulticastChannel channel;
    private final SocketDomain domain;
    private final Descriptor descriptor;
    private final List<Membership> joined = new ArrayList<>();

    Memberships(MulticastChannel channel, SocketDomain domain, Descriptor descriptor) {
        this.channel = channel;
        this.domain = domain;
        this.descriptor = descriptor;
    }

    MulticastChannel channel() {
        return channel;
    }

    /** As {@link MulticastChannel#join(InetAddress, NetworkInterface)}. */
    synchronized Membership join(InetAddress group, NetworkInterface on) throws IOException {
        checkGroup(group, on);
        return add(group, on, null);
    }

    /** As {@link MulticastChannel#join(InetAddress, NetworkInterface, InetAddress)}. */
    synchronized Membership join(InetAddress group, NetworkInterface on, InetAddress source) throws IOException {
        Objects.requireNonNull(source);
        checkGroup(group, on);
        checkSource(group, source);
        return add(group, on, source);
    }

    private void checkGroup(InetAddress group, NetworkInterface on) {
        if (!group.isMulticastAddress()) {
            throw new IllegalArgumentException("not a multicast address: " + group.getHostAddress());
        }
        Objects.requireNonNull(on);
        domain.requireGroup(group);
    }

    private static void checkSource(InetAddress group, InetAddress source) {
        if (source.isAnyLocalAddress()) {
            throw new IllegalArgumentException("the source is no single address: " + source.getHostAddress());
        }
        if (source.isMulticastAddress()) {
            throw new IllegalArgumentException("the source is a multicast address: " + source.getHostAddress());
        }
        if (source.getClass() != group.getClass()) {
            throw new IllegalArgumentException("the source and the group are of different families");
        }
    }

    private Membership add(InetAddress group, NetworkInterface on, InetAddress source) throws IOException {
        int fd = descriptor.holdOpen();
        try {
            for (Membership other : joined) {
                if (other.isIn(group, on)) {
                    if ((other.sourceAddress() == null) != (source == null)) {
                        throw new IllegalStateException(
                                "already a member, " + (source == null ? "of one source" : "of all sources"));
                    }
                    if (Objects.equals(other.sourceAddress(), source)) {
                        return other;
                    }
                }
            }
            int result = Multicast.join(fd, group, on, source);
            if (result < 0) {
                throw failure(-result, group);
            }
            Membership membership = new Membership(this, group, on, source);
            joined.add(membership);
            return membership;
        } finally {
            descriptor.release();
        }
    }

    private IOException failure(int errno, InetAddress group) {
        if (errno == Errno.EOPNOTSUPP) {
            throw new UnsupportedOperationException("this system cannot tell the sources of a group apart");
        }
        boolean ipv4OnIpv6 = group instanceof Inet4Address && domain.family() == StandardProtocolFamily.INET6;
        if (ipv4OnIpv6 && (errno == Errno.EINVAL || errno == Errno.ENOPROTOOPT)) {
            throw new IllegalArgumentException("an IPv6 socket cannot join an IPv4 group on this system");
        }
        return Errno.socketException(errno);
    }

    /** The membership of all sources; null if there is none. */
    synchronized Membership find(InetAddress group, NetworkInterface on) {
        return joined.stream()
                .filter(membership -> membership.isIn(group, on) && membership.sourceAddress() == null)
                .findFirst()
                .orElse(null);
    }

    synchronized void drop(Membership membership) {
        if (!membership.isValid()) {
            return;
        }
        membership.invalidate();
        joined.remove(membership);
        if (!descriptor.hold()) {
            // Closing leaves every group.
            return;
        }
        try {
            InetAddress group = membership.group();
            NetworkInterface on = membership.networkInterface();
            InetAddress source = membership.sourceAddress();
            ignoreMissing(Multicast.leave(descriptor.fd(), group, on, source));
        } finally {
            descriptor.release();
        }
    }

    /** Ignored: EADDRNOTAVAIL and ENODEV, when the interface has gone and taken the membership along. */
    private static void ignoreMissing(int result) {
        assert result != -Errno.EINVAL && result != -Errno.EBADF : Errno.name(-result);
    }

    synchronized void block(Membership membership, InetAddress sender) throws IOException {
        requireAllSources(membership);
        checkSource(membership.group(), sender);
        if (membership.blocked().contains(sender)) {
            return;
        }
        int fd = descriptor.holdOpen();
        try {
            int result = Multicast.block(fd, membership.group(), membership.networkInterface(), sender);
            if (result < 0) {
                throw failure(-result, membership.group());
            }
            membership.blocked().add(sender);
        } finally {
            descriptor.release();
        }
    }

    synchronized void unblock(Membership membership, InetAddress sender) {
        requireAllSources(membership);
        if (!membership.blocked().remove(sender)) {
            throw new IllegalStateException("not blocked: " + sender.getHostAddress());
        }
        if (descriptor.hold()) {
            try {
                ignoreMissing(
                        Multicast.unblock(descriptor.fd(), membership.group(), membership.networkInterface(), sender));
            } finally {
                descriptor.release();
            }
        }
    }

    private static void requireAllSources(Membership membership) {
        if (!membership.isValid()) {
            throw new IllegalStateException("the key is not valid any more");
        }
        if (membership.sourceAddress() != null) {
            throw new IllegalStateException("the key is of one source");
        }
    }

    /** Joins all groups again, after the socket was replaced by one that is in none. */
    synchronized void rejoin() throws IOException {
        int fd = descriptor.holdOpen();
        try {
            for (Membership membership : joined) {
                InetAddress group = membership.group();
                NetworkInterface on = membership.networkInterface();
                InetAddress source = membership.sourceAddress();
                int result = Multicast.join(fd, group, on, source);
                for (InetAddress blocked : membership.blocked()) {
                    result = Math.min(result, Multicast.block(fd, group, on, blocked));
                }
                if (result < 0) {
                    throw failure(-result, group);
                }
            }
        } finally {
            descriptor.release();
        }
    }

    /** What closing does: it leaves every group. */
    synchronized void invalidateAll() {
        joined.forEach(Membership::invalidate);
        joined.clear();
    }
}
