package dev.kqueue.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

/** A datagram channel after its connection was taken back: it is what it was before. */
class DatagramDisconnectTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

    private DatagramChannel peer;
    private DatagramChannel channel;

    @BeforeEach
    void open() throws IOException {
        peer = DatagramChannel.open(StandardProtocolFamily.INET).bind(new InetSocketAddress(LOOPBACK, 0));
        channel = DatagramChannel.open(StandardProtocolFamily.INET).bind(new InetSocketAddress(LOOPBACK, 0));
    }

    @AfterEach
    void close() throws IOException {
        peer.close();
        channel.close();
    }

    private void connectAndDisconnect() throws IOException {
        channel.connect(peer.getLocalAddress());
        channel.disconnect();
    }

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }

    @Test
    void keepsItsAddress() throws IOException {
        SocketAddress before = channel.getLocalAddress();
        for (int i = 0; i < 3; i++) {
            connectAndDisconnect();
            assertThat(channel.getLocalAddress()).isEqualTo(before);
            assertThat(channel.getRemoteAddress()).isNull();
        }
        assertThat(((KQueueDatagramChannel) channel).kernelAddress()).as("the kernel's own").isEqualTo(before);
        peer.send(text("x"), before);
        assertThat(channel.receive(ByteBuffer.allocate(1))).isEqualTo(peer.getLocalAddress());
    }

    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void keepsItsPortAndReceivesFromAllAgain(StandardProtocolFamily family) throws IOException {
        try (DatagramChannel any = DatagramChannel.open(family).bind(null)) {
            SocketAddress before = any.getLocalAddress();
            InetAddress loopback = InetAddress.ofLiteral(family == StandardProtocolFamily.INET ? "127.0.0.1" : "::1");
            try (DatagramChannel other = DatagramChannel.open(family).bind(new InetSocketAddress(loopback, 0))) {
                any.connect(other.getLocalAddress());
                any.disconnect();
                assertThat(any.getLocalAddress()).isEqualTo(before);
                int port = ((InetSocketAddress) before).getPort();
                other.send(text("x"), new InetSocketAddress(loopback, port));
                assertThat(any.receive(ByteBuffer.allocate(1))).isEqualTo(other.getLocalAddress());
            }
        }
    }

    @Test
    void keepsItsOptions() throws IOException {
        channel.setOption(StandardSocketOptions.SO_BROADCAST, true)
                .setOption(StandardSocketOptions.SO_REUSEADDR, true)
                .setOption(StandardSocketOptions.IP_MULTICAST_TTL, 7)
                .setOption(StandardSocketOptions.IP_TOS, 8)
                .setOption(StandardSocketOptions.SO_RCVBUF, 30_000);
        int room = channel.getOption(StandardSocketOptions.SO_RCVBUF);
        connectAndDisconnect();
        assertThat(channel.getOption(StandardSocketOptions.SO_BROADCAST)).isTrue();
        assertThat(channel.getOption(StandardSocketOptions.SO_REUSEADDR)).isTrue();
        assertThat(channel.getOption(StandardSocketOptions.IP_MULTICAST_TTL)).isEqualTo(7);
        assertThat(channel.getOption(StandardSocketOptions.IP_TOS)).isEqualTo(8);
        assertThat(channel.getOption(StandardSocketOptions.SO_RCVBUF)).isEqualTo(room);
    }

    @Test
    void staysRegistered() throws IOException {
        try (Selector selector = Selector.open()) {
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
            assertThat(selector.selectNow()).isZero();
            for (int i = 0; i < 3; i++) {
                connectAndDisconnect();
                peer.send(text("x"), channel.getLocalAddress());
                assertThat(selector.select()).isEqualTo(1);
                assertThat(key.isReadable()).isTrue();
                assertThat(channel.receive(ByteBuffer.allocate(1))).isEqualTo(peer.getLocalAddress());
                selector.selectedKeys().clear();
                assertThat(selector.selectNow()).isZero();
            }
        }
    }

    @Test
    void staysMemberOfItsGroups() throws IOException {
        NetworkInterface on = NetworkInterface.getByInetAddress(LOOPBACK);
        InetAddress group = InetAddress.ofLiteral("225.4.5.6");
        try (DatagramChannel member =
                DatagramChannel.open(StandardProtocolFamily.INET).bind(new InetSocketAddress(0))) {
            member.join(group, on);
            member.connect(peer.getLocalAddress());
            member.disconnect();
            peer.setOption(StandardSocketOptions.IP_MULTICAST_IF, on);
            int port = ((InetSocketAddress) member.getLocalAddress()).getPort();
            peer.send(text("x"), new InetSocketAddress(group, port));
            assertThat(member.receive(ByteBuffer.allocate(1))).isEqualTo(peer.getLocalAddress());
        }
    }
}
