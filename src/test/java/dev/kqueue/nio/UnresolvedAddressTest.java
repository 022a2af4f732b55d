package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;

/** Connecting to an address that is but a name. */
class UnresolvedAddressTest {
    private static final InetSocketAddress NAME = InetSocketAddress.createUnresolved("no.such.host", 1);

    @Test
    void connectedSocketStaysConnected() throws IOException {
        try (TcpPair pair = TcpPair.open()) {
            assertThatThrownBy(() -> pair.client().socket().connect(NAME))
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Already connected");
            assertThatThrownBy(() -> pair.client().socket().connect(NAME, 1000))
                    .isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Already connected");
            assertThat(pair.client().isConnected()).isTrue();
            assertThat(pair.client().write(ByteBuffer.allocate(1))).isEqualTo(1);
        }
    }

    @Test
    void unconnectedSocketIsClosed() throws IOException {
        try (SocketChannel channel = SocketChannel.open()) {
            assertThatThrownBy(() -> channel.connect(NAME)).isInstanceOf(UnresolvedAddressException.class);
            assertThat(channel.isOpen()).isTrue();
            assertThatThrownBy(() -> channel.socket().connect(NAME))
                    .isInstanceOf(UnknownHostException.class)
                    .hasMessage("no.such.host/<unresolved>:1");
            assertThat(channel.isOpen()).isFalse();
            assertThatThrownBy(() -> channel.socket().connect(NAME)).hasMessage("Socket is closed");
        }
    }
}
