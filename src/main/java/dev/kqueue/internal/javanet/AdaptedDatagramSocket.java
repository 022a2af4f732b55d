package dev.kqueue.internal.javanet;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.MembershipKey;

/** What {@link DatagramSocketAdaptor} needs of a channel besides the methods of {@link DatagramChannel}. */
public interface AdaptedDatagramSocket extends AdaptedChannel {
    /** The same object. */
    DatagramChannel channel();

    /** Connects, also if the socket is connected already: {@link java.net.DatagramSocket#connect}. */
    void reconnect(SocketAddress remote) throws IOException;

    /** Receives a datagram, and waits {@link TimeLimit} nanoseconds at most; null if none has come until then. */
    SocketAddress receive(ByteBuffer dst, long nanos) throws IOException;

    /** The address that the socket is connected to, or null. */
    SocketAddress remoteAddress();

    /** The monitor that guards the memberships. */
    Object membershipLock();

    /** The membership without a source, or null; under the {@link #membershipLock}. */
    MembershipKey membership(InetAddress group, NetworkInterface on);
}
