package dev.kqueue.nio;

import static dev.kqueue.nio.Ascii.bytes;
import static dev.kqueue.nio.Ascii.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;

/** {@link FdChannel}s of paths: FIFOs, devices and files. */
@Timeout(60)
class OpenedPathTest {
    @TempDir Path folder;

    private Path fifo() throws Exception {
        Path path = folder.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor()).isZero();
        return path;
    }

    @Test
    void fifoIsOpenedWithoutWaitingForItsOtherEnd() throws Exception {
        Path path = fifo();
        assertThatThrownBy(() -> FdChannel.open(path, WRITE))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("no process has open for reading");
        try (FdChannel reader = FdChannel.open(path)) {
            assertThat(reader.isBlocking()).isTrue();
            assertThat(reader.read(ByteBuffer.allocate(1))).as("no writer yet").isEqualTo(-1);
            try (FdChannel writer = FdChannel.open(path, WRITE)) {
                writer.write(bytes("hello"));
                assertThat(read(reader)).isEqualTo("hello");
                FutureTask<String> waiting = Threads.VIRTUAL.start(() -> read(reader));
                writer.write(bytes("later"));
                assertThat(waiting.get()).isEqualTo("later");
                assertThatThrownBy(() -> reader.write(bytes("x"))).isInstanceOf(NonWritableChannelException.class);
                assertThatThrownBy(() -> read(writer)).isInstanceOf(NonReadableChannelException.class);
            }
            assertThat(reader.read(ByteBuffer.allocate(1))).as("no writer any more").isEqualTo(-1);
        }
    }

    @Test
    void selectorServesAFifo() throws Exception {
        Path path = fifo();
        try (KQueueSelector selector = KQueueSelector.open();
                FdChannel both = FdChannel.open(path, READ, WRITE)) {
            both.configureBlocking(false);
            SelectionKey key = both.register(selector, SelectionKey.OP_READ);
            assertThat(selector.selectNow()).isZero();
            try (FdChannel writer = FdChannel.open(path, WRITE)) {
                writer.write(bytes("hello"));
            }
            assertThat(selector.select()).isOne();
            assertThat(selector.selectedKeys()).containsExactly(key);
            assertThat(read(both)).isEqualTo("hello");
            // It has the FIFO open for writing itself, and so never finds its end.
            assertThat(both.read(ByteBuffer.allocate(1))).isZero();
        }
    }

    @Test
    void deviceIsReadAndWritten() throws IOException {
        try (FdChannel zero = FdChannel.open(Path.of("/dev/zero"));
                FdChannel nothing = FdChannel.open(Path.of("/dev/null"), READ, WRITE)) {
            ByteBuffer zeros = ByteBuffer.wrap(new byte[] {1, 2, 3});
            assertThat(zero.read(zeros)).isEqualTo(3);
            assertThat(zeros.array()).containsOnly(0);
            assertThat(nothing.write(bytes("gone"))).isEqualTo(4);
            assertThat(nothing.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
    }

    @Test
    void fileIsAppendedTo() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "one ");
        try (FdChannel end = FdChannel.open(file, APPEND)) {
            end.write(bytes("two"));
        }
        assertThat(file).hasContent("one two");
    }

    @Test
    void whatCannotBeOpenedIsSaid() throws IOException {
        Path missing = folder.resolve("missing");
        assertThatThrownBy(() -> FdChannel.open(missing))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessage(missing.toString());
        assertThatThrownBy(() -> FdChannel.open(missing, WRITE, CREATE))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("CREATE");
        assertThat(missing).doesNotExist();
        assertThatThrownBy(() -> FdChannel.open(folder, WRITE))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining(folder.toString());
        Path socket = folder.resolve("socket");
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(socket));
            long before = OpenDescriptors.count();
            assertThatThrownBy(() -> FdChannel.open(socket, READ))
                    .isInstanceOf(FileSystemException.class)
                    .hasMessageContaining(socket.toString());
            assertThat(OpenDescriptors.count()).isEqualTo(before);
        }
    }
}
