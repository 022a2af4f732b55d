package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.io.IOException;

/** A selector that cannot be opened closes its kqueue, and reports both failures if closing fails, too. */
class OpeningFailureTest {
    private final ScriptedKQueue kqueue = new ScriptedKQueue();

    OpeningFailureTest() {
        kqueue.beforeReceipts =
                () -> {
                    throw new IllegalStateException("no wakeup event");
                };
    }

    @Test
    void theKQueueIsClosed() {
        assertThatThrownBy(this::open).hasMessage("no wakeup event").hasNoSuppressedExceptions();
        assertThat(kqueue.isOpen()).isFalse();
    }

    @Test
    void aFailureOfClosingIsAdded() {
        kqueue.whenClosed = new IOException("close");
        assertThatThrownBy(this::open).hasMessage("no wakeup event").hasSuppressedException(kqueue.whenClosed);
    }

    private void open() throws IOException {
        new KQueueSelector(null, kqueue.asKQueue);
    }
}
