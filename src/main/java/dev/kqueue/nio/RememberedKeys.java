package dev.kqueue.nio;

import java.nio.channels.SelectionKey;
import java.util.Arrays;

/**
 * The keys whose channels remember that they are ready: those that a selection operation reports without asking the
 * kernel. Owned by the thread that holds the selector's monitor.
 */
@SuppressWarnings("ReferenceEquality") // a key is equal to itself alone
final class RememberedKeys {
    static final int NOT_REMEMBERED = -1;

    private KQueueSelectionKey[] keys = new KQueueSelectionKey[16];
    private int size;
    private final ReadProbe probe = new ReadProbe();

    /** The operations of interest that the key's channel remembers to be ready. */
    static int ops(int readiness, int interestOps) {
        return ((Readiness.isReadable(readiness) ? SelectionKey.OP_READ : 0)
                        | (Readiness.isWritable(readiness) ? SelectionKey.OP_WRITE : 0))
                & interestOps;
    }

    /** Adds the key unless it is there. */
    void add(KQueueSelectionKey key) {
        if (key.rememberedIndex == NOT_REMEMBERED) {
            if (size == keys.length) {
                keys = Arrays.copyOf(keys, size * 2);
            }
            key.rememberedIndex = size;
            keys[size++] = key;
        }
    }

    /** Removes the key if it is there. */
    void remove(KQueueSelectionKey key) {
        if (key.rememberedIndex != NOT_REMEMBERED) {
            removeAt(key.rememberedIndex);
        }
    }

    private void removeAt(int index) {
        keys[index].rememberedIndex = NOT_REMEMBERED;
        KQueueSelectionKey last = keys[--size];
        keys[size] = null;
        if (index != size) {
            keys[index] = last;
            last.rememberedIndex = index;
        }
    }

    boolean isEmpty() {
        return size == 0;
    }

    void find(FoundKeys found) {
        for (int i = 0; i < size; i++) {
            KQueueSelectionKey key = keys[i];
            found.add(key, ops(key.source().readiness().stamp(), key.interest()));
        }
    }

    /**
     * Forgets the keys that are ready no more: their channels were read or written to the limit, or they have lost
     * interest. Streams whose last read was filled to the byte are looked at with one poll(2) for all.
     */
    void review() {
        for (int i = size - 1; i >= 0; i--) {
            KQueueSelectionKey key = keys[i];
            Readiness readiness = key.source().readiness();
            int stamp = readiness.stamp();
            if (!key.isValid() || ops(stamp, key.interest()) == 0) {
                removeAt(i);
            } else if (Readiness.isUnsure(stamp) && (key.interest() & SelectionKey.OP_READ) != 0) {
                probe.add(key.source().descriptor(), readiness, stamp);
            }
        }
        if (probe.isEmpty()) {
            return;
        }
        probe.run();
        for (int i = size - 1; i >= 0; i--) {
            if (ops(keys[i].source().readiness().stamp(), keys[i].interest()) == 0) {
                removeAt(i);
            }
        }
    }
}
