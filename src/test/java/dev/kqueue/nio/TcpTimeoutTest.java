package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** The timeouts of the channels' sockets, on both kinds of thread. */
@Timeout(60)
@SuppressWarnings("try") // closing is what is tested
class TcpTimeoutTest {
    private interface Timed {
        void run() throws IOException;
    }

    /** Fails by timeout, not before the time has passed. */
    private static void timesOut(Threads threads, int millis, String message, Timed timed) throws Exception {
        threads.call(
                () -> {
                    long begun = System.nanoTime();
                    assertThatThrownBy(timed::run)
                            .isExactlyInstanceOf(SocketTimeoutException.class)
                            .hasMessage(message);
                    assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(millis * 1_000_000L);
                    return null;
                });
    }

    @ParameterizedTest
    @EnumSource
    void aReadTimesOutAndLeavesTheConnectionAsItIs(Threads threads) throws Exception {
        try (TcpPair pair = TcpPair.open()) {
            Socket socket = pair.client().socket();
            socket.setSoTimeout(30);
            timesOut(threads, 30, "Read timed out", () -> socket.getInputStream().read());
            pair.server().socket().getOutputStream().write(7);
            assertThat(threads.call(() -> socket.getInputStream().read())).isEqualTo(7);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anAcceptTimesOutAndLeavesTheListenerAsItIs(Threads threads) throws Exception {
        try (ServerSocketChannel listener = TcpPair.listener()) {
            ServerSocket socket = listener.socket();
            socket.setSoTimeout(30);
            timesOut(threads, 30, "Accept timed out", socket::accept);
            try (SocketChannel client = SocketChannel.open(listener.getLocalAddress());
                    Socket accepted = threads.call(socket::accept)) {
                assertThat(accepted.getRemoteSocketAddress()).isEqualTo(client.getLocalAddress());
                assertThat(accepted.getChannel().socket()).isSameAs(accepted);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aConnectTimesOutAndClosesTheChannel(Threads threads) throws Exception {
        try (Unanswering unanswering = new Unanswering();
                SocketChannel channel = SocketChannel.open()) {
            timesOut(threads, 30, "Connect timed out", () -> channel.socket().connect(unanswering.address(), 30));
            assertThat(channel.isOpen()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatComesInTimeEndsTheWait(Threads threads) throws Exception {
        try (TcpPair pair = TcpPair.open()) {
            pair.client().socket().setSoTimeout(60_000);
            Blocked<Integer> read = Blocked.in(threads, () -> pair.client().socket().getInputStream().read());
            pair.server().socket().getOutputStream().write(9);
            assertThat(read.result()).isEqualTo(9);
        }
    }

    @ParameterizedTest
    @EnumSource
    void closeEndsATimedRead(Threads threads) throws Exception {
        try (TcpPair pair = TcpPair.open()) {
            pair.client().socket().setSoTimeout(60_000);
            Blocked<Integer> read = Blocked.in(threads, () -> pair.client().socket().getInputStream().read());
            pair.client().socket().close();
            assertThat(read.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSocketWriteReturnsWhenAllIsWritten(Threads threads) throws Exception {
        int size = 16 << 20;
        try (TcpPair pair = TcpPair.open()) {
            Blocked<Void> write =
                    Blocked.in(
                            threads,
                            () -> {
                                pair.client().socket().getOutputStream().write(new byte[size]);
                                return null;
                            });
            assertThat(pair.server().socket().getInputStream().readNBytes(size)).hasSize(size);
            write.result();
        }
    }
}
