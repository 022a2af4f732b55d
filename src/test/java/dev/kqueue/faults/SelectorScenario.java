package dev.kqueue.faults;

import dev.kqueue.nio.KQueueSelector;
import dev.kqueue.nio.KQueueSelectorProvider;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * A scenario with a selector, which also has a connection that nothing happens to. That connection is used afterwards:
 * the selector must still report it.
 */
abstract class SelectorScenario extends Scenario {
    static final KQueueSelectorProvider PROVIDER = new KQueueSelectorProvider();

    private static final int BYTE = 'b';

    KQueueSelector selector;
    private SelectionKey bystander;
    private Socket peer;

    @Override
    void open() throws Exception {
        selector = own(KQueueSelector.open());
        try (ServerSocket listener = listener()) {
            SocketChannel channel = own(PROVIDER.openSocketChannel());
            channel.connect(listener.getLocalSocketAddress());
            peer = own(listener.accept());
            peer.setSoTimeout(PATIENCE_MILLIS);
            channel.configureBlocking(false);
            bystander = channel.register(selector, SelectionKey.OP_READ);
        }
    }

    /** Of the JDK. */
    static ServerSocket listener() throws IOException {
        ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        listener.setSoTimeout(PATIENCE_MILLIS);
        return listener;
    }

    /** Selects, and has keys handled, until a condition holds. */
    void serveUntil(String what, Callable<Boolean> condition) throws Exception {
        until(
                what,
                condition,
                () -> {
                    selector.select(100);
                    // Removed before it is handled: the others stay selected if handling one fails.
                    for (SelectionKey key : List.copyOf(selector.selectedKeys())) {
                        selector.selectedKeys().remove(key);
                        if (key.isValid()) {
                            serve(key);
                        }
                    }
                });
    }

    private void serve(SelectionKey key) throws Exception {
        if (!key.equals(bystander)) {
            handle(key);
            return;
        }
        SocketChannel channel = (SocketChannel) key.channel();
        ByteBuffer bytes = ByteBuffer.allocate(10);
        // A key may be ready for nothing.
        if (channel.read(bytes) > 0) {
            channel.write(bytes.flip());
        }
    }

    /** A key of the scenario's own is ready. */
    abstract void handle(SelectionKey key) throws Exception;

    @Override
    void after() throws Exception {
        peer.getOutputStream().write(BYTE);
        serveUntil("the selector reports the other connection", () -> peer.getInputStream().available() > 0);
        expect(peer.getInputStream().read() == BYTE, "the other connection's byte is wrong");
    }

    /** All that there is to read now, or until the buffer is full. */
    static void readAll(ReadableByteChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining() && channel.read(buffer) > 0) {
            // until nothing is left
        }
    }
}
