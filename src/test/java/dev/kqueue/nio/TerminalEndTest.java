package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.kqueue.Ability;
import dev.kqueue.RequiresAbility;
import dev.kqueue.Terminal;
import dev.kqueue.internal.libc.Fcntl;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;

/** The master of a pseudo-terminal reads its end when no process has the terminal open any more, as on the BSDs. */
@RequiresAbility(Ability.OWN_ABI)
@Timeout(60)
class TerminalEndTest {
    private final int number = Terminal.openMaster();
    private final FdChannel master = FdChannel.adopt(number);
    private final Path terminal = Path.of(Terminal.nameOf(number));

    TerminalEndTest() throws IOException {}

    private void say(String text) throws IOException {
        try (FdChannel slave = FdChannel.open(terminal, READ, WRITE)) {
            slave.write(ByteBuffer.wrap(text.getBytes(US_ASCII)));
        }
    }

    private String readAll() throws IOException {
        StringBuilder all = new StringBuilder();
        ByteBuffer buffer = ByteBuffer.allocate(100);
        while (master.read(buffer.clear()) >= 0) {
            all.append(US_ASCII.decode(buffer.flip()));
        }
        return all.toString();
    }

    @Test
    void masterReadsTheEnd() throws IOException {
        say("hello");
        assertThat(readAll()).isEqualTo("hello");
        // Into arenas that may be closed, and by descriptors that others may make block.
        Fcntl.setNonBlocking(number, false);
        say("again");
        assertThat(readAll()).isEqualTo("again");
        ByteBuffer[] several = {ByteBuffer.allocate(1), ByteBuffer.allocateDirect(1)};
        assertThat(master.read(several)).isEqualTo(-1);
        master.close();
    }

    @Test
    void readThatWaitsFindsTheEnd() throws Exception {
        FutureTask<String> reading;
        try (FdChannel slave = FdChannel.open(terminal, READ, WRITE)) {
            reading = Threads.PLATFORM.start(this::readAll);
            slave.write(ByteBuffer.wrap("hello".getBytes(US_ASCII)));
        }
        assertThat(reading.get()).isEqualTo("hello");
        master.close();
    }

    @Test
    void selectorReportsTheEnd() throws IOException {
        try (KQueueSelector selector = KQueueSelector.open()) {
            master.configureBlocking(false);
            SelectionKey key = master.register(selector, SelectionKey.OP_READ);
            try (FdChannel slave = FdChannel.open(terminal, READ, WRITE)) {
                assertThat(selector.selectNow()).isZero();
                assertThat(slave.isOpen()).isTrue();
            }
            assertThat(selector.select()).isOne();
            assertThat(key.isReadable()).isTrue();
            assertThat(master.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
        master.close();
    }

    @Test
    void otherErrorsOfADescriptorStayErrors() throws IOException {
        master.close();
        // Of no pseudo-terminal: the memory of this process, at an address where nothing is.
        try (FdChannel memory = FdChannel.open(Path.of("/proc/self/mem"))) {
            assertThatThrownBy(() -> memory.read(ByteBuffer.allocate(1)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Input/output error");
        }
    }
}
