package dev.kqueue.nio;

import java.nio.channels.SelectionKey;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.ConcurrentModificationException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Consumer;

/**
 * The selected-key set of a selector: an array of keys, each of which knows its place. Adding, removing and finding
 * take constant time and no memory; iteration runs over an array. Programs may remove keys and not add any; like every
 * selected-key set it is not safe for use by several threads at once.
 */
@SuppressWarnings("ReferenceEquality") // a key is equal to itself alone
final class SelectedKeys extends AbstractSet<SelectionKey> {
    private KQueueSelectionKey[] keys = new KQueueSelectionKey[16];
    private int size;

    /** Counts structural changes, for iterators to notice those that are not their own. */
    private int modifications;

    /** Adds a key that is not in the set: for the selector, which finds keys ready. */
    void select(KQueueSelectionKey key) {
        assert key.selectedIndex == KQueueSelectionKey.NOT_SELECTED;
        if (size == keys.length) {
            keys = Arrays.copyOf(keys, size * 2);
        }
        key.selectedIndex = size;
        keys[size++] = key;
        modifications++;
    }

    /** Removes the key if it is in the set: for the selector, which deregisters it. */
    void deselect(KQueueSelectionKey key) {
        if (contains(key)) {
            removeAt(key.selectedIndex);
        }
    }

    /** The last key takes the place of the removed one: order means nothing in a set. */
    private void removeAt(int index) {
        keys[index].selectedIndex = KQueueSelectionKey.NOT_SELECTED;
        KQueueSelectionKey last = keys[--size];
        keys[size] = null;
        if (index != size) {
            keys[index] = last;
            last.selectedIndex = index;
        }
        modifications++;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public boolean contains(Object object) {
        // The index alone does not tell: a key of another selector has one too.
        return object instanceof KQueueSelectionKey key
                && key.selectedIndex != KQueueSelectionKey.NOT_SELECTED
                && key.selectedIndex < size
                && keys[key.selectedIndex] == key;
    }

    @Override
    public boolean remove(Object object) {
        if (!contains(object)) {
            return false;
        }
        removeAt(((KQueueSelectionKey) object).selectedIndex);
        return true;
    }

    @Override
    public void clear() {
        for (int i = 0; i < size; i++) {
            keys[i].selectedIndex = KQueueSelectionKey.NOT_SELECTED;
            keys[i] = null;
        }
        size = 0;
        modifications++;
    }

    @Override
    public void forEach(Consumer<? super SelectionKey> action) {
        int expected = modifications;
        for (int i = 0; i < size; i++) {
            action.accept(keys[i]);
            if (modifications != expected) {
                throw new ConcurrentModificationException();
            }
        }
    }

    @Override
    public Iterator<SelectionKey> iterator() {
        return new Cursor();
    }

    private final class Cursor implements Iterator<SelectionKey> {
        private int next;
        private boolean removable;
        private int expected = modifications;

        @Override
        public boolean hasNext() {
            return next < size;
        }

        @Override
        public SelectionKey next() {
            if (modifications != expected) {
                throw new ConcurrentModificationException();
            }
            if (next >= size) {
                throw new NoSuchElementException();
            }
            removable = true;
            return keys[next++];
        }

        @Override
        public void remove() {
            if (!removable) {
                throw new IllegalStateException("next has not been called, or remove has been called already");
            }
            if (modifications != expected) {
                throw new ConcurrentModificationException();
            }
            // The key that takes the free place has not been visited: step back to it.
            removeAt(--next);
            removable = false;
            expected = modifications;
        }
    }
}
