package dev.kqueue.nio;

import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The keys that one selection operation has found ready, each once however many events it had. They are handed to the
 * selected-key set or to an action. Owned by the thread that holds the selector's monitor.
 *
 * <h2>No event is lost with an operation that fails</h2>
 *
 * Edges are reported once, so a key is released only through {@link #letGo}, which re-queues it if its stream is still
 * ready or its event was not delivered (an action threw). This runs after the key's action, and otherwise at the start
 * of the next select, when the program has usually drained the stream.
 */
final class ReadyBatch {
    private final CachedReadyKeys remembered;

    private KQueueSelectionKey[] keys = new KQueueSelectionKey[128];
    private int size;

    /** The number of keys that have been handed out. */
    private int told;

    /** The number of keys that have been released: at most one fewer than were handed out, while an action runs. */
    private int left;

    ReadyBatch(CachedReadyKeys remembered) {
        this.remembered = remembered;
    }

    /** Whether the key is among them. */
    static boolean contains(KQueueSelectionKey key) {
        return key.found != 0;
    }

    /** Makes room for so many more: adding that many then takes no memory, and cannot fail. */
    void reserve(int more) {
        if (keys.length - size < more) {
            keys = Arrays.copyOf(keys, Math.max(size + more, keys.length * 2));
        }
    }

    /** Adds operations that are ready, if there are any and the key is valid. */
    void add(KQueueSelectionKey key, int ops) {
        if (ops == 0 || !key.isValid()) {
            return;
        }
        if (!contains(key)) {
            reserve(1);
            keys[size++] = key;
        }
        key.found = (byte) (key.found | ops);
    }

    /**
     * Adds the keys to the selected-key set; returns how many were added or had their ready set changed.
     *
     * <p>A key that was cancelled after its event was taken in may have been deregistered meanwhile, and must not get
     * into the set: nothing would take it out. Whichever is valid here is deregistered later, and taken out then.
     */
    int select(SelectedKeys selected) {
        int updated = 0;
        for (int i = 0; i < size; i++) {
            KQueueSelectionKey key = keys[i];
            if (!key.isValid()) {
                continue;
            }
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
        told = size;
        return updated;
    }

    /**
     * Hands each key to the action; returns how many.
     *
     * @param isOpen whether the action has not closed the selector
     * @throws ClosedSelectorException if it has, and is a plain Consumer: so {@link java.nio.channels.Selector#select}
     *     wants it
     */
    int accept(Consumer<SelectionKey> action, BooleanSupplier isOpen) throws IOException {
        int accepted = 0;
        while (told < size) {
            KQueueSelectionKey key = keys[told++];
            key.setReady(key.found);
            // An earlier call of the action may have cancelled this key or taken its interest away.
            if (key.isValid() && (key.ready() & key.interest()) != 0 && !key.isOutdated()) {
                accepted++;
                if (action instanceof KeyAction ours) {
                    ours.run(key);
                } else {
                    action.accept(key);
                }
                if (!isOpen.getAsBoolean()) {
                    if (action instanceof KeyAction) {
                        return accepted;
                    }
                    throw new ClosedSelectorException();
                }
            } else {
                key.passedOver();
            }
            letGo();
        }
        return accepted;
    }

    /** Lets go of the keys that are left of the last operation: from now on nothing is found. */
    void settle() {
        while (left < size) {
            letGo();
        }
        reset();
    }

    private void letGo() {
        // These two may want memory: until they have it, the key stays, and is let go of with the next operation.
        KQueueSelectionKey key = keys[left];
        if (left >= told) {
            key.passedOver();
        }
        remembered.recall(key);
        key.found = 0;
        keys[left++] = null;
    }

    /** For a selector that is closed: keeps no key from being collected. */
    void clear() {
        Arrays.fill(keys, 0, size, null);
        reset();
    }

    private void reset() {
        size = 0;
        told = 0;
        left = 0;
    }
}
