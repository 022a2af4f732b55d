package dev.kqueue.nio;

import java.util.ArrayList;
import java.util.List;

/**
 * The keys of a datagram channel, whose socket may be replaced by another one under the same number: then the kernel
 * has removed their knotes, and they are to be added again. See {@link SocketDomain#renewDatagramSocket}.
 */
final class RenewableKeys {
    private static final class Key extends KQueueSelectionKey {
        /** Set after the socket was replaced, and cleared by the selecting thread before it adds the knotes. */
        private volatile boolean knotesLost;

        Key(KQueueSelector selector, EventSource source) {
            super(selector, source);
        }

        @Override
        boolean takeKnotesLost() {
            boolean lost = knotesLost;
            if (lost) {
                knotesLost = false;
            }
            return lost;
        }
    }

    // Under the monitor.
    private final List<Key> keys = new ArrayList<>(1);

    /** Makes the key of a registration. */
    synchronized KQueueSelectionKey add(KQueueSelector selector, EventSource source) {
        keys.removeIf(key -> !key.isValid());
        Key key = new Key(selector, source);
        keys.add(key);
        return key;
    }

    /**
     * The socket was replaced. A selecting thread that has not heard of it yet may remove a knote that is not there, or
     * add one that is: the kernel takes neither amiss, and all are added anew after this.
     */
    synchronized void knotesLost() {
        for (Key key : keys) {
            key.knotesLost = true;
            key.selector().sourceChanged(key);
        }
    }
}
