package dev.kqueue.nio.parity;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;

/** The socket of a datagram channel. */
@SuppressWarnings({"ReferenceEquality", "AddressSelection"}) // identity and literal addresses are meant
final class DatagramSocketBehaviour extends Behaviour {
    @Override
    void run() throws Exception {
        scenario("socket() never bound", this::neverBound);
        scenario("socket() bound", this::bound);
        scenario("socket() connected", this::connected);
        scenario("socket() closed", this::closed);
        scenario("socket() of a non-blocking channel", this::nonBlocking);
        scenario("socket() bad arguments", this::badArguments);
        scenario("socket() packets", this::packets);
        scenario("socket() groups", this::groups);
    }

    private DatagramChannel open() throws IOException {
        return closing(DatagramChannel.open());
    }

    private void inspect(DatagramSocket socket) {
        step("isBound", socket::isBound);
        step("isConnected", socket::isConnected);
        step("isClosed", socket::isClosed);
        step("getInetAddress", socket::getInetAddress);
        step("has port", () -> socket.getPort() > 0 ? "yes" : socket.getPort());
        step("getRemoteSocketAddress", socket::getRemoteSocketAddress);
        step("getLocalAddress is any", () -> socket.getLocalAddress().isAnyLocalAddress());
        step("has local port", () -> socket.getLocalPort() > 0 ? "yes" : socket.getLocalPort());
        step("getLocalSocketAddress", socket::getLocalSocketAddress);
        step("getSoTimeout", socket::getSoTimeout);
        step("getSendBufferSize", () -> socket.getSendBufferSize() > 0);
        step("getReceiveBufferSize", () -> socket.getReceiveBufferSize() > 0);
        step("getReuseAddress", socket::getReuseAddress);
        step("getBroadcast", socket::getBroadcast);
        step("getTrafficClass", socket::getTrafficClass);
        step("getOption", () -> socket.getOption(StandardSocketOptions.IP_MULTICAST_TTL));
        step("supportedOptions", () -> names(socket.supportedOptions()));
    }

