package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** A connection that the peer has reset, of which some kernels keep nothing. */
class TcpResetTest {
    private ServerSocketChannel listener;
    private SocketChannel client;
    private SocketChannel server;

    @BeforeEach
    void open() throws IOException {
        listener = TcpPair.listener();
        client = SocketChannel.open(listener.getLocalAddress());
        server = listener.accept();
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
        listener.close();
    }

    /** Has one end reset, and the other one hear of it. */
    private static void reset(SocketChannel by, SocketChannel other) throws IOException {
        other.configureBlocking(false);
        try (Selector selector = Selector.open()) {
            other.register(selector, SelectionKey.OP_READ);
            by.setOption(StandardSocketOptions.SO_LINGER, 0).close();
            assertThat(selector.select()).isEqualTo(1);
        }
        assertThatThrownBy(() -> other.read(ByteBuffer.allocate(1))).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void keepsItsAddresses(boolean accepted) throws IOException {
        SocketAddress ofServer = listener.getLocalAddress();
        SocketAddress ofClient = server.getRemoteAddress();
        SocketChannel left = accepted ? server : client;
        reset(accepted ? client : server, left);
        assertThat(left.getLocalAddress()).isEqualTo(accepted ? ofServer : ofClient);
        assertThat(left.getRemoteAddress()).isEqualTo(accepted ? ofClient : ofServer);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void canBeShutDownAndClosed(boolean linger) throws IOException {
        if (linger) {
            client.setOption(StandardSocketOptions.SO_LINGER, 1);
        }
        reset(server, client);
        client.shutdownInput().shutdownOutput();
        client.close();
        assertThat(client.isOpen()).isFalse();
    }
}
