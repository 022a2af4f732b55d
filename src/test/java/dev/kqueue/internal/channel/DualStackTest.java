package dev.kqueue.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kqueue.internal.socket.InetDomain;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnsupportedAddressTypeException;

/** IPv6 sockets that carry IPv4, and sockets of one family. */
@Timeout(60)
class DualStackTest {
    @BeforeAll
    static void needsBoth() {
        assumeTrue(InetDomain.preferred() == InetDomain.IN6, "no IPv6 with IPv4 on it here");
    }

    private static int port(ServerSocketChannel listener) throws IOException {
        return ((InetSocketAddress) listener.getLocalAddress()).getPort();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void oneListenerTakesBothAndEachSeesAnAddressOfItsOwnKind(String host) throws IOException {
        InetAddress address = InetAddress.ofLiteral(host);
        try (ServerSocketChannel listener = ServerSocketChannel.open().bind(null);
                SocketChannel client = SocketChannel.open(new InetSocketAddress(address, port(listener)));
                SocketChannel accepted = listener.accept()) {
            assertThat(((InetSocketAddress) listener.getLocalAddress()).getAddress().isAnyLocalAddress()).isTrue();
            for (var seen :
                    new Object[] {
                        client.getLocalAddress(),
                        client.getRemoteAddress(),
                        accepted.getLocalAddress(),
                        accepted.getRemoteAddress()
                    }) {
                assertThat(((InetSocketAddress) seen).getAddress()).isEqualTo(address).hasSameClassAs(address);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::"})
    void theWildcardAsADestinationIsThisHost(String host) throws IOException {
        InetAddress wildcard = InetAddress.ofLiteral(host);
        try (ServerSocketChannel listener = ServerSocketChannel.open().bind(null);
                SocketChannel client = SocketChannel.open(new InetSocketAddress(wildcard, port(listener)))) {
            InetAddress remote = ((InetSocketAddress) client.getRemoteAddress()).getAddress();
            assertThat(remote.isLoopbackAddress()).isTrue();
            assertThat(remote).hasSameClassAs(wildcard);
        }
    }

    @Test
    void anIPv4ChannelKnowsNoIPv6() throws IOException {
        InetSocketAddress ipv6 = new InetSocketAddress(Inet6Address.ofLiteral("::1"), 0);
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.INET);
                ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.INET)) {
            assertThatThrownBy(() -> channel.bind(ipv6)).isInstanceOf(UnsupportedAddressTypeException.class);
            assertThatThrownBy(() -> channel.connect(ipv6)).isInstanceOf(UnsupportedAddressTypeException.class);
            assertThatThrownBy(() -> listener.bind(ipv6)).isInstanceOf(UnsupportedAddressTypeException.class);
            assertThat(channel.isOpen()).isTrue();
            listener.bind(null);
            assertThat(((InetSocketAddress) listener.getLocalAddress()).getAddress()).isInstanceOf(Inet4Address.class);
        }
    }

    @Test
    void anIPv6ListenerTakesAnIPv4Channel() throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.INET6).bind(null);
                SocketChannel client = SocketChannel.open(StandardProtocolFamily.INET)) {
            client.connect(new InetSocketAddress(Inet4Address.ofLiteral("127.0.0.1"), port(listener)));
            try (SocketChannel accepted = listener.accept()) {
                assertThat(accepted.getRemoteAddress()).isEqualTo(client.getLocalAddress());
            }
        }
    }
}
