package dev.kqueue.nio;

import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.KQueue;
import dev.kqueue.internal.channel.EventSource;

import java.io.IOException;

/**
 * The removal of cancelled keys' knotes: all in one call, before the descriptors are released. Owned by the thread that
 * holds the selector's monitor.
 */
final class Removals {
    private final KEventList removals = KEventList.allocate(16);
    private final KEventList receipts = KEventList.allocate(16);

    /**
     * Adds the removal of all of a key's knotes. Those of a descriptor that is about to be closed are left to close(2),
     * which ends them unless others hold its open file description, too.
     */
    void add(KQueueSelectionKey key, KQueue kqueue) {
        if (key.knotes != 0) {
            EventSource source = key.source();
            if (source.descriptor() >= 0 && !key.channel().isOpen()) {
                // Should the description become shared only now, the last holder of the descriptor takes it out.
                kqueue.beforeClose(source.descriptor(), source.isShared());
            } else {
                source.changes(key.knotes, 0, key.udata, removals);
            }
            key.knotes = 0;
        }
    }

    /** Removes the knotes, if any. */
    void submit(KQueue kqueue) throws IOException {
        int n = removals.size();
        if (n == 0) {
            return;
        }
        try {
            // With receipts no events are fetched, which would be lost here.
            for (int i = 0; i < n; i++) {
                removals.set(
                        i,
                        removals.ident(i),
                        removals.filter(i),
                        removals.flags(i) | KEvent.EV_RECEIPT,
                        removals.fflags(i),
                        removals.data(i),
                        removals.udata(i));
            }
            // What the receipts say is not looked at: ENOENT is a knote that is gone already (EV_ONESHOT, a process's
            // end), and
            // EBADF cannot be, as the keys still hold their descriptors.
            kqueue.kevent(removals, receipts, 0);
        } finally {
            removals.clear();
        }
    }

    void clear() {
        removals.clear();
    }
}
