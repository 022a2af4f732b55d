package dev.kqueue.nio.parity;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.MembershipKey;
import java.util.List;

/** What datagram channels do, on whatever provider this JVM has: a program that prints it. */
@SuppressWarnings({"ReferenceEquality", "AddressSelection"}) // identity and literal addresses are meant
final class DatagramBehaviour extends Behaviour {
    private static final SocketAddress FOREIGN = new SocketAddress() {};
    private static final SocketAddress NAME = InetSocketAddress.createUnresolved("example", 1);

    public static void main(String[] args) throws Exception {
        all().forEach(System.out::println);
    }

    static List<String> all() throws Exception {
        List<String> lines = new DatagramBehaviour().lines();
        lines.addAll(new DatagramSocketBehaviour().lines());
        return lines;
    }

    @Override
    void run() throws Exception {
        scenario("never bound", this::neverBound);
        scenario("bound", this::bound);
        scenario("connected", this::connected);
        scenario("closed", this::closed);
        scenario("disconnect", this::disconnect);
        scenario("families", this::families);
        scenario("bad arguments", this::badArguments);
        scenario("any address", this::anyAddress);
        scenario("join", this::join);
        scenario("join IPv6", this::join6);
    }

    private DatagramChannel receiver() throws IOException {
        DatagramChannel channel = closing(DatagramChannel.open()).bind(new InetSocketAddress(LOOPBACK, 0));
        channel.configureBlocking(false);
        return channel;
    }

    private void inspect(DatagramChannel channel) {
        step("isOpen", channel::isOpen);
        step("isConnected", channel::isConnected);
        step("getLocalAddress", channel::getLocalAddress);
        step("getRemoteAddress", channel::getRemoteAddress);
        step("validOps", channel::validOps);
        step("isBlocking", channel::isBlocking);
    }

    private static ByteBuffer bytes(int count) {
        return ByteBuffer.allocate(count);
    }

    private static ByteBuffer readOnly() {
        return bytes(1).asReadOnlyBuffer();
    }

    private void neverBound() throws IOException {
        DatagramChannel channel = closing(DatagramChannel.open());
        inspect(channel);
        step("read", () -> channel.read(bytes(1)));
        step("read null", () -> channel.read((ByteBuffer) null));
        step("read into read-only", () -> channel.read(readOnly()));
        step("scatter", () -> channel.read(two(1)));
        step("write", () -> channel.write(bytes(1)));
        step("write null", () -> channel.write((ByteBuffer) null));
        step("gather", () -> channel.write(two(1)));
        step("receive null", () -> channel.receive(null));
        step("receive into read-only", () -> channel.receive(readOnly()));
        step("disconnect", () -> channel.disconnect() == channel);
        channel.configureBlocking(false);
        step("receive", () -> channel.receive(bytes(1)));
        step("getLocalAddress after receive", channel::getLocalAddress);
        step("bind after receive", () -> channel.bind(null));
        DatagramChannel sender = closing(DatagramChannel.open());
        step("send", () -> sender.send(bytes(3), receiver().getLocalAddress()));
        step("getLocalAddress after send", sender::getLocalAddress);
        step("bind after send", () -> sender.bind(null));
        step("supported", () -> names(channel.supportedOptions()));
    }

    private void bound() throws IOException {
        DatagramChannel channel = closing(DatagramChannel.open());
        step("bind", () -> channel.bind(null) == channel);
        inspect(channel);
        step("bind again", () -> channel.bind(null));
        DatagramChannel other = receiver();
        inspect(other);
        step("send nothing", () -> channel.send(bytes(0), other.getLocalAddress()));
        ByteBuffer dst = bytes(5);
        step("receive nothing", () -> other.receive(dst));
        step("position", dst::position);
        step("send more than there is room for", () -> channel.send(bytes(7), other.getLocalAddress()));
        step("receive a part", () -> other.receive(dst));
        step("position", dst::position);
        step("send to no room", () -> channel.send(bytes(7), other.getLocalAddress()));
        step("receive with no room", () -> other.receive(dst));
        step("receive again", () -> other.receive(bytes(1)));
        step("send read-only", () -> channel.send(readOnly(), other.getLocalAddress()));
        step("receive read-only", () -> other.receive(bytes(1)));
        step("send too much", () -> channel.send(bytes(70_000), other.getLocalAddress()));
        ByteBuffer src = ByteBuffer.allocateDirect(10).position(4);
        step("send direct", () -> channel.send(src, other.getLocalAddress()));
        step("position", src::position);
        ByteBuffer direct = ByteBuffer.allocateDirect(10).position(1);
        step("receive direct", () -> other.receive(direct));
        step("position", direct::position);
        step(
                "bind to the same",
                () -> closing(DatagramChannel.open()).bind(new InetSocketAddress(LOOPBACK, port(other))));
    }

    private static int port(DatagramChannel channel) throws IOException {
        return ((InetSocketAddress) channel.getLocalAddress()).getPort();
    }

