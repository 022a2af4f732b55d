package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** A read stops short of urgent data: what follows it must be reported all the same. */
class UrgentDataTest {
    private static final int AFTER = 700;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatFollowsUrgentDataIsReported(boolean inline) throws Exception {
        KQueueSelectorProvider provider = KQueueSelectorProvider.instance();
        try (Selector selector = provider.openSelector();
                ServerSocketChannel listener = provider.openServerSocketChannel()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            try (Socket sender = new Socket(InetAddress.getLoopbackAddress(), listener.socket().getLocalPort());
                    SocketChannel receiver = listener.accept()) {
                receiver.socket().setOOBInline(inline);
                receiver.configureBlocking(false);
                receiver.register(selector, SelectionKey.OP_READ);
                ByteBuffer buffer = ByteBuffer.allocate(1000);
                for (int round = 0; round < 20; round++) {
                    sender.getOutputStream().write(new byte[300]);
                    sender.sendUrgentData(1);
                    sender.getOutputStream().write(new byte[AFTER]);
                    // All of it is there before the selector looks: one edge for everything.
                    Thread.sleep(2);
                    int expected = 300 + AFTER + (inline ? 1 : 0);
                    int received = 0;
                    while (received < expected) {
                        assertThat(selector.select(10_000)).as("round %d after %d bytes", round, received).isEqualTo(1);
                        selector.selectedKeys().clear();
                        received += receiver.read(buffer.clear());
                    }
                    assertThat(received).isEqualTo(expected);
                    assertThat(selector.selectNow()).isZero();
                }
            }
        }
    }
}
