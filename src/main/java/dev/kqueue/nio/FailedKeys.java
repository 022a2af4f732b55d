package dev.kqueue.nio;

import dev.kqueue.KQueue;
import dev.kqueue.internal.libc.Errno;

import java.nio.channels.SelectionKey;
import java.util.Arrays;

/**
 * Keys whose registration the kernel has refused, and would refuse again (EPERM of a regular file, for one). They are
 * reported ready for their whole interest set, so that the next read or write surfaces the error. Rare, and so a plain
 * array. Owned by the thread that holds the selector's monitor.
 */
final class FailedKeys {

    private KQueueSelectionKey[] keys = new KQueueSelectionKey[0];

    /** A change of the key has failed. */
    void add(KQueueSelectionKey key, int errno, KQueue kqueue) {
        if (!key.failed) {
            System.getLogger("dev.kqueue.nio")
                    .log(
                            System.Logger.Level.WARNING,
                            "{0} cannot be watched by {1}: {2}; it is reported as ready instead",
                            key.channel(),
                            kqueue,
                            Errno.strerror(errno));
            keys = Arrays.copyOf(keys, keys.length + 1);
            keys[keys.length - 1] = key;
            key.failed = true;
        }
    }

    /** Whether a key is to be reported. */
    boolean isAnyReady() {
        for (KQueueSelectionKey key : keys) {
            if (key.isValid() && key.interest() != 0) {
                return true;
            }
        }
        return false;
    }

    void find(ReadyBatch found) {
        for (KQueueSelectionKey key : keys) {
            found.add(key, key.interest());
        }
    }

    /** Removes a key that is not valid any more. */
    void remove(KQueueSelectionKey key) {
        if (key.failed) {
            keys = Arrays.stream(keys).filter(SelectionKey::isValid).toArray(KQueueSelectionKey[]::new);
        }
    }
}
