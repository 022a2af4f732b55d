package dev.kqueue.internal.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.internal.abi.Abi;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

class InetSockaddrTest {
    private static final byte GARBAGE = 0x5a;

    private static InetSockaddr codec(String system) {
        return InetSockaddr.of(Abi.of(system, "amd64", "glibc"));
    }

    private static MemorySegment memory() {
        return Arena.ofAuto().allocate(128).fill(GARBAGE);
    }

    private static InetSocketAddress address(String host, int port) throws IOException {
        return new InetSocketAddress(InetAddress.getByName(host), port);
    }

    private static byte[] bytes(MemorySegment memory, int length) {
        return memory.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"linux", "macos", "freebsd", "netbsd", "openbsd", "dragonfly"})
    void everyAddressComesBackOnEverySystem(String system) throws IOException {
        InetSockaddr codec = codec(system);
        for (String host : new String[] {"127.0.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.251"}) {
            MemorySegment memory = memory();
            assertThat(codec.encodeIn(address(host, 65535), memory)).isEqualTo(16);
            assertThat(codec.decode(memory)).isEqualTo(address(host, 65535));
            assertThat(memory.get(ValueLayout.JAVA_BYTE, 16)).isEqualTo(GARBAGE);
        }
        for (String host : new String[] {"::1", "::", "2001:db8::8:1", "ff02::fb", "127.0.0.1", "1.2.3.4"}) {
            MemorySegment memory = memory();
            assertThat(codec.encodeIn6(address(host, 443), memory)).isEqualTo(28);
            assertThat(codec.decode(memory)).isEqualTo(address(host, 443));
            assertThat(memory.get(ValueLayout.JAVA_BYTE, 28)).isEqualTo(GARBAGE);
        }
    }

    @Test
    void linuxKeepsTheFamilyInTwoBytes() throws IOException {
        MemorySegment memory = memory();
        codec("linux").encodeIn(address("1.2.3.4", 0x1234), memory);
        assertThat(bytes(memory, 16)).containsExactly(2, 0, 0x12, 0x34, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    @Test
    void macOsKeepsTheLengthBeforeTheFamily() throws IOException {
        MemorySegment memory = memory();
        codec("macos").encodeIn(address("1.2.3.4", 0x1234), memory);
        assertThat(bytes(memory, 16)).containsExactly(16, 2, 0x12, 0x34, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0);
        codec("macos").encodeIn6(address("::1", 1), memory);
        assertThat(bytes(memory, 4)).containsExactly(28, 30, 0, 1);
    }

    @Test
    void ipv4OnIpv6IsMapped() throws IOException {
        MemorySegment memory = memory();
        codec("linux").encodeIn6(address("1.2.3.4", 80), memory);
        byte[] bytes = bytes(memory, 24);
        assertThat(bytes).containsExactly(10, 0, 0, 80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 1, 2, 3, 4);
        assertThat(codec("linux").decode(memory).getAddress()).isInstanceOf(Inet4Address.class);
    }

    @Test
    void anyIpv4AddressOnIpv6IsAnyOfBoth() throws IOException {
        MemorySegment memory = memory();
        codec("linux").encodeIn6(address("0.0.0.0", 80), memory);
        assertThat(codec("linux").decode(memory)).isEqualTo(address("::", 80));
    }

    @Test
    void scopeIsKept() throws IOException {
        Inet6Address host = Inet6Address.getByAddress(null, InetAddress.getByName("fe80::1").getAddress(), 0x01020304);
        MemorySegment memory = memory();
        codec("freebsd").encodeIn6(new InetSocketAddress(host, 1), memory);
        InetSocketAddress decoded = codec("freebsd").decode(memory);
        assertThat(((Inet6Address) decoded.getAddress()).getScopeId()).isEqualTo(0x01020304);
        codec("freebsd").encodeIn6(address("fe80::1", 1), memory);
        assertThat(((Inet6Address) codec("freebsd").decode(memory).getAddress()).getScopeId()).isZero();
    }

    @Test
    void anotherFamilyIsRefused() {
        MemorySegment memory = Arena.ofAuto().allocate(128);
        assertThatThrownBy(() -> codec("linux").decode(memory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("family 0");
    }
}
