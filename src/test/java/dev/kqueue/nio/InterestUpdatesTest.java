package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.internal.channel.ScriptedChannel;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;

class InterestUpdatesTest {
    private final InterestUpdates updates = new InterestUpdates();

    private static KQueueSelectionKey key() throws Exception {
        return new KQueueSelectionKey(null, new ScriptedChannel(7));
    }

    private List<KQueueSelectionKey> takeAll() {
        List<KQueueSelectionKey> taken = new ArrayList<>();
        KQueueSelectionKey next;
        for (KQueueSelectionKey key = updates.takeAll(); key != null; key = next) {
            next = key.nextUpdate;
            key.nextUpdate = null;
            key.unqueue();
            taken.add(key);
        }
        return taken;
    }

    @Test
    void holdsAKeyOnceHoweverOftenItIsPushed() throws Exception {
        KQueueSelectionKey a = key();
        KQueueSelectionKey b = key();
        updates.push(a);
        updates.push(b);
        updates.push(a);
        assertThat(takeAll()).containsExactlyInAnyOrder(a, b);
        assertThat(takeAll()).isEmpty();
        updates.push(a);
        assertThat(takeAll()).containsExactly(a);
    }

    /** The law that the selector lives by: a change made before a push is seen by the taking that follows it. */
    @Test
    void theLastChangeOfEachKeyIsAlwaysSeen() throws Exception {
        int threads = 4;
        int rounds = 200_000;
        KQueueSelectionKey[] keys = new KQueueSelectionKey[8];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = key();
        }
        AtomicIntegerArray changed = new AtomicIntegerArray(keys.length);
        int[] seen = new int[keys.length];
        List<Thread> pushers = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int first = t;
            pushers.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        for (int i = 0; i < rounds; i++) {
                                            int k = (first + i) % keys.length;
                                            changed.incrementAndGet(k);
                                            updates.push(keys[k]);
                                        }
                                    }));
        }
        boolean running = true;
        while (running) {
            running = pushers.stream().anyMatch(Thread::isAlive);
            KQueueSelectionKey next;
            for (KQueueSelectionKey key = updates.takeAll(); key != null; key = next) {
                next = key.nextUpdate;
                key.nextUpdate = null;
                key.unqueue();
                for (int k = 0; k < keys.length; k++) {
                    if (keys[k].equals(key)) {
                        seen[k] = changed.get(k);
                    }
                }
            }
        }
        for (int k = 0; k < keys.length; k++) {
            assertThat(seen[k]).isEqualTo(changed.get(k)).isEqualTo(threads * rounds / keys.length);
        }
    }
}
