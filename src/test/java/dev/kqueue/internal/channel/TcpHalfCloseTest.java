package dev.kqueue.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.nio.Blocked;
import dev.kqueue.nio.TcpPair;
import dev.kqueue.nio.Threads;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;

/** One direction shut down, and connections that end in other ways. */
@Timeout(60)
class TcpHalfCloseTest {
    private TcpPair pair;
    private SocketChannel client;
    private SocketChannel server;

    @BeforeEach
    void open() throws IOException {
        pair = TcpPair.open();
        client = pair.client();
        server = pair.server();
    }

    @AfterEach
    void close() throws IOException {
        pair.close();
    }

    private static ByteBuffer room() {
        return ByteBuffer.allocate(100);
    }

    @Test
    void afterShutdownOutputThePeerReadsTheEndAndMayStillWrite() throws IOException {
        client.write(ByteBuffer.allocate(10));
        client.shutdownOutput();
        assertThat(server.read(room())).isEqualTo(10);
        assertThat(server.read(room())).isEqualTo(-1);
        assertThat(server.read(room())).isEqualTo(-1);
        server.write(ByteBuffer.allocate(20));
        assertThat(client.read(room())).isEqualTo(20);
        assertThatThrownBy(() -> client.write(room())).isInstanceOf(ClosedChannelException.class);
        assertThat(client.isOpen()).isTrue();
    }

    @Test
    void afterShutdownInputReadsFindTheEndAndWritesGoOn() throws IOException {
        server.write(ByteBuffer.allocate(10));
        client.shutdownInput();
        assertThat(client.read(room())).isEqualTo(-1);
        assertThat(client.read(new ByteBuffer[] {room()})).isEqualTo(-1);
        assertThat(client.write(ByteBuffer.allocate(5))).isEqualTo(5);
        assertThat(server.read(room())).isEqualTo(5);
    }

    @ParameterizedTest
    @EnumSource
    void shutdownInputEndsARead(Threads threads) throws Exception {
        for (int i = 0; i < 50; i++) {
            try (TcpPair fresh = TcpPair.open()) {
                Blocked<Integer> read = Blocked.in(threads, () -> fresh.client().read(room()));
                fresh.client().shutdownInput();
                assertThat(read.result()).isEqualTo(-1);
                assertThat(fresh.client().isOpen()).isTrue();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shutdownOutputEndsAWrite(Threads threads) throws Exception {
        int tooMuch = 64 << 20;
        Blocked<Integer> write = Blocked.in(threads, () -> client.write(ByteBuffer.allocateDirect(tooMuch)));
        // A platform thread is in a system call already while it sends the first bytes.
        assertThat(server.read(ByteBuffer.allocate(1))).isOne();
        client.shutdownOutput();
        assertThat(write.result()).isBetween(1, tooMuch - 1);
        assertThatThrownBy(() -> client.write(room())).isInstanceOf(ClosedChannelException.class);
        assertThat(client.isOpen()).isTrue();
    }

    @Test
    void aResetIsToldByEveryRead() throws IOException {
        server.setOption(StandardSocketOptions.SO_LINGER, 0);
        server.close();
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> client.read(room()))
                    .isInstanceOf(SocketException.class)
                    .hasMessage("Connection reset");
        }
        assertThat(client.isOpen()).isTrue();
    }

    @Test
    void shutdownOfAConnectionThatThePeerHasResetSucceeds() throws Exception {
        server.setOption(StandardSocketOptions.SO_LINGER, 0);
        server.close();
        client.shutdownInput();
        client.shutdownOutput();
        assertThat(client.read(room())).isEqualTo(-1);
    }

    @Test
    void thePeerOfARegisteredChannelSeesTheEndBeforeTheSelectorLetsGo() throws IOException {
        try (Selector selector = Selector.open()) {
            client.configureBlocking(false);
            client.register(selector, SelectionKey.OP_READ);
            selector.selectNow();
            client.close();
            assertThat(server.read(room())).isEqualTo(-1);
        }
    }

    @Test
    void aWriterWhoseRegisteredChannelIsClosedIsToldThatAndNotThatThePipeIsBroken() throws Exception {
        for (int i = 0; i < 300; i++) {
            try (TcpPair fresh = TcpPair.open();
                    Selector selector = Selector.open()) {
                SocketChannel channel = fresh.client();
                channel.configureBlocking(false);
                channel.register(selector, SelectionKey.OP_READ);
                CountDownLatch writing = new CountDownLatch(1);
                FutureTask<Void> writer =
                        Threads.PLATFORM.start(
                                () -> {
                                    ByteBuffer bytes = ByteBuffer.allocate(100);
                                    while (true) {
                                        channel.write(bytes.clear());
                                        writing.countDown();
                                    }
                                });
                writing.await();
                channel.close();
                assertThatThrownBy(writer::get).hasCauseInstanceOf(ClosedChannelException.class);
            }
        }
    }

    @Test
    void closingARegisteredChannelThatShallResetResets() throws IOException {
        try (Selector selector = Selector.open()) {
            client.configureBlocking(false);
            client.register(selector, SelectionKey.OP_READ);
            selector.selectNow();
            client.setOption(StandardSocketOptions.SO_LINGER, 0);
            client.close();
            selector.selectNow();
            assertThatThrownBy(() -> server.read(room())).hasMessage("Connection reset");
        }
    }

    @Test
    void closingARegisteredChannelThatLingersDoesNotHoldUpTheSelector() throws Exception {
        try (Selector selector = Selector.open()) {
            TcpPair.fill(client);
            client.configureBlocking(false);
            client.register(selector, SelectionKey.OP_READ);
            client.setOption(StandardSocketOptions.SO_LINGER, 30);
            client.close();
            long begun = System.nanoTime();
            selector.selectNow();
            assertThat(System.nanoTime() - begun).isLessThan(10_000_000_000L);
        }
    }

    @Test
    void writingToAPeerThatIsGoneFails() throws Exception {
        server.close();
        assertThatThrownBy(
                        () -> {
                            for (int i = 0; i < 100; i++) {
                                client.write(ByteBuffer.allocate(1000));
                                Thread.sleep(1);
                            }
                        })
                .isInstanceOf(IOException.class)
                .hasMessageMatching("Broken pipe|Connection reset");
        assertThat(client.isOpen()).isTrue();
    }
}