    private void change(DatagramSocket socket) {
        change("setSoTimeout", () -> socket.setSoTimeout(50));
        change("setSoTimeout negative", () -> socket.setSoTimeout(-1));
        change("setSendBufferSize", () -> socket.setSendBufferSize(65536));
        change("setSendBufferSize 0", () -> socket.setSendBufferSize(0));
        change("setReceiveBufferSize", () -> socket.setReceiveBufferSize(65536));
        change("setReceiveBufferSize 0", () -> socket.setReceiveBufferSize(0));
        change("setReuseAddress", () -> socket.setReuseAddress(true));
        change("setBroadcast", () -> socket.setBroadcast(true));
        change("setTrafficClass", () -> socket.setTrafficClass(0x10));
        change("setTrafficClass 256", () -> socket.setTrafficClass(256));
        step("setOption", () -> socket.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 3) == socket);
        change("setOption null", () -> socket.setOption(null, null));
        change("setOption to null", () -> socket.setOption(StandardSocketOptions.IP_MULTICAST_IF, null));
        change("setOption unsupported", () -> socket.setOption(StandardSocketOptions.TCP_NODELAY, true));
    }

    private void neverBound() throws IOException {
        DatagramChannel channel = open();
        DatagramSocket socket = channel.socket();
        step("same socket", () -> channel.socket() == socket);
        step("its channel", () -> socket.getChannel() == channel);
        inspect(socket);
        change(socket);
        inspect(socket);
        change("disconnect", socket::disconnect);
        change("send", () -> socket.send(packet(1, receiver().getLocalSocketAddress())));
        step("bound by send", socket::isBound);
    }

    private DatagramSocket receiver() throws IOException {
        DatagramSocket socket = open().socket();
        socket.bind(new InetSocketAddress(LOOPBACK, 0));
        socket.setSoTimeout(20);
        return socket;
    }

    private static DatagramPacket packet(int length, SocketAddress target) {
        return new DatagramPacket(new byte[length], length, target);
    }

    private static DatagramPacket packet(int length) {
        return new DatagramPacket(new byte[length], length);
    }

    private void bound() throws IOException {
        DatagramSocket socket = receiver();
        inspect(socket);
        change("bind again", () -> socket.bind(null));
        change("receive nothing", () -> socket.receive(packet(1)));
        change("bind another to null", () -> open().socket().bind(null));
    }

    private void connected() throws IOException {
        DatagramSocket peer = receiver();
        DatagramSocket socket = open().socket();
        change("connect", () -> socket.connect(peer.getLocalSocketAddress()));
        inspect(socket);
        change("connect again", () -> socket.connect(peer.getLocalSocketAddress()));
        change("connect to another", () -> socket.connect(LOOPBACK, 7));
        step("remote", socket::getPort);
        change("connect back", () -> socket.connect(peer.getLocalSocketAddress()));
        change("send without address", () -> socket.send(packet(1)));
        change("send to the peer", () -> socket.send(packet(1, peer.getLocalSocketAddress())));
        change("send to another", () -> socket.send(packet(1, new InetSocketAddress(LOOPBACK, 7))));
        DatagramPacket unset = packet(1);
        socket.send(unset);
        step("address set", () -> unset.getSocketAddress().equals(peer.getLocalSocketAddress()));
        change("disconnect", socket::disconnect);
        inspect(socket);
        change("send without address", () -> socket.send(packet(1)));
    }

    private void closed() throws IOException {
        SocketAddress peer = receiver().getLocalSocketAddress();
        DatagramSocket socket = open().socket();
        socket.connect(peer);
        socket.close();
        inspect(socket);
        change(socket);
        change("send", () -> socket.send(packet(1, peer)));
        change("send without address", () -> socket.send(packet(1)));
        change("receive", () -> socket.receive(packet(1)));
        change("bind", () -> socket.bind(null));
        change("connect", () -> socket.connect(peer));
        change("disconnect", socket::disconnect);
        change("close", socket::close);
        change("join", () -> socket.joinGroup(new InetSocketAddress("225.4.5.6", 0), null));
    }

    private void nonBlocking() throws IOException {
        DatagramChannel channel = open();
        channel.configureBlocking(false);
        DatagramSocket socket = channel.socket();
        change("receive", () -> socket.receive(packet(1)));
        change("send", () -> socket.send(packet(1, new InetSocketAddress(LOOPBACK, 7))));
        change("send without address", () -> socket.send(packet(1)));
        change("connect", () -> socket.connect(LOOPBACK, 7));
    }

    private void badArguments() throws IOException {
        DatagramSocket socket = open().socket();
        SocketAddress foreign = new SocketAddress() {};
        change("connect null", () -> socket.connect(null));
        change("connect to foreign", () -> socket.connect(foreign));
        change("connect to name", () -> socket.connect(InetSocketAddress.createUnresolved("example", 1)));
        change("connect to null", () -> socket.connect(null, 1));
        change("connect to port -1", () -> socket.connect(LOOPBACK, -1));
        change("connect to port 65536", () -> socket.connect(LOOPBACK, 65536));
        change("connect to port 0", () -> socket.connect(new InetSocketAddress(LOOPBACK, 0)));
        change("connect to port 0 at once", () -> socket.connect(LOOPBACK, 0));
        change("bind to foreign", () -> socket.bind(foreign));
        change("bind to name", () -> socket.bind(InetSocketAddress.createUnresolved("example", 1)));
        change("send null", () -> socket.send(null));
        change("receive null", () -> socket.receive(null));
        change("send without address", () -> socket.send(packet(1)));
        change("send to port 0", () -> socket.send(packet(1, new InetSocketAddress(LOOPBACK, 0))));
        change("send too much", () -> socket.send(packet(70_000, new InetSocketAddress(LOOPBACK, 7))));
    }

    private void packets() throws IOException {
        DatagramSocket receiver = receiver();
        DatagramSocket sender = receiver();
        DatagramPacket packet = new DatagramPacket(new byte[20], 5, 10);
        for (int length : new int[] {3, 10, 0, 12, 1}) {
            sender.send(packet(length, receiver.getLocalSocketAddress()));
            change("receive " + length, () -> receiver.receive(packet));
            step("length", packet::getLength);
            step("offset", packet::getOffset);
            step("sender", () -> packet.getSocketAddress().equals(sender.getLocalSocketAddress()));
        }
        packet.setLength(2);
        sender.send(packet(7, receiver.getLocalSocketAddress()));
        change("receive with less room", () -> receiver.receive(packet));
        step("length", packet::getLength);
        packet.setData(new byte[9]);
        sender.send(packet(8, receiver.getLocalSocketAddress()));
        change("receive into another array", () -> receiver.receive(packet));
        step("length", packet::getLength);
        step("offset", packet::getOffset);
    }

    private void groups() throws IOException {
        DatagramSocket socket = receiver();
        NetworkInterface on = NetworkInterface.getByInetAddress(LOOPBACK);
        SocketAddress group = new InetSocketAddress("225.4.5.6", 0);
        change("join", () -> socket.joinGroup(group, on));
        change("join again", () -> socket.joinGroup(group, on));
        change("leave", () -> socket.leaveGroup(group, on));
        change("leave again", () -> socket.leaveGroup(group, on));
        change("join null", () -> socket.joinGroup(null, on));
        change("leave null", () -> socket.leaveGroup(null, on));
        change("join foreign", () -> socket.joinGroup(new SocketAddress() {}, on));
        change("join no group", () -> socket.joinGroup(new InetSocketAddress(LOOPBACK, 0), on));
        change("leave no group", () -> socket.leaveGroup(new InetSocketAddress(LOOPBACK, 0), on));
        change("join a name", () -> socket.joinGroup(InetSocketAddress.createUnresolved("example", 0), on));
        change("join on any", () -> socket.joinGroup(group, null));
        change("leave on any", () -> socket.leaveGroup(group, null));
        step("interface", () -> socket.getOption(StandardSocketOptions.IP_MULTICAST_IF));
        step("loop", () -> socket.getOption(StandardSocketOptions.IP_MULTICAST_LOOP));
        step("any is any", () -> InetAddress.getByName("0.0.0.0").isAnyLocalAddress());
    }
}
