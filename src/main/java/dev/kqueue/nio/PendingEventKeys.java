package dev.kqueue.nio;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Event keys with a record to deliver that the kernel will not report again: their interest was gone when the event
 * came, the action was not called for them, or they were triggered, by the program or by the exit of a child. Owned by
 * the thread that holds the selector's monitor, but for {@link #trigger}.
 */
final class PendingEventKeys {
    private EventKey[] keys = new EventKey[4];
    private int size;

    /** Triggered since they were last collected: a stack without locks, linked through the keys, taken as a whole. */
    private final AtomicReference<EventKey> triggered = new AtomicReference<>();

    void add(EventKey key) {
        if (!key.pendingEvents) {
            reserve();
            key.pendingEvents = true;
            keys[size++] = key;
        }
    }

    /** Adds a key that no other thread is adding; any thread. */
    void trigger(EventKey key) {
        EventKey next;
        do {
            next = triggered.get();
            key.nextTriggered = next;
        } while (!triggered.compareAndSet(next, key));
    }

    /** Takes in the triggered keys. */
    void collect() {
        if (triggered.get() == null) {
            return;
        }
        EventKey rest = triggered.getAndSet(null);
        try {
            while (rest != null) {
                // Room first: a key that has left the chain must get among the keys, or its triggers are lost.
                reserve();
                EventKey key = rest;
                rest = key.nextTriggered;
                key.nextTriggered = null;
                boolean fresh = !ReadyBatch.contains(key) && key.selectedIndex == KQueueSelectionKey.NOT_SELECTED;
                if (key.recordTriggers(fresh)) {
                    add(key);
                }
            }
        } finally {
            // There was no memory: what is left is for the next operation.
            while (rest != null) {
                EventKey key = rest;
                rest = key.nextTriggered;
                trigger(key);
            }
        }
    }

    /** Makes room for one more key. */
    private void reserve() {
        if (size == keys.length) {
            keys = Arrays.copyOf(keys, size * 2);
        }
    }

    /** Whether a key is to be reported now. */
    boolean isAnyReady() {
        for (int i = 0; i < size; i++) {
            if (keys[i].isValid() && keys[i].interest() != 0 && !keys[i].isOutdated()) {
                return true;
            }
        }
        return false;
    }

    /** Reports the keys of interest. Those without stay. */
    void find(ReadyBatch found) {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            EventKey key = keys[i];
            int interest = key.interest();
            if (key.isValid() && interest == 0) {
                keys[kept++] = key;
            } else {
                key.pendingEvents = false;
                found.add(key, key.isOutdated() ? 0 : interest);
            }
        }
        Arrays.fill(keys, kept, size, null);
        size = kept;
    }
}
