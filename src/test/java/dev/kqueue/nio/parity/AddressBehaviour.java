package dev.kqueue.nio.parity;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Addresses that cannot be bound or connected to, that are but names, or that lack their scope. */
@SuppressWarnings("AddressSelection") // literal addresses are meant
final class AddressBehaviour extends Behaviour {
    private static final InetSocketAddress NAME = InetSocketAddress.createUnresolved("no.such.host", 1);

    /** TEST-NET-1: no machine has it. */
    private static final InetSocketAddress NOBODYS = new InetSocketAddress("192.0.2.1", 0);

    @Override
    void run() throws Exception {
        scenario("a name, unconnected", () -> name(closing(SocketChannel.open())));
        scenario("a name, bound", () -> name(closing(SocketChannel.open()).bind(new InetSocketAddress(LOOPBACK, 0))));
        scenario("a name, connected", () -> name(pair()[0]));
        scenario("a name, non-blocking", this::nameOfNonBlocking);
        scenario("a name, closed", this::nameOfClosed);
        scenario("in use", this::inUse);
        scenario("not available", this::notAvailable);
        scenario("no way", this::noWay);
        for (NetworkInterface each : NetworkInterface.networkInterfaces().toList()) {
            for (InetAddress address : each.inetAddresses().toList()) {
                if (address instanceof Inet6Address own && own.isLinkLocalAddress()) {
                    scenario("link-local", () -> linkLocal(own));
                }
            }
        }
        scenario("link-local of another", this::foreignLinkLocal);
    }

    private void state(SocketChannel channel) {
        step("isOpen", channel::isOpen);
        step("isConnected", channel::isConnected);
    }

    private void name(SocketChannel channel) {
        step("connect", () -> channel.connect(NAME));
        state(channel);
        change("connect of the socket, negative timeout", () -> channel.socket().connect(null, -1));
        state(channel);
        change("connect of the socket", () -> channel.socket().connect(NAME));
        state(channel);
        change("connect of the socket with a timeout", () -> channel.socket().connect(NAME, 1000));
        change("connect of the socket again, negative timeout", () -> channel.socket().connect(NAME, -1));
        state(channel);
    }

    private void nameOfNonBlocking() throws IOException {
        SocketChannel channel = closing(SocketChannel.open());
        channel.configureBlocking(false);
        change("connect of the socket", () -> channel.socket().connect(NAME));
        state(channel);
    }

    private void nameOfClosed() throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.close();
        name(channel);
    }

    private void inUse() throws IOException {
        SocketAddress used = listening().getLocalAddress();
        step("listener", () -> closing(ServerSocketChannel.open()).bind(used));
        change("listener of java.net", () -> closing(ServerSocketChannel.open()).socket().bind(used));
        step("stream", () -> closing(SocketChannel.open()).bind(used));
        change("stream of java.net", () -> closing(SocketChannel.open()).socket().bind(used));
        SocketAddress taken =
                closing(DatagramChannel.open()).bind(new InetSocketAddress(LOOPBACK, 0)).getLocalAddress();
        step("datagrams", () -> closing(DatagramChannel.open()).bind(taken));
        change("datagrams of java.net", () -> closing(DatagramChannel.open()).socket().bind(taken));
    }

    private void notAvailable() {
        step("listener", () -> closing(ServerSocketChannel.open()).bind(NOBODYS));
        change("listener of java.net", () -> closing(ServerSocketChannel.open()).socket().bind(NOBODYS));
        step("stream", () -> closing(SocketChannel.open()).bind(NOBODYS));
        change("stream of java.net", () -> closing(SocketChannel.open()).socket().bind(NOBODYS));
        step("datagrams", () -> closing(DatagramChannel.open()).bind(NOBODYS));
        change("datagrams of java.net", () -> closing(DatagramChannel.open()).socket().bind(NOBODYS));
    }

    /** From the loopback interface there is no way out. */
    private void noWay() throws IOException {
        InetSocketAddress outside = new InetSocketAddress("192.0.2.1", 9);
        InetSocketAddress loopback = new InetSocketAddress(LOOPBACK, 0);
        step("connect", () -> closing(SocketChannel.open()).bind(loopback).connect(outside));
        SocketChannel stream = closing(SocketChannel.open()).bind(loopback);
        change("connect of the socket", () -> stream.socket().connect(outside, 1000));
        step(
                "connect to everybody",
                () -> closing(SocketChannel.open()).connect(new InetSocketAddress("255.255.255.255", 9)));
        DatagramChannel datagrams = closing(DatagramChannel.open()).bind(loopback);
        step("send", () -> datagrams.send(ByteBuffer.allocate(1), outside));
        change("send of the socket", () -> datagrams.socket().send(new DatagramPacket(new byte[1], 1, outside)));
        step("connect of datagrams", () -> datagrams.connect(outside));
        change("connect of the datagrams' socket", () -> datagrams.socket().connect(outside));
        step("send to port 0", () -> datagrams.send(ByteBuffer.allocate(1), new InetSocketAddress(LOOPBACK, 0)));
        step("connect to port 0", () -> closing(SocketChannel.open()).connect(new InetSocketAddress(LOOPBACK, 0)));
    }

    private void linkLocal(Inet6Address own) throws IOException {
        InetAddress bare = InetAddress.getByAddress(own.getAddress());
        step("listener", () -> closing(ServerSocketChannel.open()).bind(new InetSocketAddress(bare, 0)).isOpen());
        step("stream", () -> closing(SocketChannel.open()).bind(new InetSocketAddress(bare, 0)).getLocalAddress());
        step("datagrams", () -> closing(DatagramChannel.open()).bind(new InetSocketAddress(bare, 0)).getLocalAddress());
        ServerSocketChannel listener = closing(ServerSocketChannel.open()).bind(new InetSocketAddress(own, 0));
        int port = listener.socket().getLocalPort();
        SocketChannel channel = closing(SocketChannel.open());
        step("connect", () -> channel.connect(new InetSocketAddress(bare, port)));
        step("local", channel::getLocalAddress);
        step("remote", channel::getRemoteAddress);
        DatagramChannel datagrams = closing(DatagramChannel.open());
        step("send", () -> datagrams.send(ByteBuffer.allocate(1), new InetSocketAddress(bare, 9)));
        step("connect of datagrams", () -> datagrams.connect(new InetSocketAddress(bare, 9)).getRemoteAddress());
    }

    private void foreignLinkLocal() throws IOException {
        InetAddress nobodys = InetAddress.getByName("fe80::dead:beef:dead:beef");
        step("listener", () -> closing(ServerSocketChannel.open()).bind(new InetSocketAddress(nobodys, 0)));
        step("stream", () -> closing(SocketChannel.open()).bind(new InetSocketAddress(nobodys, 0)));
        step("connect", () -> closing(SocketChannel.open()).connect(new InetSocketAddress(nobodys, 9)));
        step("connect of datagrams", () -> closing(DatagramChannel.open()).connect(new InetSocketAddress(nobodys, 9)));
    }
}
