package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.concurrent.FutureTask;

/** When a selector lets other threads run before it waits. */
@Timeout(60)
class SelectorYieldTest {
    private static final int TIMES = 50;

    private KQueueSelector selector;

    @BeforeEach
    void open() throws IOException {
        selector = KQueueSelector.open();
    }

    @AfterEach
    void close() throws IOException {
        selector.close();
    }

    @Test
    void loopOfOneThreadDoesNotYield() throws IOException {
        try (TcpPair pair = TcpPair.open()) {
            pair.server().configureBlocking(false);
            pair.server().register(selector, SelectionKey.OP_READ);
            for (int i = 0; i < TIMES; i++) {
                pair.client().write(ByteBuffer.allocate(1));
                assertThat(selector.select(key -> read(pair))).isOne();
                selector.select(key -> {}, 1);
            }
        }
        assertThat(selector.yieldPolicy().yields()).isZero();
    }

    private static void read(TcpPair pair) {
        try {
            assertThat(pair.server().read(ByteBuffer.allocate(2))).isOne();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void wakeupOfTheThreadItselfIsNoReason() throws IOException {
        for (int i = 0; i < TIMES; i++) {
            selector.wakeup();
            selector.select();
            selector.select(1);
        }
        assertThat(selector.yieldPolicy().yields()).isZero();
    }

    @Test
    void selectorThatOthersWakeYields() throws Exception {
        FutureTask<Long> selecting =
                new FutureTask<>(
                        () -> {
                            for (int i = 0; i < TIMES; i++) {
                                selector.select();
                            }
                            return selector.yieldPolicy().yields();
                        });
        Thread.ofPlatform().start(selecting);
        while (!selecting.isDone()) {
            Thread.sleep(1);
            selector.wakeup();
        }
        assertThat(selecting.get()).isPositive();
    }
}
