package dev.kqueue.internal.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kqueue.Ability;
import dev.kqueue.RequiresAbility;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;

@SuppressWarnings("AddressSelection") // literal addresses are meant
@RequiresAbility(Ability.DUAL_STACK)
class LinkLocalTest {
    private static Inet6Address own() throws SocketException {
        List<Inet6Address> own =
                NetworkInterface.networkInterfaces()
                        .flatMap(NetworkInterface::inetAddresses)
                        .filter(address -> address instanceof Inet6Address && address.isLinkLocalAddress())
                        .map(Inet6Address.class::cast)
                        .toList();
        assumeTrue(!own.isEmpty(), "no interface of this machine has a link-local address");
        return own.getFirst();
    }

    @Test
    void ownAddressIsGivenItsScope() throws IOException {
        Inet6Address own = own();
        InetAddress bare = InetAddress.getByAddress(own.getAddress());
        try (ServerSocketChannel listener = ServerSocketChannel.open().bind(new InetSocketAddress(bare, 0));
                DatagramChannel datagrams = DatagramChannel.open().bind(new InetSocketAddress(bare, 0));
                SocketChannel channel = SocketChannel.open().bind(new InetSocketAddress(bare, 0))) {
            InetSocketAddress local = (InetSocketAddress) listener.getLocalAddress();
            assertThat(((Inet6Address) local.getAddress()).getScopeId()).isEqualTo(own.getScopeId());
            assertThat(channel.connect(new InetSocketAddress(bare, local.getPort()))).isTrue();
            listener.accept().close();
            InetSocketAddress receiver = (InetSocketAddress) datagrams.getLocalAddress();
            datagrams.connect(new InetSocketAddress(bare, receiver.getPort()));
            assertThat(datagrams.isConnected()).isTrue();
        }
    }

    @Test
    void otherAddressesStayAsTheyAre() throws IOException {
        InetAddress bare = InetAddress.getByName("fe80::dead:beef:dead:beef");
        Inet6Address scoped = Inet6Address.getByAddress(null, bare.getAddress(), 7);
        for (InetAddress host :
                new InetAddress[] {bare, scoped, InetAddress.getByName("::1"), InetAddress.getByName("127.0.0.1")}) {
            InetSocketAddress address = new InetSocketAddress(host, 80);
            assertThat(LinkLocal.scoped(address)).isSameAs(address);
        }
    }

    @Test
    void addressOfTwoInterfacesNeedsItsScope() throws IOException {
        byte[] bytes = InetAddress.getByName("fe80::1").getAddress();
        Inet6Address one = Inet6Address.getByAddress(null, bytes, 1);
        Inet6Address two = Inet6Address.getByAddress(null, bytes, 2);
        assertThat(LinkLocal.only(List.of())).isNull();
        assertThat(LinkLocal.only(List.of(two))).isSameAs(two);
        assertThatThrownBy(() -> LinkLocal.only(List.of(one, two)))
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("scope-id");
    }
}
