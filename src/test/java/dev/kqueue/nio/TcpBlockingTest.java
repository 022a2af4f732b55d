package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;

/** Operations that wait, and what ends them, on both kinds of thread. */
@Timeout(120)
@SuppressWarnings("try") // closing is what is tested
class TcpBlockingTest {
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

    /** More than the kernel takes, both ends' buffers together. */
    private static ByteBuffer tooMuch() {
        return ByteBuffer.allocateDirect(64 << 20);
    }

    // ---- what comes

    @ParameterizedTest
    @EnumSource
    void aReadWaitsForBytes(Threads threads) throws Exception {
        Blocked<Integer> read = Blocked.in(threads, () -> client.read(room()));
        server.write(ByteBuffer.allocate(3));
        assertThat(read.result()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void aReadWithoutRoomWaitsForNothing(Threads threads) throws Exception {
        Blocked<Integer> read = Blocked.in(threads, () -> client.read(room()));
        server.write(ByteBuffer.allocate(3));
        assertThat(read.result()).isEqualTo(3);
        // Although the one before has waited.
        assertThat(threads.call(() -> client.read(ByteBuffer.allocate(0)))).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void aScatteringReadWaitsForBytes(Threads threads) throws Exception {
        Blocked<Long> read = Blocked.in(threads, () -> client.read(new ByteBuffer[] {room(), room()}));
        server.write(ByteBuffer.allocate(150));
        assertThat(read.result()).isEqualTo(150);
    }

    @ParameterizedTest
    @EnumSource
    void aReadWaitsForTheEndOfTheStream(Threads threads) throws Exception {
        Blocked<Integer> read = Blocked.in(threads, () -> client.read(room()));
        server.shutdownOutput();
        assertThat(read.result()).isEqualTo(-1);
    }

    @ParameterizedTest
    @EnumSource
    void aWriteReturnsWhenAllIsWritten(Threads threads) throws Exception {
        int size = 16 << 20;
        Blocked<Integer> write = Blocked.in(threads, () -> client.write(ByteBuffer.allocate(size)));
        assertThat(read(server, size)).isEqualTo(size);
        assertThat(write.result()).isEqualTo(size);
    }

    @ParameterizedTest
    @EnumSource
    void aGatheringWriteReturnsWhenAllIsWritten(Threads threads) throws Exception {
        int size = 4 << 20;
        ByteBuffer[] four = {
            ByteBuffer.allocate(size),
            ByteBuffer.allocateDirect(size),
            ByteBuffer.allocate(size).asReadOnlyBuffer(),
            ByteBuffer.allocateDirect(size)
        };
        Blocked<Long> write = Blocked.in(threads, () -> client.write(four));
        assertThat(read(server, 4 * size)).isEqualTo(4 * size);
        assertThat(write.result()).isEqualTo(4L * size);
        assertThat(four).noneMatch(ByteBuffer::hasRemaining);
    }

    private static int read(SocketChannel channel, int size) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(size);
        int n = 0;
        while (all.hasRemaining() && n >= 0) {
            n = channel.read(all);
        }
        return all.position();
    }

    @ParameterizedTest
    @EnumSource
    void anAcceptWaitsForAConnection(Threads threads) throws Exception {
        try (ServerSocketChannel listener = TcpPair.listener()) {
            Blocked<SocketChannel> accept = Blocked.in(threads, listener::accept);
            try (SocketChannel connecting = SocketChannel.open(listener.getLocalAddress());
                    SocketChannel accepted = accept.result()) {
                assertThat(accepted.getRemoteAddress()).isEqualTo(connecting.getLocalAddress());
                assertThat(accepted.isBlocking()).isTrue();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void readAndWriteDoNotWaitForEachOther(Threads threads) throws Exception {
        Blocked<Integer> read = Blocked.in(threads, () -> client.read(room()));
        assertThat(client.write(ByteBuffer.allocate(5))).isEqualTo(5);
        assertThat(read(server, 5)).isEqualTo(5);
        assertThat(read.isDone()).isFalse();
        server.write(ByteBuffer.allocate(1));
        assertThat(read.result()).isEqualTo(1);
    }

    // ---- close

    @ParameterizedTest
    @EnumSource
    void closeEndsARead(Threads threads) throws Exception {
        Blocked<Integer> read = Blocked.in(threads, () -> client.read(room()));
        client.close();
        assertThat(read.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
        assertThat(server.read(room())).isEqualTo(-1);
    }

    @ParameterizedTest
    @EnumSource
    void closeEndsAWrite(Threads threads) throws Exception {
        ByteBuffer bytes = tooMuch();
        Blocked<Integer> write = Blocked.in(threads, () -> client.write(bytes));
        client.close();
        assertThat(write.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
        assertThat(bytes.position()).isBetween(1, (64 << 20) - 1);
        assertThatThrownBy(() -> client.write(room())).isInstanceOf(ClosedChannelException.class);
    }

    @ParameterizedTest
    @EnumSource
    void closeEndsAReadAndAWriteTogether(Threads threads) throws Exception {
        Blocked<Integer> read = Blocked.in(threads, () -> client.read(room()));
        Blocked<Integer> write = Blocked.in(threads, () -> client.write(tooMuch()));
        client.close();
        assertThat(read.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
        assertThat(write.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
    }

    @ParameterizedTest
    @EnumSource
    void closeEndsEveryReaderInTheQueue(Threads threads) throws Exception {
        Blocked<Integer> first = Blocked.in(threads, () -> client.read(room()));
        var second = threads.start(() -> client.read(room()));
        client.close();
        assertThat(first.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
        assertThatThrownBy(second::get).hasCauseInstanceOf(ClosedChannelException.class);
    }

    @ParameterizedTest
    @EnumSource
    void closeEndsAnAccept(Threads threads) throws Exception {
        try (ServerSocketChannel listener = TcpPair.listener()) {
            Blocked<SocketChannel> accept = Blocked.in(threads, listener::accept);
            listener.close();
            assertThat(accept.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void thePortOfAListenerIsFreeWhenCloseReturns(Threads threads) throws Exception {
        for (int i = 0; i < 200; i++) {
            InetSocketAddress address;
            Blocked<SocketChannel> accept;
            try (ServerSocketChannel listener = ownPort()) {
                address = (InetSocketAddress) listener.getLocalAddress();
                accept = Blocked.in(threads, listener::accept);
            }
            bindAndClose(address);
            assertThat(accept.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
        }
    }

    @Test
    void thePortOfAListenerIsFreeThoughTheThreadInAcceptGetsToRunLate() throws Exception {
        InetSocketAddress address;
        Blocked<SocketChannel> accept;
        try (ServerSocketChannel listener = ownPort()) {
            address = (InetSocketAddress) listener.getLocalAddress();
            accept = Blocked.in(Threads.VIRTUAL, listener::accept);
            occupyCarriers(300);
        }
        bindAndClose(address);
        assertThat(accept.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
    }

    /**
     * A listener on a port that the kernel gives only to those who ask for it by its number: of the others one may go
     * to another program of this machine between close and bind.
     */
    private static ServerSocketChannel ownPort() throws IOException {
        while (true) {
            ServerSocketChannel listener = ServerSocketChannel.open();
            int port = ThreadLocalRandom.current().nextInt(10_000, 30_000);
            try {
                return listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            } catch (BindException taken) {
                listener.close();
            }
        }
    }

    private static void bindAndClose(InetSocketAddress address) throws IOException {
        try (ServerSocketChannel next = ServerSocketChannel.open()) {
            next.bind(address);
        }
    }

    /** Lets no other virtual thread run for a time. */
    private static void occupyCarriers(long millis) throws InterruptedException {
        int carriers =
                Integer.getInteger(
                        "jdk.virtualThreadScheduler.parallelism", Runtime.getRuntime().availableProcessors());
        CountDownLatch occupied = new CountDownLatch(carriers);
        for (int i = 0; i < carriers; i++) {
            Thread.ofVirtual()
                    .start(
                            () -> {
                                occupied.countDown();
                                long begun = System.nanoTime();
                                while (System.nanoTime() - begun < millis * 1_000_000) {
                                    Thread.onSpinWait();
                                }
                            });
        }
        occupied.await();
    }

    @ParameterizedTest
    @EnumSource
    void closeEndsAConnect(Threads threads) throws Exception {
        try (Unanswering unanswering = new Unanswering();
                SocketChannel connecting = SocketChannel.open()) {
            Blocked<Boolean> connect = Blocked.in(threads, () -> connecting.connect(unanswering.address()));
            assertThat(connecting.isConnectionPending()).isTrue();
            connecting.close();
            assertThat(connect.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
            assertThat(connecting.isConnectionPending()).isFalse();
        }
    }

    // ---- interrupt

    @ParameterizedTest
    @EnumSource
    void interruptEndsARead(Threads threads) throws Exception {
        Blocked<Integer> read = Blocked.in(threads, () -> client.read(room()));
        read.interrupt();
        assertThat(read.failure()).isExactlyInstanceOf(ClosedByInterruptException.class);
        assertThat(client.isOpen()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void interruptEndsAWrite(Threads threads) throws Exception {
        Blocked<Integer> write = Blocked.in(threads, () -> client.write(tooMuch()));
        write.interrupt();
        assertThat(write.failure()).isExactlyInstanceOf(ClosedByInterruptException.class);
        assertThat(client.isOpen()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void interruptEndsAnAccept(Threads threads) throws Exception {
        try (ServerSocketChannel listener = TcpPair.listener()) {
            Blocked<SocketChannel> accept = Blocked.in(threads, listener::accept);
            accept.interrupt();
            assertThat(accept.failure()).isExactlyInstanceOf(ClosedByInterruptException.class);
            assertThat(listener.isOpen()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void interruptEndsAConnect(Threads threads) throws Exception {
        try (Unanswering unanswering = new Unanswering();
                SocketChannel connecting = SocketChannel.open()) {
            Blocked<Boolean> connect = Blocked.in(threads, () -> connecting.connect(unanswering.address()));
            connect.interrupt();
            assertThat(connect.failure()).isExactlyInstanceOf(ClosedByInterruptException.class);
            assertThat(connecting.isOpen()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aThreadInterruptedBeforeClosesTheChannel(Threads threads) throws Exception {
        server.write(ByteBuffer.allocate(1));
        threads.call(
                () -> {
                    Thread.currentThread().interrupt();
                    assertThatThrownBy(() -> client.read(room())).isExactlyInstanceOf(ClosedByInterruptException.class);
                    assertThat(Thread.currentThread().isInterrupted()).isTrue();
                    return null;
                });
        assertThat(client.isOpen()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void anAcceptedConnectionOfAnInterruptedThreadDoesNotLeak(Threads threads) throws Exception {
        try (ServerSocketChannel listener = TcpPair.listener();
                SocketChannel connecting = SocketChannel.open(listener.getLocalAddress())) {
            threads.call(
                    () -> {
                        Thread.currentThread().interrupt();
                        assertThatThrownBy(listener::accept).isExactlyInstanceOf(ClosedByInterruptException.class);
                        return null;
                    });
            // What the listener had accepted is closed, too: the client does not wait for ever.
            assertThat(isClosedByPeer(connecting)).isTrue();
        }
    }

    private static boolean isClosedByPeer(SocketChannel channel) {
        try {
            return channel.read(room()) < 0;
        } catch (IOException reset) {
            return true;
        }
    }
}
