package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.channels.SelectionKey.OP_READ;
import static java.nio.channels.SelectionKey.OP_WRITE;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** One selection operation reports all connections that are ready, although each has two knotes. */
@Timeout(60)
class ReadyTogetherTest {
    private static final int CONNECTIONS = 200;

    @Test
    void firstLookAtWritableConnectionsFindsThemAll() throws IOException {
        List<SocketChannel> open = new ArrayList<>();
        try (ServerSocketChannel listener = KQueueSelectorProvider.instance().openServerSocketChannel();
                KQueueSelector selector = KQueueSelector.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), CONNECTIONS);
            for (int i = 0; i < CONNECTIONS; i++) {
                SocketChannel channel = KQueueSelectorProvider.instance().openSocketChannel();
                open.add(channel);
                channel.connect(listener.getLocalAddress());
                open.add(listener.accept());
                channel.configureBlocking(false);
                channel.register(selector, OP_READ);
            }
            assertThat(selector.selectNow()).isZero();
            for (SelectionKey key : selector.keys()) {
                key.interestOps(OP_READ | OP_WRITE);
            }
            assertThat(selector.selectNow()).isEqualTo(CONNECTIONS);
        } finally {
            for (SocketChannel channel : open) {
                channel.close();
            }
        }
    }
}
