package dev.kqueue.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.nio.TcpPair;
import dev.kqueue.nio.Threads;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.FutureTask;

/** Connecting with and without a selector: what is ready when. */
@Timeout(60)
class TcpConnectTest {
    /** Selects until the key is ready, and returns what for. */
    private static int ready(Selector selector, SelectionKey key) throws IOException {
        while (!selector.selectedKeys().contains(key)) {
            selector.select();
        }
        selector.selectedKeys().clear();
        return key.readyOps();
    }

    private static SocketChannel nonBlocking() throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        return channel;
    }

    @Test
    void connectableOnceAndThenReadableAndWritable() throws IOException {
        try (ServerSocketChannel listener = TcpPair.listener();
                Selector selector = Selector.open();
                SocketChannel channel = nonBlocking()) {
            boolean connected = channel.connect(listener.getLocalAddress());
            SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT);
            if (!connected) {
                assertThat(ready(selector, key)).isEqualTo(SelectionKey.OP_CONNECT);
                assertThat(channel.finishConnect()).isTrue();
            }
            try (SocketChannel accepted = listener.accept()) {
                // Connectable no more, although the program still asks.
                assertThat(selector.selectNow()).isZero();
                accepted.write(ByteBuffer.allocate(10));
                key.interestOps(SelectionKey.OP_READ);
                assertThat(ready(selector, key)).isEqualTo(SelectionKey.OP_READ);
                key.interestOps(SelectionKey.OP_WRITE);
                assertThat(ready(selector, key)).isEqualTo(SelectionKey.OP_WRITE);
                key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                assertThat(ready(selector, key)).isEqualTo(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
            }
        }
    }

    @Test
    void registeredBeforeConnectingIsNotReadyUntilConnected() throws IOException {
        try (ServerSocketChannel listener = TcpPair.listener();
                Selector selector = Selector.open();
                SocketChannel channel = nonBlocking()) {
            int all = SelectionKey.OP_CONNECT | SelectionKey.OP_READ | SelectionKey.OP_WRITE;
            SelectionKey key = channel.register(selector, all);
            assertThat(selector.selectNow()).isZero();
            assertThat(selector.select(20)).isZero();
            if (!channel.connect(listener.getLocalAddress())) {
                assertThat(ready(selector, key)).isEqualTo(SelectionKey.OP_CONNECT);
                assertThat(channel.finishConnect()).isTrue();
            }
            // Without a change of interest.
            assertThat(ready(selector, key)).isEqualTo(SelectionKey.OP_WRITE);
            try (SocketChannel accepted = listener.accept()) {
                accepted.write(ByteBuffer.allocate(1));
                while (ready(selector, key) != (SelectionKey.OP_READ | SelectionKey.OP_WRITE)) {
                    Thread.onSpinWait();
                }
            }
        }
    }

    @Test
    void aSelectInProgressLearnsThatAnotherThreadHasConnected() throws Exception {
        for (int i = 0; i < 200; i++) {
            try (ServerSocketChannel listener = TcpPair.listener();
                    Selector selector = Selector.open();
                    SocketChannel channel = nonBlocking()) {
                SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
                FutureTask<Integer> select = Threads.PLATFORM.start(() -> ready(selector, key));
                if (i % 2 == 0) {
                    Thread.sleep(1);
                }
                boolean connected = channel.connect(listener.getLocalAddress());
                try (SocketChannel accepted = listener.accept()) {
                    // The bytes are there before the program has finished connecting.
                    accepted.write(ByteBuffer.allocate(1));
                    while (!connected) {
                        connected = channel.finishConnect();
                    }
                    assertThat(select.get()).isEqualTo(SelectionKey.OP_READ);
                }
            }
        }
    }

    @Test
    void aRefusalIsConnectableAndFinishConnectTellsIt() throws IOException {
        SocketAddress refusing = TcpPair.refusing();
        try (Selector selector = Selector.open();
                SocketChannel channel = nonBlocking()) {
            SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT | SelectionKey.OP_READ);
            assertThatThrownBy(
                            () -> {
                                if (!channel.connect(refusing)) {
                                    assertThat(ready(selector, key)).isEqualTo(SelectionKey.OP_CONNECT);
                                    channel.finishConnect();
                                }
                            })
                    .isInstanceOf(ConnectException.class)
                    .hasMessage("Connection refused");
            assertThat(channel.isOpen()).isFalse();
            assertThat(key.isValid()).isFalse();
            assertThatThrownBy(channel::finishConnect).isExactlyInstanceOf(ClosedChannelException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBlockingRefusalClosesTheChannel(Threads threads) throws Exception {
        SocketAddress refusing = TcpPair.refusing();
        threads.call(
                () -> {
                    try (SocketChannel channel = SocketChannel.open()) {
                        assertThatThrownBy(() -> channel.connect(refusing))
                                .isInstanceOf(ConnectException.class)
                                .hasMessage("Connection refused");
                        assertThat(channel.isOpen()).isFalse();
                    }
                    return null;
                });
    }

    @Test
    void begunWithoutBlockingAndFinishedBlocking() throws IOException {
        try (ServerSocketChannel listener = TcpPair.listener();
                SocketChannel channel = nonBlocking()) {
            boolean connected = channel.connect(listener.getLocalAddress());
            channel.configureBlocking(true);
            assertThat(connected || channel.finishConnect()).isTrue();
            assertThat(channel.isConnected()).isTrue();
        }
    }

    @Test
    void manyConnectionsOfOneSelectorAllConnect() throws IOException {
        // With room for all in any system's queue (somaxconn is 128 on FreeBSD and NetBSD): FreeBSD resets what
        // overflows
        // it, and Linux drops that after having told the client that it is connected.
        int connections = 120;
        InetSocketAddress any = new InetSocketAddress(TcpPair.LOOPBACK, 0);
        try (ServerSocketChannel listener = ServerSocketChannel.open().bind(any, connections);
                Selector selector = Selector.open()) {
            listener.configureBlocking(false);
            listener.register(selector, SelectionKey.OP_ACCEPT);
            int connected = 0;
            int read = 0;
            for (int i = 0; i < connections; i++) {
                SocketChannel channel = nonBlocking();
                if (channel.connect(listener.getLocalAddress())) {
                    connected++;
                    channel.register(selector, SelectionKey.OP_READ);
                } else {
                    channel.register(selector, SelectionKey.OP_CONNECT);
                }
            }
            while (read < connections) {
                selector.select();
                for (SelectionKey key : selector.selectedKeys()) {
                    if (key.isAcceptable()) {
                        for (SocketChannel accepted; (accepted = listener.accept()) != null; ) {
                            accepted.write(ByteBuffer.allocate(1));
                            accepted.close();
                        }
                    } else if (key.isConnectable()) {
                        assertThat(((SocketChannel) key.channel()).finishConnect()).isTrue();
                        connected++;
                        key.interestOps(SelectionKey.OP_READ);
                    } else if (key.isReadable()) {
                        ByteBuffer two = ByteBuffer.allocate(2);
                        if (((SocketChannel) key.channel()).read(two) < 0) {
                            key.channel().close();
                            read++;
                        }
                    }
                }
                selector.selectedKeys().clear();
            }
            assertThat(connected).isEqualTo(connections);
        }
    }
}
