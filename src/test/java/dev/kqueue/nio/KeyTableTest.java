package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.internal.channel.ScriptedChannel;

import org.junit.jupiter.api.Test;

import java.nio.channels.SelectionKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

class KeyTableTest {
    private final KeyTable table = new KeyTable();

    private static KQueueSelectionKey key() throws Exception {
        return new KQueueSelectionKey(null, new ScriptedChannel(7));
    }

    @Test
    void findsEachKeyByItsUdata() throws Exception {
        List<KQueueSelectionKey> keys = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            KQueueSelectionKey key = key();
            table.add(key);
            keys.add(key);
        }
        for (KQueueSelectionKey key : keys) {
            assertThat(table.find(key.udata)).isSameAs(key);
        }
        assertThat(table).hasSize(1000).containsAll(keys);
    }

    @Test
    void findsNothingForAKeyThatIsGoneAlthoughItsSlotIsTakenAgain() throws Exception {
        KQueueSelectionKey gone = key();
        table.add(gone);
        table.take(gone);
        KQueueSelectionKey successor = key();
        table.add(successor);
        assertThat((int) successor.udata).as("the slot is used again").isEqualTo((int) gone.udata);
        assertThat(table.find(gone.udata)).isNull();
        assertThat(table.contains(gone)).isFalse();
        assertThat(table.find(successor.udata)).isSameAs(successor);
    }

    @Test
    void findsNothingForForeignUdata() throws Exception {
        table.add(key());
        assertThat(table.find(0)).isNull();
        assertThat(table.find(-1)).isNull();
        assertThat(table.find(1L << 32 | 12345)).isNull();
        assertThat(table.contains(key())).isFalse();
    }

    @Test
    void behavesAsAHashSetUnderRandomUse() throws Exception {
        for (long seed = 0; seed < 30; seed++) {
            Random random = new Random(seed);
            List<KQueueSelectionKey> present = new ArrayList<>();
            for (int step = 0; step < 500; step++) {
                if (present.isEmpty() || random.nextInt(3) > 0) {
                    KQueueSelectionKey key = key();
                    table.add(key);
                    present.add(key);
                } else {
                    table.take(present.remove(random.nextInt(present.size())));
                }
            }
            Set<SelectionKey> expected = new HashSet<>(present);
            assertThat(new HashSet<>(table)).as("seed %d", seed).isEqualTo(expected);
            assertThat(table.size()).isEqualTo(expected.size());
            present.forEach(table::take);
        }
        assertThat(table).isEmpty();
    }

    @Test
    void anIteratorFindsTheKeysThatStayWhileOthersComeAndGo() throws Exception {
        Set<SelectionKey> staying = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            KQueueSelectionKey key = key();
            table.add(key);
            staying.add(key);
        }
        AtomicBoolean done = new AtomicBoolean();
        Thread churn =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        while (!done.get()) {
                                            KQueueSelectionKey key = key();
                                            table.add(key);
                                            table.take(key);
                                        }
                                    } catch (Exception e) {
                                        throw new AssertionError(e);
                                    }
                                });
        try {
            for (int round = 0; round < 2000; round++) {
                Set<SelectionKey> seen = new HashSet<>();
                for (SelectionKey key : table) {
                    seen.add(key);
                }
                assertThat(seen.containsAll(staying)).isTrue();
            }
        } finally {
            done.set(true);
            churn.join();
        }
    }
}
