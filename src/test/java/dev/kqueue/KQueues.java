package dev.kqueue;

import dev.kqueue.internal.backend.KQueueBackend;

/** Kqueues that stand on a backend of a test. */
public final class KQueues {
    private KQueues() {}

    /** The kqueue over this backend. */
    public static KQueue over(KQueueBackend backend) {
        return new KQueue(backend);
    }
}
