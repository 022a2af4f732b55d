package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.Ability;
import dev.kqueue.RequiresAbility;
import dev.kqueue.internal.libc.Fcntl;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.file.Files;
import java.nio.file.Path;

/** Regular files and the null device as {@link FdChannel}s. */
@Timeout(60)
class FdChannelFilesTest {
    private final KQueueSelectorProvider provider = KQueueSelectorProvider.instance();

    /** As poll(2) has it; a program that copies its standard input must hear of the end if that is a file. */
    @RequiresAbility(Ability.FILES_ARE_WRITABLE)
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void fileIsAlwaysReadyEvenAtItsEnd(boolean writable, @TempDir Path directory) throws IOException {
        Path file = Files.write(directory.resolve("file"), new byte[1500]);
        int mode = writable ? Fcntl.O_RDWR : Fcntl.O_RDONLY;
        try (FdChannel channel = FdChannel.adopt(Fcntl.open(file, mode | Fcntl.O_CLOEXEC, 0));
                Selector selector = provider.openSelector()) {
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
            ByteBuffer buffer = ByteBuffer.allocate(1000);
            for (int expected : new int[] {1000, 500, -1, -1}) {
                assertThat(selector.select(10_000)).isEqualTo(1);
                selector.selectedKeys().clear();
                assertThat(key.readyOps()).isEqualTo(SelectionKey.OP_READ);
                assertThat(channel.read(buffer.clear())).isEqualTo(expected);
            }
            key.interestOps(0);
            assertThat(selector.selectNow()).isZero();
            key.interestOps(channel.validOps());
            assertThat(selector.select(10_000)).isEqualTo(1);
            assertThat(key.readyOps()).isEqualTo(channel.validOps());
            int writes = writable ? SelectionKey.OP_WRITE : 0;
            assertThat(channel.validOps()).isEqualTo(SelectionKey.OP_READ | writes);
        }
    }

    @RequiresAbility(Ability.FILES_ARE_WRITABLE)
    @Test
    void fileThatIsOnlyWrittenIsReadyForThat(@TempDir Path directory) throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        try (FdChannel channel = FdChannel.adopt(Fcntl.open(file, Fcntl.O_WRONLY | Fcntl.O_CLOEXEC, 0));
                Selector selector = provider.openSelector()) {
            channel.configureBlocking(false);
            assertThat(channel.validOps()).isEqualTo(SelectionKey.OP_WRITE);
            SelectionKey key = channel.register(selector, SelectionKey.OP_WRITE);
            for (int i = 0; i < 2; i++) {
                assertThat(selector.select(10_000)).isEqualTo(1);
                selector.selectedKeys().clear();
                assertThat(key.readyOps()).isEqualTo(SelectionKey.OP_WRITE);
                assertThat(channel.write(ByteBuffer.allocate(10))).isEqualTo(10);
            }
        }
    }

    @Test
    void fileReadsAndWrites(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("file");
        int fd = Fcntl.open(file.toString(), Fcntl.O_RDWR | Fcntl.O_CREAT | Fcntl.O_CLOEXEC, 0600);
        try (FdChannel channel = FdChannel.adopt(fd)) {
            ByteBuffer much = ByteBuffer.allocate(200_000);
            assertThat(channel.write(much)).isEqualTo(200_000);
            channel.configureBlocking(false);
            assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
        assertThat(Files.size(file)).isEqualTo(200_000);
    }

    @Test
    void nothingIsReadAndAnythingWrittenToTheNullDevice() throws IOException {
        try (FdChannel channel = FdChannel.adopt(Fcntl.open("/dev/null", Fcntl.O_RDWR | Fcntl.O_CLOEXEC, 0))) {
            channel.configureBlocking(false);
            assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            assertThat(channel.write(ByteBuffer.allocate(100_000))).isEqualTo(100_000);
        }
    }
}
