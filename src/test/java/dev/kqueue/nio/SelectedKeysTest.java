package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.internal.channel.ScriptedChannel;

import org.junit.jupiter.api.Test;

import java.nio.channels.SelectionKey;
import java.util.ConcurrentModificationException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.Set;

class SelectedKeysTest {
    private final SelectedKeys set = new SelectedKeys();

    private static KQueueSelectionKey key() throws Exception {
        return new KQueueSelectionKey(null, new ScriptedChannel(7));
    }

    @Test
    void behavesAsAHashSetUnderRandomUse() throws Exception {
        for (long seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            Set<SelectionKey> model = new HashSet<>();
            set.clear();
            KQueueSelectionKey[] keys = new KQueueSelectionKey[40];
            for (int i = 0; i < keys.length; i++) {
                keys[i] = key();
            }
            for (int step = 0; step < 400; step++) {
                KQueueSelectionKey key = keys[random.nextInt(keys.length)];
                switch (random.nextInt(4)) {
                    case 0, 1 -> {
                        if (model.add(key)) {
                            set.select(key);
                        }
                    }
                    case 2 -> assertThat(set.remove(key)).as("seed %d", seed).isEqualTo(model.remove(key));
                    default -> {
                        int skip = random.nextInt(3);
                        for (Iterator<SelectionKey> i = set.iterator(); i.hasNext(); ) {
                            SelectionKey next = i.next();
                            if (skip-- == 0) {
                                i.remove();
                                assertThat(model.remove(next)).as("seed %d", seed).isTrue();
                            }
                        }
                    }
                }
                assertThat(set).as("seed %d", seed).hasSameSizeAs(model).isEqualTo(model);
            }
        }
    }

    @Test
    void anIteratorThatRemovesEachKeyVisitsEachOnce() throws Exception {
        for (int i = 0; i < 100; i++) {
            set.select(key());
        }
        Set<SelectionKey> seen = new HashSet<>();
        for (Iterator<SelectionKey> i = set.iterator(); i.hasNext(); i.remove()) {
            assertThat(seen.add(i.next())).isTrue();
        }
        assertThat(seen).hasSize(100);
        assertThat(set).isEmpty();
    }

    @Test
    void refusesToBeAddedTo() {
        assertThatThrownBy(() -> set.add(key())).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void doesNotContainAKeyOfAnotherSetAtTheSamePlace() throws Exception {
        SelectedKeys other = new SelectedKeys();
        KQueueSelectionKey ours = key();
        KQueueSelectionKey theirs = key();
        set.select(ours);
        other.select(theirs);
        assertThat(set.contains(theirs)).isFalse();
        assertThat(set.remove(theirs)).isFalse();
        assertThat(other).containsExactly(theirs);
    }

    @Test
    void anIteratorNoticesOthersChanges() throws Exception {
        set.select(key());
        set.select(key());
        Iterator<SelectionKey> iterator = set.iterator();
        iterator.next();
        set.select(key());
        assertThatThrownBy(iterator::next).isInstanceOf(ConcurrentModificationException.class);
        assertThatThrownBy(iterator::remove).isInstanceOf(ConcurrentModificationException.class);
        assertThatThrownBy(() -> set.forEach(k -> set.remove(k))).isInstanceOf(ConcurrentModificationException.class);
    }

    @Test
    void anIteratorEndsAndRemovesAsSpecified() throws Exception {
        set.select(key());
        Iterator<SelectionKey> iterator = set.iterator();
        assertThatThrownBy(iterator::remove).isInstanceOf(IllegalStateException.class);
        iterator.next();
        iterator.remove();
        assertThatThrownBy(iterator::remove).isInstanceOf(IllegalStateException.class);
        assertThat(iterator.hasNext()).isFalse();
        assertThatThrownBy(iterator::next).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void aClearedKeyCanBeSelectedAgain() throws Exception {
        KQueueSelectionKey key = key();
        set.select(key);
        set.clear();
        assertThat(set.contains(key)).isFalse();
        set.select(key);
        assertThat(set).containsExactly(key);
    }
}
