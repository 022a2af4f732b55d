package dev.kqueue.nio.parity;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** A connection that the peer has reset: each operation, and each operation after each other one. */
final class ResetBehaviour extends Behaviour {
    private interface Operation {
        Object on(SocketChannel channel) throws Exception;
    }

    private static final Map<String, Operation> OPERATIONS = new LinkedHashMap<>();
    private static final Map<String, Operation> OF_STREAMS = new LinkedHashMap<>();

    static {
        OPERATIONS.put("read", channel -> channel.read(ByteBuffer.allocate(8)));
        OPERATIONS.put("read direct", channel -> channel.read(ByteBuffer.allocateDirect(8)));
        OPERATIONS.put("scatter", channel -> channel.read(two(8)));
        OPERATIONS.put("write", channel -> channel.write(ByteBuffer.allocate(8)));
        OPERATIONS.put("write direct", channel -> channel.write(ByteBuffer.allocateDirect(8)));
        OPERATIONS.put("write much", channel -> channel.write(ByteBuffer.allocate(1 << 20)));
        OPERATIONS.put("gather", channel -> channel.write(two(8)));
        OPERATIONS.put("urgent", channel -> done(() -> channel.socket().sendUrgentData(1)));
        OPERATIONS.put("shutdownInput", channel -> done(channel::shutdownInput));
        OPERATIONS.put("shutdownOutput", channel -> done(channel::shutdownOutput));
        OPERATIONS.put("available", channel -> channel.socket().getInputStream().available());
        OPERATIONS.put("getLocalAddress", SocketChannel::getLocalAddress);
        OPERATIONS.put("getRemoteAddress", SocketChannel::getRemoteAddress);
        OPERATIONS.put("setOption", channel -> done(() -> channel.setOption(StandardSocketOptions.TCP_NODELAY, true)));
        OPERATIONS.put("close", channel -> done(channel::close));
        OF_STREAMS.put("stream read", channel -> channel.socket().getInputStream().read());
        OF_STREAMS.put("stream write", channel -> done(() -> channel.socket().getOutputStream().write(new byte[8])));
    }

    /** What a channel of the Unix domain has not. */
    private static final Set<String> OF_INET =
            Set.of("urgent", "available", "setOption", "getLocalAddress", "getRemoteAddress");

    private static Object done(Action action) throws Exception {
        action.run();
        return "fine";
    }

    @Override
    void run() throws Exception {
        pairs(false, OPERATIONS);
        Map<String, Operation> blocking = new LinkedHashMap<>(OPERATIONS);
        blocking.putAll(OF_STREAMS);
        pairs(true, blocking);
        for (Map.Entry<String, Operation> each : OPERATIONS.entrySet()) {
            if (!OF_INET.contains(each.getKey())) {
                scenario("reset, unix", () -> unix(each.getKey(), each.getValue()));
            }
        }
        scenario("reset, registered", this::registered);
        scenario("closed by the peer", this::closedByPeer);
    }

    private void pairs(boolean blocking, Map<String, Operation> operations) throws Exception {
        for (Map.Entry<String, Operation> first : operations.entrySet()) {
            for (Map.Entry<String, Operation> second : operations.entrySet()) {
                scenario(
                        "reset, " + (blocking ? "blocking" : "non-blocking") + ", " + first.getKey(),
                        () -> {
                            SocketChannel channel = reset(pair());
                            channel.configureBlocking(blocking);
                            step("first", () -> first.getValue().on(channel));
                            step("then " + second.getKey(), () -> second.getValue().on(channel));
                        });
            }
        }
    }

    /** The first of the pair, whose peer has reset the connection; the reset has come. */
    private static SocketChannel reset(SocketChannel[] pair) throws IOException {
        pair[1].setOption(StandardSocketOptions.SO_LINGER, 0);
        pair[1].close();
        awaitEvent(pair[0]);
        return pair[0];
    }

    private static void awaitEvent(SocketChannel channel) throws IOException {
        try (Selector selector = Selector.open()) {
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
            selector.select();
        }
        channel.configureBlocking(true);
    }

    /** The peer closes with bytes unread: Linux takes that for a reset. */
    private void unix(String name, Operation operation) throws IOException {
        Path path = Files.createTempDirectory("reset").resolve("s");
        ServerSocketChannel listener = closing(ServerSocketChannel.open(StandardProtocolFamily.UNIX));
        listener.bind(UnixDomainSocketAddress.of(path));
        SocketChannel channel = closing(SocketChannel.open(listener.getLocalAddress()));
        SocketChannel peer = closing(listener.accept());
        Files.delete(path);
        Files.delete(path.getParent());
        channel.write(ByteBuffer.allocate(8));
        peer.close();
        step(name, () -> operation.on(channel));
        step(name + " again", () -> operation.on(channel));
        step(name + ", then read", () -> channel.read(ByteBuffer.allocate(8)));
        step(name + ", then write", () -> channel.write(ByteBuffer.allocate(8)));
    }

    private void registered() throws IOException {
        SocketChannel channel = pair()[0];
        Selector selector = closing(Selector.open());
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.SO_LINGER, 10);
        channel.register(selector, SelectionKey.OP_READ);
        change("close", channel::close);
        SocketChannel[] other = pair();
        other[0].configureBlocking(false);
        SelectionKey key = other[0].register(selector, SelectionKey.OP_READ);
        // Before it is closed, or the local address is not known any more.
        other[0].socket();
        other[1].setOption(StandardSocketOptions.SO_LINGER, 0);
        other[1].close();
        step("select", () -> selector.select() + " " + key.isReadable());
        change("close of the reset one", other[0]::close);
        step("getLocalPort", () -> other[0].socket().getLocalPort() > 0);
        step("selectNow", selector::selectNow);
    }

    private void closedByPeer() throws IOException {
        for (String write : new String[] {"write", "write direct", "gather", "urgent", "stream write"}) {
            SocketChannel[] pair = pair();
            pair[1].close();
            step(write + " until it fails", () -> untilItFails(write, pair[0]));
            step("again", () -> untilItFails(write, pair[0]));
            step("read", () -> pair[0].read(ByteBuffer.allocate(8)));
        }
    }

    private static Object untilItFails(String write, SocketChannel channel) throws Exception {
        Operation operation = write.equals("stream write") ? OF_STREAMS.get(write) : OPERATIONS.get(write);
        while (true) {
            operation.on(channel);
        }
    }
}
