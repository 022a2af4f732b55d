package dev.kqueue.nio;

import java.util.concurrent.atomic.AtomicReference;

/**
 * The keys whose interest set has changed since the last selection operation, each once. Any thread pushes; the
 * selecting thread takes them all.
 *
 * <p>A stack without locks, linked through the keys themselves. It has no ABA problem: nothing is ever popped singly,
 * {@link #takeAll} detaches the whole chain at once, and a key can be pushed again only after the taker has given up
 * its claim ({@link KQueueSelectionKey#unqueue}), when it has read the key's link already.
 */
@SuppressWarnings("ReferenceEquality") // a key is equal to itself alone
final class InterestUpdates {
    private final AtomicReference<KQueueSelectionKey> head = new AtomicReference<>();

    /** Adds the key unless it is there. */
    void push(KQueueSelectionKey key) {
        if (key.tryQueue()) {
            KQueueSelectionKey next = head.get();
            while (true) {
                key.nextUpdate = next;
                KQueueSelectionKey seen = head.compareAndExchange(next, key);
                if (seen == next) {
                    return;
                }
                next = seen;
            }
        }
    }

    /** Takes all keys out: the first of a chain linked by {@link KQueueSelectionKey#nextUpdate}, or null. */
    KQueueSelectionKey takeAll() {
        return head.get() == null ? null : head.getAndSet(null);
    }

    /** Adds a chain that was taken, or what is left of it. */
    void putBack(KQueueSelectionKey first) {
        KQueueSelectionKey next;
        for (KQueueSelectionKey key = first; key != null; key = next) {
            next = key.nextUpdate;
            key.nextUpdate = null;
            key.unqueue();
            push(key);
        }
    }
}
