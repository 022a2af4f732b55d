package dev.kqueue.nio;

import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.KQueue;
import dev.kqueue.internal.channel.Pollable;

import java.io.IOException;

/**
 * Removes the knotes of cancelled keys, all in one kevent call, before their descriptors are released. Owned by the
 * thread that holds the selector's monitor.
 */
final class DeregistrationBatch {
    private final KEventList deregistrations = KEventList.allocate(16);
    private final KEventList receipts = KEventList.allocate(16);

    /**
     * Adds the removal of all of a key's knotes. Those of a descriptor that is about to be closed are left to close(2),
     * which ends them unless others hold its open file description, too.
     */
    void add(KQueueSelectionKey key, KQueue kqueue) {
        if (key.knotes != 0) {
            Pollable source = key.source();
            if (source.descriptor() >= 0 && !key.channel().isOpen()) {
                // Should the description become shared only now, the last holder of the descriptor takes it out.
                kqueue.beforeClose(source.descriptor(), source.isShared());
            } else {
                source.changes(key.knotes, 0, key.udata, deregistrations);
            }
            key.knotes = 0;
        }
    }

    /** Removes the knotes, if any. */
    void submit(KQueue kqueue) throws IOException {
        int n = deregistrations.size();
        if (n == 0) {
            return;
        }
        try {
            // With receipts no events are fetched, which would be lost here.
            for (int i = 0; i < n; i++) {
                deregistrations.set(
                        i,
                        deregistrations.ident(i),
                        deregistrations.filter(i),
                        deregistrations.flags(i) | KEvent.EV_RECEIPT,
                        deregistrations.fflags(i),
                        deregistrations.data(i),
                        deregistrations.udata(i));
            }
            // What the receipts say is not looked at: ENOENT is a knote that is gone already (EV_ONESHOT, a process's
            // end), and
            // EBADF cannot be, as the keys still hold their descriptors.
            kqueue.kevent(deregistrations, receipts, 0);
        } finally {
            deregistrations.clear();
        }
    }

    void clear() {
        deregistrations.clear();
    }
}
