package dev.kqueue.internal.channel;

import java.util.ArrayList;
import java.util.List;

/**
 * Keys of a channel that is not connected (or listening) yet. Which filters they need depends on the connection state,
 * so each state change requeues them.
 */
final class UnconnectedKeys {
    private final List<RegisteredKey> keys = new ArrayList<>(1);

    /** The errno with which an event has reported that the connection failed; 0 if none has. */
    private volatile int error;

    void failed(int errno) {
        error = errno;
    }

    int error() {
        return error;
    }

    synchronized void add(RegisteredKey key) {
        keys.add(key);
    }

    synchronized void stageChanged() {
        for (RegisteredKey key : keys) {
            key.stateChanged();
        }
    }

    /** There will be no further stage. */
    synchronized void lastStage() {
        stageChanged();
        keys.clear();
    }
}
