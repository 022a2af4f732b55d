package dev.kqueue.internal.linux;

import dev.kqueue.internal.thread.StackReserve;

import java.util.function.Consumer;

/**
 * A hash table by number and kind of number, chained through its entries: neither a lookup nor an insertion allocates.
 * Belongs to the kqueue's lock.
 */
final class IdTable<E extends IdTable.Entry<E>> {
    /** What can stand in a table; in one at a time. */
    interface Entry<E extends Entry<E>> {
        /** The number that it is found by. */
        long ident();

        /** The kind of number. */
        int kind();

        /** Kept for the table. */
        E chain();

        /** Kept for the table. */
        void setChain(E next);
    }

    private E[] buckets = newBuckets(16);
    private int size;

    @SuppressWarnings("unchecked") // an array of a type variable; it never leaves this class
    private static <E extends Entry<E>> E[] newBuckets(int length) {
        return (E[]) new Entry<?>[length];
    }

    E find(long ident, int kind) {
        E entry = buckets[bucket(ident, kind, buckets.length)];
        while (entry != null && (entry.ident() != ident || entry.kind() != kind)) {
            entry = entry.chain();
        }
        return entry;
    }

    void add(E entry) {
        reserve();
        link(buckets, entry);
        size++;
    }

    /** Makes room for one more: the next {@link #add} allocates nothing. */
    void reserve() {
        if (size >= buckets.length - buckets.length / 4) {
            grow();
        }
    }

    /** Takes out all entries, one after the other, and hands each over when it is out. Allocates nothing. */
    void drain(Consumer<? super E> action) {
        for (int i = 0; i < buckets.length; i++) {
            for (E entry = buckets[i]; entry != null; entry = buckets[i]) {
                buckets[i] = entry.chain();
                entry.setChain(null);
                size--;
                action.accept(entry);
            }
        }
    }

    /** Calls the action with each entry, which must not change the table. Allocates nothing. */
    void forEach(Consumer<? super E> action) {
        for (E head : buckets) {
            for (E entry = head; entry != null; entry = entry.chain()) {
                action.accept(entry);
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // this very entry, by identity
    void remove(E entry) {
        int bucket = bucket(entry.ident(), entry.kind(), buckets.length);
        E before = null;
        E each = buckets[bucket];
        while (each != entry) {
            before = each;
            each = each.chain();
        }
        if (before == null) {
            buckets[bucket] = entry.chain();
        } else {
            before.setChain(entry.chain());
        }
        size--;
        entry.setChain(null);
    }

    int size() {
        return size;
    }

    /** Copies all entries into an array that is long enough, for walking over them while they change. */
    E[] toArray(E[] array) {
        int count = 0;
        for (E head : buckets) {
            for (E entry = head; entry != null; entry = entry.chain()) {
                array[count++] = entry;
            }
        }
        return array;
    }

    /**
     * The first entry of a walk over all of them in no particular order, or null. Unlike {@link #toArray} it takes no
     * memory; no entry may be added or removed on the way, but the one that {@link #after} has been asked about.
     */
    E first() {
        return head(0);
    }

    /** The next entry of the walk, or null. */
    E after(E entry) {
        E next = entry.chain();
        return next != null ? next : head(bucket(entry.ident(), entry.kind(), buckets.length) + 1);
    }

    private E head(int from) {
        for (int i = from; i < buckets.length; i++) {
            if (buckets[i] != null) {
                return buckets[i];
            }
        }
        return null;
    }

    private void grow() {
        StackReserve.ensure();
        E[] larger = newBuckets(buckets.length * 2);
        for (E head : buckets) {
            for (E entry = head; entry != null; ) {
                E next = entry.chain();
                link(larger, entry);
                entry = next;
            }
        }
        buckets = larger;
    }

    private static <E extends Entry<E>> void link(E[] buckets, E entry) {
        int bucket = bucket(entry.ident(), entry.kind(), buckets.length);
        entry.setChain(buckets[bucket]);
        buckets[bucket] = entry;
    }

    /** Numbers may be small and in a row, or addresses: the multiplication spreads both. */
    private static int bucket(long ident, int kind, int length) {
        long hash = (ident * 31 + kind) * 0x9e3779b97f4a7c15L;
        return (int) (hash >>> 32) & (length - 1);
    }
}
