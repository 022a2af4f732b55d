package dev.kqueue.nio;

import dev.kqueue.internal.channel.RegisteredKey;

/**
 * The {@link RegisteredKey} of a key. An object of its own, made for the few channels that need it: {@link EventKey} is
 * public, and would show these methods to its users.
 */
record KeyChanges(KQueueSelectionKey key) implements RegisteredKey {
    @Override
    public boolean isValid() {
        return key.isValid();
    }

    @Override
    public void stateChanged() {
        key.selector().sourceChanged(key);
    }

    @Override
    public void knotesLost() {
        key.knotesLost = true;
        key.selector().sourceChanged(key);
    }
}
