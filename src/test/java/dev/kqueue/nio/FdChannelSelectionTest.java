package dev.kqueue.nio;

import static dev.kqueue.nio.Ascii.bytes;
import static dev.kqueue.nio.Ascii.read;
import static dev.kqueue.nio.StatusFlags.isNonBlocking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kqueue.Ability;
import dev.kqueue.RequiresAbility;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.SysIoctl;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a selector reports of an {@link FdChannel}, or refuses to watch. */
@Timeout(60)
class FdChannelSelectionTest extends OnAdoptedPipe {
    private final KQueueSelectorProvider provider = KQueueSelectorProvider.instance();

    @Test
    void selectorReportsEachEnd() throws IOException {
        try (Selector selector = provider.openSelector()) {
            source.configureBlocking(false);
            sink.configureBlocking(false);
            SelectionKey reading = source.register(selector, SelectionKey.OP_READ);
            SelectionKey writing = sink.register(selector, SelectionKey.OP_WRITE);
            assertThat(selector.select()).isEqualTo(1);
            assertThat(selector.selectedKeys()).containsExactly(writing);
            writing.interestOps(0);
            selector.selectedKeys().clear();
            assertThat(selector.selectNow()).isZero();
            sink.write(bytes("abcdef"));
            assertThat(selector.select()).isEqualTo(1);
            assertThat(selector.selectedKeys()).containsExactly(reading);
            selector.selectedKeys().clear();
            assertThat(source.read(ByteBuffer.allocate(3))).isEqualTo(3);
            assertThat(selector.selectNow()).as("three bytes are left").isEqualTo(1);
            selector.selectedKeys().clear();
            assertThat(source.read(ByteBuffer.allocate(3))).isEqualTo(3);
            assertThat(selector.selectNow()).isZero();
            sink.close();
            assertThat(selector.select()).isEqualTo(1);
            assertThat(source.read(ByteBuffer.allocate(3))).isEqualTo(-1);
        }
    }

    /** A terminal in canonical mode gives a line at a time, though there are more. */
    @RequiresAbility(Ability.OWN_ABI)
    @Test
    void terminalIsReadyForAsLongAsALineIsLeft() throws IOException {
        assumeTrue(
                Files.exists(Path.of("/dev/ptmx")) && Files.isDirectory(Path.of("/dev/pts")), "no terminals of Linux");
        int master = Fcntl.open("/dev/ptmx", Fcntl.O_RDWR | Fcntl.O_CLOEXEC, 0);
        assertThat(master).isPositive();
        int slave;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocate(ValueLayout.JAVA_INT);
            int unlock = 0x40045431; // TIOCSPTLCK
            int name = 0x80045430; // TIOCGPTN
            assertThat(SysIoctl.ioctl(master, unlock, number)).isZero();
            assertThat(SysIoctl.ioctl(master, name, number)).isZero();
            int noControllingTerminal = 0x100; // O_NOCTTY
            String path = "/dev/pts/" + number.get(ValueLayout.JAVA_INT, 0);
            slave = Fcntl.open(path, Fcntl.O_RDWR | Fcntl.O_CLOEXEC | noControllingTerminal, 0);
            assertThat(slave).isPositive();
        }
        try (FdChannel keyboard = FdChannel.adopt(master);
                FdChannel terminal = FdChannel.adopt(slave);
                Selector selector = provider.openSelector()) {
            terminal.configureBlocking(false);
            terminal.register(selector, SelectionKey.OP_READ);
            assertThat(selector.selectNow()).isZero();
            keyboard.write(bytes("one\ntwo\n"));
            assertThat(selector.select()).isEqualTo(1);
            selector.selectedKeys().clear();
            assertThat(read(terminal)).isEqualTo("one\n");
            assertThat(selector.selectNow()).isEqualTo(1);
            assertThat(read(terminal)).isEqualTo("two\n");
            selector.selectedKeys().clear();
            assertThat(selector.selectNow()).isZero();
            assertThat(isNonBlocking(slave)).isFalse();
            assertThat(terminal.write(bytes("echo"))).isEqualTo(4);
        }
    }

    @RequiresAbility(Ability.DIRECTORIES_ARE_REFUSED)
    @Test
    void whatNoKqueueWatchesIsRefusedAtRegistration(@TempDir Path directory) throws IOException {
        int fd = Fcntl.open(directory.toString(), Fcntl.O_RDONLY | Fcntl.O_CLOEXEC, 0);
        try (FdChannel channel = FdChannel.adopt(fd);
                Selector selector = provider.openSelector()) {
            channel.configureBlocking(false);
            assertThatThrownBy(() -> channel.register(selector, SelectionKey.OP_READ))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("descriptor " + fd)
                    .hasMessageContaining("kqueue")
                    .hasMessageMatching(".*\\((EINVAL|ENOTSUP)\\)");
            assertThat(selector.keys()).isEmpty();
        }
    }
}
