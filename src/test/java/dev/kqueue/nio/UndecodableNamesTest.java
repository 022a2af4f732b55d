package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.kqueue.WatchedFile;
import dev.kqueue.internal.libc.PathBytes;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;

/**
 * Files whose names the locale cannot decode: neither UTF-8 nor the locale C has a text for this byte, and the name's
 * string is another name.
 */
@Timeout(60)
class UndecodableNamesTest {
    private static final byte[] NAME = {'n', (byte) 0xe9};

    @TempDir Path temporary;
    private Path folder;

    @BeforeEach
    void makeFolder() throws IOException {
        try {
            folder = Files.createDirectory(temporary.resolve(PathBytes.path(NAME)));
        } catch (FileSystemException refused) {
            String reason = refused.getReason();
            assumeTrue(reason == null || !reason.contains("byte sequence"), "this file system takes UTF-8 only");
            throw refused;
        }
    }

    private Path file() throws IOException {
        return Files.write(folder.resolve(PathBytes.path(NAME)), "contents".getBytes(US_ASCII));
    }

    @Test
    void filesAndDirectoriesAreOpened() throws IOException {
        for (Path path : new Path[] {folder, file()}) {
            try (WatchedFile open = WatchedFile.open(path)) {
                assertThat(open.path()).isEqualTo(path);
            }
        }
    }

    @Test
    void changesAreEvents() throws IOException {
        Path file = file();
        try (KQueueSelector selector = KQueueSelector.open()) {
            VnodeKey ofFile = selector.watchFile(file, EnumSet.of(VnodeEvent.WRITE));
            VnodeKey ofFolder = selector.watchFile(folder, EnumSet.of(VnodeEvent.WRITE));
            Files.write(file, new byte[10]);
            assertThat(selector.select()).isEqualTo(1);
            assertThat(selector.selectedKeys()).containsExactly(ofFile);
            selector.selectedKeys().clear();
            Files.delete(file);
            while (!selector.selectedKeys().contains(ofFolder)) {
                selector.select();
            }
        }
    }

    @Test
    void filesAreSent() throws IOException {
        try (TcpPair pair = TcpPair.open()) {
            assertThat(SendFile.send(file(), 0, Long.MAX_VALUE, pair.client())).isEqualTo(8);
            ByteBuffer read = ByteBuffer.allocate(8);
            while (read.hasRemaining()) {
                assertThat(pair.server().read(read)).isPositive();
            }
            assertThat(read.array()).isEqualTo("contents".getBytes(US_ASCII));
        }
    }

    @Test
    void socketsHaveSuchNames() throws IOException {
        Path name = folder.resolve(PathBytes.path(NAME));
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(name);
        KQueueSelectorProvider provider = KQueueSelectorProvider.instance();
        try (ServerSocketChannel listener = provider.openServerSocketChannel(StandardProtocolFamily.UNIX)) {
            listener.bind(address);
            assertThat(Files.exists(name)).isTrue();
            assertThat(listener.getLocalAddress()).isEqualTo(address);
            try (SocketChannel client = provider.openSocketChannel(StandardProtocolFamily.UNIX)) {
                assertThat(client.connect(address)).isTrue();
                assertThat(client.getRemoteAddress()).isEqualTo(address);
            }
        }
    }
}
