package dev.kqueue.internal.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.Ability;
import dev.kqueue.MissingOptions;
import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.libc.Unistd;
import dev.kqueue.nio.KQueueSelectorProvider;
import dev.kqueue.nio.PrintOptions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.NetworkInterface;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

class SocketOptionsTest {
    /** What the JDK's own channels say of their options, in a JVM that has no other provider. */
    private static List<String> ofTheJdk() throws IOException, InterruptedException {
        Path classes = Path.of(PrintOptions.class.getProtectionDomain().getCodeSource().getLocation().getPath());
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                classes.toString(),
                                PrintOptions.class.getName())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        List<String> lines = process.inputReader().readAllLines();
        assertThat(process.waitFor()).isZero();
        return lines;
    }

    private static PrintOptions.Access access(int fd, SocketOptions options) {
        return new PrintOptions.Access() {
            @Override
            public Object get(SocketOption<?> option) throws IOException {
                options.check(option);
                return options.get(fd, option);
            }

            @Override
            public <T> void set(SocketOption<T> option, T value) throws IOException {
                options.check(option, value);
                options.set(fd, option, value);
            }
        };
    }

    private static void describe(String kind, int fd, SocketOptions options, List<String> into) {
        options.supported().stream()
                .sorted(Comparator.comparing(SocketOption::name))
                .forEach(option -> into.add(kind + " " + PrintOptions.describe(option, access(fd, options))));
        assertThat(Unistd.close(fd)).isZero();
    }

    /** Without options that the system has not, and, if it is not the JDK's, without the limits of its buffers. */
    private static List<String> comparable(List<String> lines) {
        return lines.stream()
                .filter(line -> !MissingOptions.isAbout(line))
                .filter(line -> Ability.OWN_ABI.isPresent() || !line.matches("\\S+ \\S+ SO_(SND|RCV)BUF .*"))
                .filter(line -> Ability.KEEPALIVE_TIMES_ARE_READ.isPresent() || !line.contains(" TCP_KEEP"))
                // The JDK counts ticks there, of which 65535 are eleven minutes, and reads what it has written.
                .filter(line -> !Abi.HOST.isDefined("SO_LINGER_SEC") || !line.contains(" SO_LINGER "))
                .toList();
    }

    @Test
    void optionsAndTheirValuesAreTheJdks() throws IOException, InterruptedException {
        List<String> ours = new ArrayList<>();
        for (StandardProtocolFamily family :
                new StandardProtocolFamily[] {StandardProtocolFamily.INET, StandardProtocolFamily.INET6}) {
            SocketDomain domain = SocketDomain.of(family);
            describe(family + " stream", domain.streamSocket(), domain.streamOptions(), ours);
            describe(family + " listener", domain.listenerSocket(), domain.listenerOptions(), ours);
            describe(family + " datagram", domain.datagramSocket(), domain.datagramOptions(), ours);
        }
        assertThat(comparable(ours))
                .containsExactlyInAnyOrderElementsOf(
                        comparable(ofTheJdk().stream().filter(line -> line.startsWith("INET")).toList()));
    }

    /** The limits are each kernel's own, and no one's errors. */
    @ParameterizedTest
    @ValueSource(strings = {"SO_SNDBUF", "SO_RCVBUF"})
    void bufferSizeBeyondTheSystemsLimitsIsTheLimit(String name) throws IOException {
        SocketOption<Integer> option =
                name.equals("SO_SNDBUF") ? StandardSocketOptions.SO_SNDBUF : StandardSocketOptions.SO_RCVBUF;
        try (SocketChannel channel = KQueueSelectorProvider.instance().openSocketChannel()) {
            channel.setOption(option, Integer.MAX_VALUE);
            int most = channel.getOption(option);
            assertThat(most).isGreaterThan(64 * 1024);
            channel.setOption(option, 0);
            assertThat(channel.getOption(option)).isBetween(0, most - 1);
        }
    }

    @Test
    void lingerIsTheSecondsThatTheSystemCanKeep() throws IOException {
        try (SocketChannel channel = KQueueSelectorProvider.instance().openSocketChannel()) {
            for (int seconds : new int[] {0, 1, 327, 32_767, 40_000, 65_535, 100_000}) {
                channel.setOption(StandardSocketOptions.SO_LINGER, seconds);
                assertThat(channel.getOption(StandardSocketOptions.SO_LINGER))
                        .isEqualTo(Math.min(seconds, Abi.HOST.isDefined("SO_LINGER_SEC") ? 327 : 65_535));
            }
            channel.setOption(StandardSocketOptions.SO_LINGER, -1);
            assertThat(channel.getOption(StandardSocketOptions.SO_LINGER)).isEqualTo(-1);
        }
    }

    @Test
    void unknownOptionIsNamed() {
        assertThatThrownBy(() -> SocketOptions.IN_LISTENER.check(StandardSocketOptions.TCP_NODELAY))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("TCP_NODELAY");
        assertThatThrownBy(() -> SocketOptions.IN_LISTENER.check(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void valueOfTheWrongTypeIsRefused() {
        assertThatThrownBy(() -> SocketOptions.IN_STREAM.check(StandardSocketOptions.SO_RCVBUF, "5"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("SO_RCVBUF");
        assertThatThrownBy(() -> SocketOptions.IN_STREAM.check(StandardSocketOptions.SO_RCVBUF, null))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void multicastInterfaceComesBack() throws IOException {
        List<NetworkInterface> interfaces =
                NetworkInterface.networkInterfaces()
                        .filter(i -> i.inetAddresses().anyMatch(address -> address instanceof Inet4Address))
                        .toList();
        assertThat(interfaces).isNotEmpty();
        for (StandardProtocolFamily family :
                new StandardProtocolFamily[] {StandardProtocolFamily.INET, StandardProtocolFamily.INET6}) {
            SocketDomain domain = SocketDomain.of(family);
            int fd = domain.datagramSocket();
            SocketOptions options = domain.datagramOptions();
            for (NetworkInterface networkInterface : interfaces) {
                options.set(fd, StandardSocketOptions.IP_MULTICAST_IF, networkInterface);
                assertThat(options.get(fd, StandardSocketOptions.IP_MULTICAST_IF)).isEqualTo(networkInterface);
            }
            assertThat(Unistd.close(fd)).isZero();
        }
    }

    @Test
    void messagesNameTheOption() throws IOException {
        int fd = SocketDomain.preferred().datagramSocket();
        SocketOptions options = SocketDomain.preferred().datagramOptions();
        for (SocketOption<Integer> option :
                List.of(
                        StandardSocketOptions.IP_TOS,
                        StandardSocketOptions.IP_MULTICAST_TTL,
                        StandardSocketOptions.SO_SNDBUF)) {
            assertThatThrownBy(() -> options.set(fd, option, -1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(option.name());
        }
        assertThat(Unistd.close(fd)).isZero();
    }
}
