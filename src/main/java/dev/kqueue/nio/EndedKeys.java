package dev.kqueue.nio;

/**
 * Event keys of which nothing more will come, until the program has had their last record: then the selector cancels
 * them. A list that is linked through the keys, so that adding one takes no memory. Owned by the thread that holds the
 * selector's monitor.
 */
final class EndedKeys {
    private EventKey first;

    void add(EventKey key) {
        if (!key.listedAsEnded) {
            key.listedAsEnded = true;
            key.nextEnded = first;
            first = key;
        }
    }

    boolean isEmpty() {
        return first == null;
    }

    /**
     * Cancels the keys whose last record was handed out. A key that was revived leaves the list, and comes back when it
     * ends again.
     *
     * @return whether a key was cancelled
     */
    boolean cancelHandedOut() {
        boolean cancelled = false;
        EventKey rest = first;
        first = null;
        try {
            while (rest != null) {
                EventKey key = rest;
                if (key.isValid() && key.ends()) {
                    if (!key.isHandedOut()) {
                        rest = unlink(key);
                        add(key);
                        continue;
                    }
                    if (key.endForGood()) {
                        key.cancel();
                        cancelled = true;
                    }
                }
                rest = unlink(key);
            }
        } finally {
            // There was no memory to cancel one: what is left is for the next operation.
            while (rest != null) {
                EventKey key = rest;
                rest = unlink(key);
                add(key);
            }
        }
        return cancelled;
    }

    private static EventKey unlink(EventKey key) {
        EventKey next = key.nextEnded;
        key.nextEnded = null;
        key.listedAsEnded = false;
        return next;
    }

    /** For a selector that is closed: keeps no key from being collected. */
    void clear() {
        while (first != null) {
            first = unlink(first);
        }
    }
}
