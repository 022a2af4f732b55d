package dev.kqueue.nio;

import dev.kqueue.internal.fd.ReadProbe;
import dev.kqueue.internal.fd.Readiness;

import java.nio.channels.SelectionKey;
import java.util.Arrays;

/**
 * Keys whose channels are known to be ready from the readiness cache: a selection operation reports them without asking
 * the kernel. Owned by the thread that holds the selector's monitor.
 */
@SuppressWarnings("ReferenceEquality") // a key is equal to itself alone
final class CachedReadyKeys {
    static final int NOT_CACHED = -1;

    private KQueueSelectionKey[] keys = new KQueueSelectionKey[16];
    private int size;
    private final ReadProbe probe = new ReadProbe();

    // -- what the last review has found
    private boolean sure;
    private boolean unsure;

    /** poll(2) failed: the unsure streams count as ready in this operation. */
    private boolean unanswered;

    /** The operations of interest that the key's channel remembers to be ready. */
    static int ops(int readiness, int interestOps) {
        return ((Readiness.isReadable(readiness) ? SelectionKey.OP_READ : 0)
                        | (Readiness.isWritable(readiness) ? SelectionKey.OP_WRITE : 0))
                & interestOps;
    }

    /** Adds the key unless it is there. */
    void add(KQueueSelectionKey key) {
        if (key.cachedIndex == NOT_CACHED) {
            if (size == keys.length) {
                keys = Arrays.copyOf(keys, size * 2);
            }
            key.cachedIndex = size;
            keys[size++] = key;
        }
    }

    /** Removes the key if it is there. */
    void remove(KQueueSelectionKey key) {
        if (key.cachedIndex != NOT_CACHED) {
            removeAt(key.cachedIndex);
        }
    }

    private void removeAt(int index) {
        keys[index].cachedIndex = NOT_CACHED;
        KQueueSelectionKey last = keys[--size];
        keys[size] = null;
        if (index != size) {
            keys[index] = last;
            last.cachedIndex = index;
        }
    }

    /** Whether a key is known to be ready. */
    boolean isAnySure() {
        return sure;
    }

    /** Whether a key is unsure: its stream's last read filled the buffer exactly. */
    boolean isAnyUnsure() {
        return unsure;
    }

    /**
     * Takes in a key that an operation has reported, if its channel is ready still. After the last review that counts
     * for what is known of all keys; between operations it is not asked for.
     */
    void recall(KQueueSelectionKey key) {
        if (key.cachedIndex == NOT_CACHED && key.isValid()) {
            Readiness readiness = key.source().readiness();
            if (readiness != null && judge(readiness.stamp(), key.interest())) {
                add(key);
            }
        }
    }

    /** Adds the keys that are known to be ready. */
    void find(ReadyBatch found) {
        for (int i = 0; i < size; i++) {
            KQueueSelectionKey key = keys[i];
            found.add(key, sureOps(key.source().readiness().stamp(), key.interest()));
        }
    }

    private int sureOps(int stamp, int interest) {
        return ops(stamp, Readiness.isUnsure(stamp) && !unanswered ? interest & ~SelectionKey.OP_READ : interest);
    }

    /**
     * Removes the keys that are not ready any more: their channels were read or written to the limit, or they have lost
     * interest.
     */
    void review() {
        unanswered = false;
        sure = false;
        unsure = false;
        for (int i = size - 1; i >= 0; i--) {
            KQueueSelectionKey key = keys[i];
            int interest = key.isValid() ? key.interest() : 0;
            if (!judge(key.source().readiness().stamp(), interest)) {
                removeAt(i);
            }
        }
    }

    /** Whether anything of interest is ready, as far as is known: for what is found out about all keys together. */
    private boolean judge(int stamp, int interest) {
        if (ops(stamp, interest) == 0) {
            return false;
        }
        if (sureOps(stamp, interest) != 0) {
            sure = true;
        } else {
            unsure = true;
        }
        return true;
    }

    /**
     * Asks poll(2), in one call, about all unsure streams. An edge that has come in this operation is an answer: what
     * has been found readable is not asked, and not looked at again.
     */
    void ask() {
        for (int i = size - 1; i >= 0; i--) {
            KQueueSelectionKey key = keys[i];
            if ((key.found & SelectionKey.OP_READ) == 0) {
                Readiness readiness = key.source().readiness();
                int stamp = readiness.stamp();
                if (Readiness.isUnsure(stamp) && key.isValid() && (key.interest() & SelectionKey.OP_READ) != 0) {
                    probe.add(key.source().descriptor(), readiness, stamp);
                }
            }
        }
        if (probe.isEmpty()) {
            return;
        }
        boolean answered = probe.run();
        review();
        // EINTR or ENOMEM: they are reported, and a read finds out, at the price of an EAGAIN.
        unanswered = !answered;
        sure |= unanswered;
    }
}
