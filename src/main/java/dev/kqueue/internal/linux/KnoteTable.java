package dev.kqueue.internal.linux;

/**
 * The knotes whose ident is no descriptor, found by ident and filter: a hash table chained through the knotes, so that
 * neither a look-up nor an entry allocates. Belongs to the kqueue's lock.
 */
final class KnoteTable {
    private Knote[] buckets = new Knote[16];
    private int size;

    Knote find(long ident, int filter) {
        for (Knote kn = buckets[bucket(ident, filter, buckets.length)]; kn != null; kn = kn.chain) {
            if (kn.ident == ident && kn.filter == filter) {
                return kn;
            }
        }
        return null;
    }

    void add(Knote kn) {
        if (size >= buckets.length - buckets.length / 4) {
            grow();
        }
        size++;
        link(buckets, kn);
    }

    void remove(Knote kn) {
        int bucket = bucket(kn.ident, kn.filter, buckets.length);
        if (buckets[bucket] == kn) {
            buckets[bucket] = kn.chain;
        } else {
            Knote before = buckets[bucket];
            while (before.chain != kn) {
                before = before.chain;
            }
            before.chain = kn.chain;
        }
        kn.chain = null;
        size--;
    }

    /** The first knote that is found, to be removed: for emptying the table. */
    Knote any() {
        for (Knote head : buckets) {
            if (head != null) {
                return head;
            }
        }
        return null;
    }

    private void grow() {
        Knote[] larger = new Knote[buckets.length * 2];
        for (Knote head : buckets) {
            for (Knote kn = head; kn != null; ) {
                Knote next = kn.chain;
                link(larger, kn);
                kn = next;
            }
        }
        buckets = larger;
    }

    private static void link(Knote[] buckets, Knote kn) {
        int bucket = bucket(kn.ident, kn.filter, buckets.length);
        kn.chain = buckets[bucket];
        buckets[bucket] = kn;
    }

    /** idents are small numbers in a row, or addresses: the multiplication spreads both. */
    private static int bucket(long ident, int filter, int length) {
        long hash = (ident * 31 + filter) * 0x9e3779b97f4a7c15L;
        return (int) (hash >>> 32) & (length - 1);
    }
}
