package dev.kqueue.internal.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.Ability;
import dev.kqueue.RequiresAbility;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Poll;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.Unistd;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;

class SocketDomainTest {
    private static final SocketDomain IN = SocketDomain.of(StandardProtocolFamily.INET);
    private static final SocketDomain IN6 = SocketDomain.of(StandardProtocolFamily.INET6);

    private static InetSocketAddress address(String host, int port) throws IOException {
        return new InetSocketAddress(InetAddress.getByName(host), port);
    }

    /** Connects a socket of one domain to a listener of another, by the loopback address of the listener. */
    private static void assertConnects(SocketDomain client, SocketDomain server, SocketAddress local)
            throws IOException {
        int listener = server.listenerSocket();
        int socket = client.streamSocket();
        try (Arena arena = Arena.ofConfined()) {
            assertThat(server.bind(listener, server.checkLocal(local))).isZero();
            assertThat(SysSocket.listen(listener, 1)).isZero();
            InetSocketAddress bound = (InetSocketAddress) server.localAddress(listener);
            assertThat(client.connect(socket, client.checkRemote(bound))).isIn(0, -Errno.EINPROGRESS);
            MemorySegment fds = arena.allocate(Poll.SIZE, 8);
            Poll.set(fds, 0, listener, Poll.POLLIN);
            assertThat(Poll.poll(fds, 1, 10_000)).isEqualTo(1);
            Sockaddr peer = new Sockaddr();
            int accepted = server.accept(listener, peer);
            assertThat(accepted).isNotNegative();
            assertThat(server.decode(peer)).isEqualTo(client.localAddress(socket));
            assertThat(client.remoteAddress(socket)).isEqualTo(server.localAddress(accepted));
            assertThat(Unistd.close(accepted)).isZero();
        } finally {
            assertThat(Unistd.close(socket)).isZero();
            assertThat(Unistd.close(listener)).isZero();
        }
    }

    @Test
    void everyDomainConnectsToItself() throws IOException {
        assertConnects(IN, IN, address("127.0.0.1", 0));
        assertConnects(IN6, IN6, address("::1", 0));
        assertConnects(SocketDomain.preferred(), SocketDomain.preferred(), null);
    }

    @RequiresAbility(Ability.DUAL_STACK)
    @Test
    void ipv6CarriesIpv4() throws IOException {
        assertConnects(IN6, IN, address("127.0.0.1", 0));
        assertConnects(IN, IN6, address("127.0.0.1", 0));
        assertConnects(IN6, IN6, address("127.0.0.1", 0));
        assertConnects(IN6, IN6, address("0.0.0.0", 0));
    }

    @Test
    void anyAddressIsConnectedToAsLoopback() throws IOException {
        assertThat(IN6.checkRemote(address("::", 7))).isEqualTo(address("::1", 7));
        assertThat(IN6.checkRemote(address("0.0.0.0", 7))).isEqualTo(address("127.0.0.1", 7));
        assertThat(IN.checkRemote(address("0.0.0.0", 7))).isEqualTo(address("127.0.0.1", 7));
        assertThat(IN.checkRemote(address("1.2.3.4", 7))).isEqualTo(address("1.2.3.4", 7));
    }

    @Test
    void noAddressIsAnyOfTheDomainsOwn() throws IOException {
        assertThat(IN.checkLocal(null)).isEqualTo(address("0.0.0.0", 0));
        assertThat(IN6.checkLocal(null)).isEqualTo(address("::", 0));
    }

    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void unfitAddressesAreRefused(StandardProtocolFamily family) {
        SocketDomain domain = SocketDomain.of(family);
        SocketAddress foreign = new SocketAddress() {};
        SocketAddress name = InetSocketAddress.createUnresolved("example", 1);
        assertThatThrownBy(() -> domain.checkLocal(foreign)).isInstanceOf(UnsupportedAddressTypeException.class);
        assertThatThrownBy(() -> domain.checkRemote(foreign)).isInstanceOf(UnsupportedAddressTypeException.class);
        assertThatThrownBy(() -> domain.checkLocal(name)).isInstanceOf(UnresolvedAddressException.class);
        assertThatThrownBy(() -> domain.checkRemote(name)).isInstanceOf(UnresolvedAddressException.class);
        assertThatThrownBy(() -> domain.checkRemote(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void ipv6AddressIsRefusedByIpv4() {
        assertThatThrownBy(() -> IN.checkLocal(address("::", 0))).isInstanceOf(UnsupportedAddressTypeException.class);
        assertThatThrownBy(() -> IN.checkRemote(address("::1", 1))).isInstanceOf(UnsupportedAddressTypeException.class);
    }

    @Test
    void unknownFamiliesAreRefused() {
        assertThatThrownBy(() -> SocketDomain.of(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> SocketDomain.of(() -> "X")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void addressInUseIsTheErrno() throws IOException {
        int first = IN.listenerSocket();
        int second = IN.listenerSocket();
        try {
            assertThat(IN.bind(first, address("127.0.0.1", 0))).isZero();
            assertThat(SysSocket.listen(first, 1)).isZero();
            assertThat(IN.bind(second, IN.localAddress(first))).isEqualTo(-Errno.EADDRINUSE);
        } finally {
            assertThat(Unistd.close(first)).isZero();
            assertThat(Unistd.close(second)).isZero();
        }
    }
}
