package dev.kqueue.nio;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.SelectionKey;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * The key set of a selector, and the lookup of an event's key by its udata.
 *
 * <p>A key has a slot. The udata of its knotes is the slot in the low 32 bits and a generation in the high ones; a new
 * key in the same slot has another generation, so an event that the kernel still delivers for a former key finds
 * nothing, and is dropped.
 *
 * <p>Slots are given and taken under this object's monitor, by any thread; they are read without it, by the selecting
 * thread and by iterators. An iterator is weakly consistent: it finds each key that was there when it was made and
 * still is.
 */
@SuppressWarnings("ReferenceEquality") // a key is equal to itself alone
final class KeyTable extends AbstractSet<SelectionKey> {
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(KQueueSelectionKey[].class);

    private volatile KQueueSelectionKey[] slots = new KQueueSelectionKey[16];
    private volatile int size;

    // -- guarded by this
    private int[] free = new int[16];
    private int freeCount;
    private int used;
    private int generation;

    /** Gives the key a slot and its udata. */
    synchronized void add(KQueueSelectionKey key) {
        // Room first, here and in take: without memory nothing has been changed.
        if (freeCount == 0 && used == slots.length) {
            slots = Arrays.copyOf(slots, used * 2);
        }
        int slot = freeCount > 0 ? free[--freeCount] : used++;
        if (++generation == 0) {
            generation = 1; // 0 is what the selector's own events carry
        }
        key.udata = (long) generation << 32 | slot;
        SLOT.setRelease(slots, slot, key);
        size++;
    }

    /** Frees the key's slot. False if another thread has done so already: the caller must then leave the key alone. */
    synchronized boolean take(KQueueSelectionKey key) {
        if (!contains(key)) {
            return false;
        }
        if (freeCount == free.length) {
            free = Arrays.copyOf(free, free.length * 2);
        }
        int slot = (int) key.udata;
        SLOT.setRelease(slots, slot, null);
        free[freeCount++] = slot;
        size--;
        return true;
    }

    /** The key whose event this is, or null if that key is gone. */
    KQueueSelectionKey find(long udata) {
        KQueueSelectionKey[] table = slots;
        int slot = (int) udata;
        if (slot < 0 || slot >= table.length) {
            return null;
        }
        KQueueSelectionKey key = (KQueueSelectionKey) SLOT.getAcquire(table, slot);
        return key != null && key.udata == udata ? key : null;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public boolean contains(Object object) {
        return object instanceof KQueueSelectionKey key && key.udata != 0 && find(key.udata) == key;
    }

    @Override
    public Iterator<SelectionKey> iterator() {
        KQueueSelectionKey[] table = slots;
        return new Iterator<>() {
            private int slot;
            private KQueueSelectionKey next = advance();

            private KQueueSelectionKey advance() {
                while (slot < table.length) {
                    KQueueSelectionKey key = (KQueueSelectionKey) SLOT.getAcquire(table, slot++);
                    if (key != null) {
                        return key;
                    }
                }
                return null;
            }

            @Override
            public boolean hasNext() {
                return next != null;
            }

            @Override
            public SelectionKey next() {
                KQueueSelectionKey key = next;
                if (key == null) {
                    throw new NoSuchElementException();
                }
                next = advance();
                return key;
            }
        };
    }
}
