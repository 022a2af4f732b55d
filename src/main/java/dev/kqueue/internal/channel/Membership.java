package dev.kqueue.internal.channel;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.channels.MembershipKey;
import java.nio.channels.MulticastChannel;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;

/** One membership of a datagram channel in a multicast group; written under the monitor of its {@link Memberships}. */
final class Membership extends MembershipKey {
    private final Memberships memberships;
    private final InetAddress group;
    private final NetworkInterface networkInterface;
    private final InetAddress source;

    // -- written under the monitor of memberships
    private final Set<InetAddress> blocked = new HashSet<>();
    private volatile boolean valid = true;

    // -- end

    Membership(Memberships memberships, InetAddress group, NetworkInterface networkInterface, InetAddress source) {
        this.memberships = memberships;
        this.group = group;
        this.networkInterface = networkInterface;
        this.source = source;
    }

    boolean isIn(InetAddress otherGroup, NetworkInterface otherInterface) {
        return group.equals(otherGroup) && networkInterface.equals(otherInterface);
    }

    Set<InetAddress> blocked() {
        assert Thread.holdsLock(memberships);
        return blocked;
    }

    void invalidate() {
        assert Thread.holdsLock(memberships);
        valid = false;
    }

    @Override
    public boolean isValid() {
        return valid;
    }

    @Override
    public void drop() {
        memberships.drop(this);
    }

    @Override
    public MembershipKey block(InetAddress sender) throws IOException {
        memberships.block(this, Objects.requireNonNull(sender));
        return this;
    }

    @Override
    public MembershipKey unblock(InetAddress sender) {
        memberships.unblock(this, Objects.requireNonNull(sender));
        return this;
    }

    @Override
    public MulticastChannel channel() {
        return memberships.channel();
    }

    @Override
    public InetAddress group() {
        return group;
    }

    @Override
    public NetworkInterface networkInterface() {
        return networkInterface;
    }

    @Override
    public InetAddress sourceAddress() {
        return source;
    }

    @Override
    public String toString() {
        return "<"
                + group.getHostAddress()
                + ","
                + networkInterface.getName()
                + (source == null ? "" : "," + source.getHostAddress())
                + ">";
    }
}
