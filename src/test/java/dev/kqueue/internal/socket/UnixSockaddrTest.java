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
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;

class UnixSockaddrTest {
    private static UnixSockaddr codec(String system) {
        return UnixSockaddr.of(Abi.of(system, "amd64", "glibc"));
    }

    private static MemorySegment memory() {
        return Arena.ofAuto().allocate(128).fill((byte) 0x5a);
    }

    @ParameterizedTest
    @ValueSource(strings = {"linux", "macos", "freebsd", "netbsd", "openbsd", "dragonfly"})
    void everyPathComesBackOnEverySystem(String system) throws IOException {
        UnixSockaddr codec = codec(system);
        for (String path : new String[] {"/tmp/socket", "relative", "x".repeat(codec.path().size() - 1), ""}) {
            UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
            MemorySegment memory = memory();
            int length = codec.encode(address, memory);
            assertThat(length).isEqualTo(2 + path.length() + 1);
            assertThat(codec.decode(memory, length)).isEqualTo(address);
            // As systems tell it that count no zero, or that tell the length of the structure.
            assertThat(codec.decode(memory, length - 1)).isEqualTo(address);
            assertThat(codec.decode(memory, codec.size())).isEqualTo(address);
            assertThat(memory.get(ValueLayout.JAVA_BYTE, codec.size())).isEqualTo((byte) 0x5a);
        }
    }

    @Test
    void lengthComesFirstOnMacOs() throws IOException {
        MemorySegment memory = memory();
        codec("macos").encode(UnixDomainSocketAddress.of("ab"), memory);
        assertThat(memory.asSlice(0, 6).toArray(ValueLayout.JAVA_BYTE)).containsExactly(5, 1, 'a', 'b', 0, 0);
    }

    @Test
    void senderWithoutAddressIsUnnamed() {
        assertThat(codec("linux").decode(memory(), 0)).isEqualTo(UnixSockaddr.UNNAMED);
        assertThat(codec("linux").decode(memory(), 2)).isEqualTo(UnixSockaddr.UNNAMED);
    }

    @Test
    void abstractNameIsUnnamed() {
        MemorySegment memory = memory();
        memory.set(ValueLayout.JAVA_BYTE, 2, (byte) 0);
        assertThat(codec("linux").decode(memory, 8)).isEqualTo(UnixSockaddr.UNNAMED);
    }

    @Test
    void pathThatDoesNotFitIsRefusedWithItsLength() {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of("x".repeat(104));
        assertThatThrownBy(() -> codec("macos").encode(address, memory()))
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("104 bytes, at most 103");
    }
}
