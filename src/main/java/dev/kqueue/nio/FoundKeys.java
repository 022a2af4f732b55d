package dev.kqueue.nio;

import java.nio.channels.SelectionKey;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * The keys that one selection operation has found ready, each once, whichever number of events said so: what is then
 * handed to the selected-key set or to an action. Owned by the thread that holds the selector's monitor.
 */
final class FoundKeys {
    private KQueueSelectionKey[] keys = new KQueueSelectionKey[128];
    private int size;

    /** Tells this operation's marks on keys from those of the operations before. */
    private int turn;

    /** Begins a selection operation: nothing is found yet. */
    void begin() {
        turn++;
    }

    /** Ends a selection operation: keeps no key from being collected. */
    void end() {
        Arrays.fill(keys, 0, size, null);
        size = 0;
    }

    /** Whether this operation has found the key. */
    boolean contains(KQueueSelectionKey key) {
        return key.turn == turn;
    }

    /** Adds operations that are ready, if there are any and the key is valid. */
    void add(KQueueSelectionKey key, int ops) {
        if (ops == 0 || !key.isValid()) {
            return;
        }
        if (key.turn == turn) {
            key.found = (byte) (key.found | ops);
            return;
        }
        key.turn = turn;
        key.found = (byte) ops;
        if (size == keys.length) {
            keys = Arrays.copyOf(keys, size * 2);
        }
        keys[size++] = key;
    }

    /** Adds the keys to the selected-key set; returns how many were added or had their ready set changed. */
    int select(SelectedKeys selected) {
        int updated = 0;
        for (int i = 0; i < size; i++) {
            KQueueSelectionKey key = keys[i];
            if (key.selectedIndex == KQueueSelectionKey.NOT_SELECTED) {
                key.setReady(key.found);
                selected.select(key);
                updated++;
            } else {
                int before = key.ready();
                if ((key.found & ~before) != 0) {
                    key.setReady(before | key.found);
                    updated++;
                }
            }
        }
        return updated;
    }

    /**
     * Hands each key to the action; returns how many.
     *
     * @param ensureOpen throws if the action has closed the selector
     */
    int accept(Consumer<SelectionKey> action, Runnable ensureOpen) {
        for (int i = 0; i < size; i++) {
            keys[i].setReady(keys[i].found);
        }
        int accepted = 0;
        for (int i = 0; i < size; i++) {
            KQueueSelectionKey key = keys[i];
            // An earlier call of the action may have cancelled this key or taken its interest away.
            if (key.isValid() && (key.ready() & key.interest()) != 0) {
                accepted++;
                action.accept(key);
                ensureOpen.run();
            } else {
                key.passedOver();
            }
        }
        return accepted;
    }
}
