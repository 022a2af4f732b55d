package dev.kqueue.tool.doctor;

import static dev.kqueue.tool.doctor.Expectation.PATIENCE;
import static dev.kqueue.tool.doctor.Expectation.require;

import dev.kqueue.nio.KQueueSelector;
import dev.kqueue.nio.KQueueSelectorProvider;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Self-tests of the selector and its channels. */
final class SelectorTests {
    private SelectorTests() {}

    private static final ByteBuffer MESSAGE =
            ByteBuffer.wrap("does it work?".getBytes(StandardCharsets.US_ASCII)).asReadOnlyBuffer();

    /** A server that echoes and its client, both in the thread of one selector. */
    static void echo() throws IOException {
        KQueueSelectorProvider provider = new KQueueSelectorProvider();
        List<SocketChannel> accepted = new ArrayList<>();
        ByteBuffer received = ByteBuffer.allocate(MESSAGE.remaining());
        try (Selector selector = provider.openSelector();
                ServerSocketChannel server = provider.openServerSocketChannel();
                SocketChannel client = provider.openSocketChannel()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).configureBlocking(false);
            server.register(selector, SelectionKey.OP_ACCEPT);
            client.configureBlocking(false);
            SelectionKey registered = client.register(selector, SelectionKey.OP_CONNECT, received);
            if (client.connect(server.getLocalAddress())) {
                send(client, registered);
            }
            while (received.hasRemaining()) {
                int ready = selector.select(key -> serve(key, accepted), PATIENCE.toMillis());
                require(ready > 0, "nothing is ready, with " + received.position() + " bytes echoed");
            }
            require(received.flip().equals(MESSAGE), "the echo is another than what was sent");
        } finally {
            for (SocketChannel connection : accepted) {
                connection.close();
            }
        }
    }

    private static void send(SocketChannel client, SelectionKey key) throws IOException {
        client.write(MESSAGE.duplicate());
        key.interestOps(SelectionKey.OP_READ);
    }

    private static void serve(SelectionKey key, List<SocketChannel> accepted) {
        try {
            if (key.channel() instanceof ServerSocketChannel server) {
                SocketChannel connection = server.accept();
                if (connection != null) {
                    accepted.add(connection);
                    connection.configureBlocking(false);
                    connection.register(key.selector(), SelectionKey.OP_READ);
                }
            } else if (key.attachment() instanceof ByteBuffer received) {
                SocketChannel client = (SocketChannel) key.channel();
                if (key.isConnectable()) {
                    client.finishConnect();
                    send(client, key);
                } else {
                    client.read(received);
                }
            } else {
                SocketChannel connection = (SocketChannel) key.channel();
                ByteBuffer bytes = ByteBuffer.allocate(MESSAGE.remaining());
                connection.read(bytes);
                connection.write(bytes.flip());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A wakeup ends a wait, or prevents the next. */
    static void wakeup() throws Exception {
        try (KQueueSelector selector = KQueueSelector.open()) {
            for (int i = 0; i < 10; i++) {
                long start = System.nanoTime();
                Thread waker = Thread.ofPlatform().start(selector::wakeup);
                selector.select(PATIENCE.toMillis());
                waker.join();
                require(System.nanoTime() - start < PATIENCE.toNanos(), "a wakeup did not end the wait");
            }
        }
    }
}