    private void connected() throws IOException {
        DatagramChannel peer = receiver();
        DatagramChannel channel = closing(DatagramChannel.open());
        step("connect", () -> channel.connect(peer.getLocalAddress()) == channel);
        inspect(channel);
        step("connect again", () -> channel.connect(peer.getLocalAddress()));
        step("bind", () -> channel.bind(null));
        step("write", () -> channel.write(bytes(3)));
        step("write nothing", () -> channel.write(bytes(0)));
        step("gather nothing", () -> channel.write(two(0)));
        step("gather", () -> channel.write(two(3)));
        step("gather of no buffers", () -> channel.write(new ByteBuffer[0]));
        step("send to the peer", () -> channel.send(bytes(2), peer.getLocalAddress()));
        step("send to another", () -> channel.send(bytes(2), new InetSocketAddress(LOOPBACK, 7)));
        step("send to null", () -> channel.send(bytes(2), null));
        step("write too much", () -> channel.write(ByteBuffer.allocateDirect(70_000)));
        for (int i = 0; i < 4; i++) {
            ByteBuffer dst = bytes(10);
            step("peer receives", () -> peer.receive(dst));
            step("so much", dst::position);
        }
        peer.connect(channel.getLocalAddress());
        peer.write(bytes(7));
        step("receive", () -> channel.receive(bytes(10)));
        peer.write(bytes(7));
        step("read", () -> channel.read(bytes(10)));
        peer.write(bytes(7));
        step("read a part", () -> channel.read(bytes(3)));
        peer.write(bytes(7));
        step("scatter", () -> channel.read(two(3)));
        step("read with no room", () -> channel.read(bytes(0)));
        step("scatter with no room", () -> channel.read(two(0)));
        step("read into read-only", () -> channel.read(readOnly()));
        step("scatter bad range", () -> channel.read(two(1), 1, 2));
        step("gather bad range", () -> channel.write(two(1), -1, 2));
        channel.configureBlocking(false);
        step("read nothing", () -> channel.read(bytes(10)));
        step("scatter nothing", () -> channel.read(two(10)));
        step("receive nothing", () -> channel.receive(bytes(10)));
    }

    private void closed() throws IOException {
        DatagramChannel channel = closing(DatagramChannel.open()).bind(null);
        SocketAddress peer = receiver().getLocalAddress();
        channel.connect(peer);
        channel.close();
        inspect(channel);
        step("read", () -> channel.read(bytes(1)));
        step("scatter", () -> channel.read(two(1)));
        step("write", () -> channel.write(bytes(1)));
        step("gather", () -> channel.write(two(1)));
        step("receive", () -> channel.receive(bytes(1)));
        step("receive into read-only", () -> channel.receive(readOnly()));
        step("send", () -> channel.send(bytes(1), peer));
        step("send to a foreign address", () -> channel.send(bytes(1), FOREIGN));
        step("bind", () -> channel.bind(null));
        step("connect", () -> channel.connect(peer));
        step("connect to null", () -> channel.connect(null));
        step("disconnect", () -> channel.disconnect() == channel);
        step("get", () -> channel.getOption(StandardSocketOptions.SO_RCVBUF));
        step("set", () -> channel.setOption(StandardSocketOptions.SO_RCVBUF, -1));
        step("set null", () -> channel.setOption(StandardSocketOptions.SO_RCVBUF, null));
        step("configureBlocking", () -> channel.configureBlocking(false));
        step("join", () -> channel.join(InetAddress.getByName("225.4.5.6"), loopbackInterface()));
    }

    private void disconnect() throws IOException {
        SocketAddress peer = receiver().getLocalAddress();
        for (SocketAddress local :
                new SocketAddress[] {null, new InetSocketAddress(0), new InetSocketAddress(LOOPBACK, 0)}) {
            DatagramChannel channel = closing(DatagramChannel.open());
            if (local != null) {
                channel.bind(local);
            }
            for (int i = 0; i < 2; i++) {
                int before = channel.connect(peer).getLocalAddress() == null ? 0 : port(channel);
                channel.disconnect();
                inspect(channel);
                step("same port", () -> port(channel) == before);
                step("send", () -> channel.send(bytes(1), peer));
                step("write", () -> channel.write(bytes(1)));
            }
        }
    }

    private void families() throws IOException {
        for (StandardProtocolFamily family : StandardProtocolFamily.values()) {
            if (family == StandardProtocolFamily.UNIX) {
                continue;
            }
            for (String host : new String[] {"127.0.0.1", "::1", "0.0.0.0", "::"}) {
                DatagramChannel peer = receiver();
                InetSocketAddress target = new InetSocketAddress(host, port(peer));
                step(family + " binds to " + host, () -> bindTo(family, host));
                DatagramChannel channel = closing(DatagramChannel.open(family));
                step(family + " sends to " + host, () -> channel.send(bytes(1), target));
                step(family + " connects to " + host, () -> channel.connect(target).getRemoteAddress());
            }
        }
        step("null", () -> DatagramChannel.open(null));
        step("another", () -> DatagramChannel.open(() -> "ANOTHER"));
    }

