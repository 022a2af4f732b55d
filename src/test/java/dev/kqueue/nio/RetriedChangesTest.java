package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.channels.SelectionKey.OP_READ;

import dev.kqueue.KQueue;
import dev.kqueue.internal.channel.ScriptedChannel;
import dev.kqueue.internal.libc.Errno;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a key whose change failed is reported, by a clock that the test sets. */
class RetriedChangesTest {
    private final ScriptedKQueue kqueue = new ScriptedKQueue();
    private final KQueueSelector selector;
    private final KQueueSelectionKey key;
    private final InterestUpdates updates = new InterestUpdates();
    private long now = 1_000;
    private final RetriedChanges retried = new RetriedChanges(() -> now);

    RetriedChangesTest() throws Exception {
        selector = new KQueueSelector(null, kqueue.asKQueue);
        key = (KQueueSelectionKey) new ScriptedChannel(5).register(selector, OP_READ);
        selector.selectNow();
    }

    @AfterEach
    void close() throws Exception {
        selector.close();
    }

    private boolean isReported() {
        ReadyBatch found = new ReadyBatch(new CachedReadyKeys());
        retried.find(found);
        boolean reported = ReadyBatch.contains(key);
        found.settle();
        return reported;
    }

    private void failAgain() {
        retried.resubmit(updates);
        for (KQueueSelectionKey next = updates.takeAll(); next != null; next = next.nextUpdate) {
            next.unqueue();
        }
        retried.add(key, Errno.ENOMEM, kqueue.asKQueue);
        retried.submitted();
    }

    @Test
    void thePauseDoublesUpToALimit() {
        failAgain();
        assertThat(isReported()).as("at once").isTrue();
        long pause = RetriedChanges.FIRST_PAUSE;
        for (int i = 0; i < 20; i++) {
            failAgain();
            assertThat(retried.limit(KQueue.FOREVER)).isEqualTo(pause);
            assertThat(retried.limit(5)).as("a wait that ends before").isEqualTo(5);
            now += pause - 1;
            failAgain();
            assertThat(isReported()).isFalse();
            now++;
            failAgain();
            assertThat(isReported()).isTrue();
            pause = Math.min(2 * pause, RetriedChanges.LONGEST_PAUSE);
        }
    }

    @Test
    void successEndsThePauses() {
        failAgain();
        isReported();
        failAgain();
        retried.resubmit(updates);
        assertThat(updates.takeAll()).isSameAs(key);
        key.unqueue();
        retried.submitted();
        assertThat(retried.limit(KQueue.FOREVER)).isEqualTo(KQueue.FOREVER);
        assertThat(isReported()).isFalse();
        failAgain();
        assertThat(isReported()).as("a first failure again").isTrue();
    }

    @Test
    void aRemovedKeyIsForgotten() {
        failAgain();
        retried.remove(key);
        assertThat(retried.isAnyReady()).isFalse();
        retried.resubmit(updates);
        assertThat(updates.takeAll()).isNull();
    }
}
