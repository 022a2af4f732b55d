package dev.kqueue.nio;

import java.util.ArrayList;
import java.util.List;

/**
 * The keys of a channel that is not connected yet, or does not listen yet. What such a channel wants to know of the
 * kernel depends on its stage, and so changes without a change of interest: each new stage has its keys looked at anew.
 */
final class WaitingKeys {
    private final List<KQueueSelectionKey> keys = new ArrayList<>(1);

    /** The errno with which the connection has failed, by the word of an event; 0 if no event has told one. */
    private volatile int error;

    void failed(int errno) {
        error = errno;
    }

    int error() {
        return error;
    }

    synchronized void add(KQueueSelectionKey key) {
        keys.add(key);
    }

    synchronized void stageChanged() {
        for (KQueueSelectionKey key : keys) {
            key.selector().sourceChanged(key);
        }
    }

    /** There will be no further stage. */
    synchronized void lastStage() {
        stageChanged();
        keys.clear();
    }
}