    private Object bindTo(StandardProtocolFamily family, String host) throws IOException {
        return closing(DatagramChannel.open(family)).bind(new InetSocketAddress(host, 0)).getLocalAddress();
    }

    private void badArguments() throws IOException {
        DatagramChannel channel = closing(DatagramChannel.open());
        for (SocketAddress address : new SocketAddress[] {null, FOREIGN, NAME, new InetSocketAddress(LOOPBACK, 0)}) {
            String kind =
                    address == null ? "null" : address == FOREIGN ? "foreign" : address == NAME ? "name" : "port 0";
            step("send to " + kind, () -> channel.send(bytes(1), address));
            step("connect to " + kind, () -> channel.connect(address));
            if (address == FOREIGN || address == NAME) {
                step("bind to " + kind, () -> channel.bind(address));
            }
        }
        InetSocketAddress linkLocal = new InetSocketAddress("fe80::1", 9);
        step("bind to a link-local address without scope", () -> closing(DatagramChannel.open()).bind(linkLocal));
        step("connect to a link-local address without scope", () -> closing(DatagramChannel.open()).connect(linkLocal));
        step("send null", () -> channel.send(null, new InetSocketAddress(LOOPBACK, 7)));
        step("get null", () -> channel.getOption(null));
        step("get another's", () -> channel.getOption(StandardSocketOptions.TCP_NODELAY));
        step("set another's", () -> channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true));
        step("set to null", () -> channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, null));
        step("set negative", () -> channel.setOption(StandardSocketOptions.IP_MULTICAST_TTL, -1));
    }

    private void anyAddress() throws IOException {
        DatagramChannel peer = receiver();
        DatagramChannel channel = closing(DatagramChannel.open());
        step("send", () -> channel.send(bytes(1), new InetSocketAddress("0.0.0.0", port(peer))));
        step("receive", () -> peer.receive(bytes(1)));
        step("connect", () -> channel.connect(new InetSocketAddress("0.0.0.0", port(peer))).getRemoteAddress());
        step("write", () -> channel.write(bytes(1)));
        step("receive", () -> peer.receive(bytes(1)));
    }

    private static NetworkInterface loopbackInterface() throws IOException {
        return NetworkInterface.getByInetAddress(LOOPBACK);
    }

    private void join() throws IOException {
        join(StandardProtocolFamily.INET, "225.4.5.6", "127.0.0.1", "::1");
        join(StandardProtocolFamily.INET6, "225.4.5.6", "127.0.0.1", "::1");
        DatagramChannel channel = closing(DatagramChannel.open(StandardProtocolFamily.INET));
        step("IPv6 group", () -> channel.join(InetAddress.getByName("ff02::a"), loopbackInterface()));
    }

    private void join6() throws IOException {
        join(StandardProtocolFamily.INET6, "ff02::a", "::1", "127.0.0.1");
    }

    private void join(StandardProtocolFamily family, String groupName, String sourceName, String foreignName)
            throws IOException {
        DatagramChannel channel = closing(DatagramChannel.open(family));
        NetworkInterface on = loopbackInterface();
        InetAddress group = InetAddress.getByName(groupName);
        InetAddress source = InetAddress.getByName(sourceName);
        MembershipKey key = channel.join(group, on);
        step("key", key::toString);
        step("same key", () -> channel.join(group, on) == key);
        step("group", key::group);
        step("interface", () -> key.networkInterface().equals(on));
        step("source", key::sourceAddress);
        step("channel", () -> key.channel() == channel);
        step("join one source", () -> channel.join(group, on, source));
        step("block", () -> key.block(source) == key);
        step("block again", () -> key.block(source) == key);
        step("block foreign", () -> key.block(InetAddress.getByName(foreignName)));
        step("block group", () -> key.block(group));
        step("block any", () -> key.block(new InetSocketAddress(0).getAddress()));
        step("unblock another", () -> key.unblock(InetAddress.getByName(foreignName)));
        step("unblock", () -> key.unblock(source) == key);
        step("unblock again", () -> key.unblock(source));
        change("drop", key::drop);
        step("valid", key::isValid);
        change("drop again", key::drop);
        step("block dropped", () -> key.block(source));
        step("unblock dropped", () -> key.unblock(source));
        MembershipKey sourceKey = channel.join(group, on, source);
        step("source key", sourceKey::toString);
        step("same source key", () -> channel.join(group, on, source) == sourceKey);
        step("join all sources", () -> channel.join(group, on));
        step("block of source key", () -> sourceKey.block(source));
        step("join no group", () -> channel.join(source, on));
        step("join null", () -> channel.join(null, on));
        step("join on null", () -> channel.join(group, null));
        step("join of null", () -> channel.join(group, on, null));
        step("join of foreign", () -> channel.join(group, on, InetAddress.getByName(foreignName)));
        step("join of group", () -> channel.join(group, on, group));
        channel.close();
        step("valid after close", sourceKey::isValid);
        change("drop after close", sourceKey::drop);
        step("join after close", () -> channel.join(group, on));
    }
}
