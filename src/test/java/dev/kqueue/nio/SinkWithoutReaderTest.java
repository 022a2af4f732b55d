package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.channels.SelectionKey.OP_WRITE;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.util.concurrent.FutureTask;

/** The write end of a pipe, empty or full, whose reader goes while somebody waits to write. */
@Timeout(60)
class SinkWithoutReaderTest {
    private final KQueueSelector selector;
    private Pipe pipe;

    SinkWithoutReaderTest() throws IOException {
        selector = KQueueSelector.open();
    }

    @BeforeEach
    void open() throws IOException {
        pipe = KQueueSelectorProvider.instance().openPipe();
        pipe.sink().configureBlocking(false);
    }

    @AfterEach
    void close() throws IOException {
        selector.close();
        pipe.source().close();
        pipe.sink().close();
    }

    private void fill() throws IOException {
        ByteBuffer some = ByteBuffer.allocate(1 << 16);
        while (pipe.sink().write(some.clear()) > 0) {}
    }

    private void assertReady(int times) throws IOException {
        for (int i = 0; i < times; i++) {
            assertThat(selector.select()).as("select %d", i).isEqualTo(1);
            selector.selectedKeys().clear();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void isReadyAgainAndAgain(boolean full) throws IOException {
        if (full) {
            fill();
        }
        SelectionKey key = pipe.sink().register(selector, OP_WRITE);
        assertThat(selector.selectNow()).isEqualTo(full ? 0 : 1);
        selector.selectedKeys().clear();
        pipe.source().close();
        assertReady(4);
        key.interestOps(0);
        assertThat(selector.selectNow()).isZero();
        key.interestOps(OP_WRITE);
        assertReady(3);
        key.cancel();
        assertThat(selector.selectNow()).isZero();
        pipe.sink().register(selector, OP_WRITE);
        assertReady(3);
    }

    @Test
    void isReadyForASelectThatWaitsAlready() throws Exception {
        fill();
        pipe.sink().register(selector, OP_WRITE);
        FutureTask<Integer> select = Threads.PLATFORM.start(selector::select);
        // Long enough to wait in the kernel, mostly; if it does not yet, it finds the end when it begins to.
        Thread.sleep(20);
        pipe.source().close();
        assertThat(select.get()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void blockedWriteFails(Threads threads) throws Exception {
        fill();
        pipe.sink().configureBlocking(true);
        Blocked<Integer> write = Blocked.in(threads, () -> pipe.sink().write(ByteBuffer.allocate(1)));
        pipe.source().close();
        assertThat(write.failure()).isInstanceOf(IOException.class).hasMessage("Broken pipe");
    }
}
