package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kqueue.Ability;
import dev.kqueue.ChildJvm;
import dev.kqueue.RequiresAbility;
import dev.kqueue.internal.libc.PathBytes;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Peers of the Unix domain whose names the locale cannot decode: they are told as what they are. */
@Timeout(60)
class UndecodableSenderTest {
    private static final KQueueSelectorProvider PROVIDER = KQueueSelectorProvider.instance();

    /** No text in UTF-8; and a text there, but none in the locale C. */
    private static final byte[][] NAMES = {{'n', (byte) 0xe9}, {'n', (byte) 0xc3, (byte) 0xa9}};

    @TempDir Path folder;

    private static boolean takes(Path folder, byte[] name) throws IOException {
        try {
            Files.delete(Files.createFile(folder.resolve(PathBytes.path(name))));
            return true;
        } catch (FileSystemException refused) {
            String reason = refused.getReason();
            if (reason != null && reason.contains("byte sequence")) {
                return false;
            }
            throw refused;
        }
    }

    /** What a receiver and a listener make of the names. */
    static final class Program {
        private Program() {}

        public static void main(String[] args) throws IOException {
            Path folder = Path.of(args[0]);
            for (byte[] name : NAMES) {
                if (takes(folder, name)) {
                    System.out.println("sender known: " + isSenderKnown(folder, name));
                    System.out.println("client known: " + isClientKnown(folder, name));
                }
            }
        }
    }

    private static boolean isSenderKnown(Path folder, byte[] name) throws IOException {
        UnixDomainSocketAddress from = UnixDomainSocketAddress.of(folder.resolve(PathBytes.path(name)));
        UnixDomainSocketAddress to = UnixDomainSocketAddress.of(folder.resolve("receiver"));
        try (DatagramChannel receiver = PROVIDER.openDatagramChannel(StandardProtocolFamily.UNIX);
                DatagramChannel sender = PROVIDER.openDatagramChannel(StandardProtocolFamily.UNIX)) {
            receiver.bind(to);
            sender.bind(from).connect(to);
            sender.write(ByteBuffer.allocate(1));
            return from.equals(receiver.receive(ByteBuffer.allocate(8)));
        } finally {
            Files.delete(to.getPath());
            Files.delete(from.getPath());
        }
    }

    private static boolean isClientKnown(Path folder, byte[] name) throws IOException {
        UnixDomainSocketAddress from = UnixDomainSocketAddress.of(folder.resolve(PathBytes.path(name)));
        UnixDomainSocketAddress to = UnixDomainSocketAddress.of(folder.resolve("listener"));
        try (ServerSocketChannel listener = PROVIDER.openServerSocketChannel(StandardProtocolFamily.UNIX);
                SocketChannel client = PROVIDER.openSocketChannel(StandardProtocolFamily.UNIX)) {
            listener.bind(to);
            client.bind(from).connect(to);
            try (SocketChannel accepted = listener.accept()) {
                return from.equals(accepted.getRemoteAddress());
            }
        } finally {
            Files.delete(to.getPath());
            Files.delete(from.getPath());
        }
    }

    @Test
    void peersAreKnownByTheirNames() throws IOException {
        for (byte[] name : NAMES) {
            assumeTrue(takes(folder, name), "this file system takes UTF-8 only");
            assertThat(isSenderKnown(folder, name)).isTrue();
            assertThat(isClientKnown(folder, name)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "C.UTF-8"})
    @RequiresAbility(Ability.OWN_ABI)
    void peersAreKnownInAnyLocale(String locale) throws Exception {
        String printed =
                new ChildJvm()
                        .under(List.of("env", "LC_ALL=" + locale))
                        .run(Program.class.getName(), folder.toString());
        assumeTrue(takes(folder, NAMES[0]), "this file system takes UTF-8 only");
        assertThat(printed.lines())
                .containsExactly(
                        "sender known: true", "client known: true", "sender known: true", "client known: true");
    }
}
