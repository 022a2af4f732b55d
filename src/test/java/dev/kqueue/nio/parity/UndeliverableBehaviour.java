package dev.kqueue.nio.parity;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.LinkedHashMap;
import java.util.Map;

/** Datagrams that cannot be sent, or for which there is no receiver. */
@SuppressWarnings("AddressSelection") // literal addresses are meant
final class UndeliverableBehaviour extends Behaviour {
    private interface Operation {
        Object on(DatagramChannel channel, SocketAddress target) throws Exception;
    }

    private static final Map<String, Operation> INPUT = new LinkedHashMap<>();
    private static final Map<String, Operation> OUTPUT = new LinkedHashMap<>();

    static {
        INPUT.put("read", (channel, _) -> channel.read(ByteBuffer.allocate(8)));
        INPUT.put("read direct", (channel, _) -> channel.read(ByteBuffer.allocateDirect(8)));
        INPUT.put("scatter", (channel, _) -> channel.read(two(8)));
        INPUT.put("receive", (channel, _) -> channel.receive(ByteBuffer.allocate(8)));
        INPUT.put("receive direct", (channel, _) -> channel.receive(ByteBuffer.allocateDirect(8)));
        output(8);
        output(70_000);
    }

    private static void output(int size) {
        String of = " of " + size;
        OUTPUT.put("write" + of, (channel, _) -> channel.write(ByteBuffer.allocate(size)));
        OUTPUT.put("write direct" + of, (channel, _) -> channel.write(ByteBuffer.allocateDirect(size)));
        OUTPUT.put("gather" + of, (channel, _) -> channel.write(two(size)));
        OUTPUT.put("send" + of, (channel, target) -> channel.send(ByteBuffer.allocate(size), target));
        OUTPUT.put("send direct" + of, (channel, target) -> channel.send(ByteBuffer.allocateDirect(size), target));
    }

    @Override
    void run() throws Exception {
        Map<String, Operation> all = new LinkedHashMap<>(INPUT);
        all.putAll(OUTPUT);
        for (Map.Entry<String, Operation> each : all.entrySet()) {
            scenario("no receiver", () -> noReceiver(each.getKey(), each.getValue()));
        }
        scenario("no receiver, unconnected", this::unconnected);
        scenario("no receiver, socket()", this::socket);
        ProtocolFamily[] families = {StandardProtocolFamily.INET, StandardProtocolFamily.INET6};
        for (ProtocolFamily family : families) {
            scenario("not permitted, " + family, () -> notPermitted(family));
        }
    }

    private SocketAddress deserted() throws IOException {
        try (DatagramChannel gone = DatagramChannel.open()) {
            return gone.bind(new InetSocketAddress(LOOPBACK, 0)).getLocalAddress();
        }
    }

    private void noReceiver(String name, Operation operation) throws IOException {
        SocketAddress target = deserted();
        DatagramChannel channel = closing(DatagramChannel.open());
        channel.connect(target);
        channel.configureBlocking(false);
        channel.write(ByteBuffer.allocate(1));
        try (Selector selector = Selector.open()) {
            channel.register(selector, SelectionKey.OP_READ);
            selector.select();
        }
        step(name, () -> operation.on(channel, target));
        step(name + " again", () -> operation.on(channel, target));
    }

    private void unconnected() throws IOException {
        SocketAddress target = deserted();
        DatagramChannel channel = closing(DatagramChannel.open());
        channel.configureBlocking(false);
        for (int size : new int[] {8, 70_000, 8}) {
            step("send " + size, () -> channel.send(ByteBuffer.allocate(size), target));
            step("send direct " + size, () -> channel.send(ByteBuffer.allocateDirect(size), target));
            step("receive", () -> channel.receive(ByteBuffer.allocate(8)));
        }
    }

    private void socket() throws IOException {
        SocketAddress target = deserted();
        DatagramSocket socket = closing(DatagramChannel.open()).socket();
        socket.setSoTimeout(10_000);
        change("send too much", () -> socket.send(new DatagramPacket(new byte[70_000], 70_000, target)));
        socket.connect(target);
        change("send too much, connected", () -> socket.send(new DatagramPacket(new byte[70_000], 70_000)));
        change("send", () -> socket.send(new DatagramPacket(new byte[1], 1)));
        change("receive", () -> socket.receive(new DatagramPacket(new byte[1], 1)));
    }

    private void notPermitted(ProtocolFamily family) throws IOException {
        SocketAddress everybody = new InetSocketAddress("255.255.255.255", 9);
        DatagramChannel channel = closing(DatagramChannel.open(family));
        step("send", () -> channel.send(ByteBuffer.allocate(8), everybody));
        step("send direct", () -> channel.send(ByteBuffer.allocateDirect(8), everybody));
        change("send of the socket", () -> send(channel.socket(), everybody));
        step("connect", () -> closing(DatagramChannel.open(family)).connect(everybody));
        change("connect of the socket", () -> closing(DatagramChannel.open(family)).socket().connect(everybody));
    }

    private static void send(DatagramSocket socket, SocketAddress target) throws IOException {
        socket.setBroadcast(false);
        socket.send(new DatagramPacket(new byte[8], 8, target));
    }
}
