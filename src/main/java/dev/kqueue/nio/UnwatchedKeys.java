package dev.kqueue.nio;

import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.KQueue;
import dev.kqueue.internal.libc.Errno;

import java.nio.channels.SelectionKey;
import java.util.Arrays;

/**
 * The keys of which a change failed. The kernel will not report them, so they are reported as ready from then on, for
 * all that they are interested in: the program then does its I/O, and sees for itself what the descriptor has to say.
 * Rare, and so a plain array. Owned by the thread that holds the selector's monitor.
 */
final class UnwatchedKeys {
    private static final System.Logger LOG = System.getLogger("dev.kqueue.nio");

    private KQueueSelectionKey[] keys = new KQueueSelectionKey[0];

    /**
     * Takes in the entries of failed changes, if that is what kevent returned.
     *
     * @return false if the list holds events, or nothing
     */
    boolean note(KEventList events, KeyTable table, KQueue kqueue) {
        int n = events.size();
        if (n == 0 || (events.flags(0) & KEvent.EV_ERROR) == 0) {
            return false;
        }
        for (int i = 0; i < n; i++) {
            int errno = (int) events.data(i);
            KQueueSelectionKey key = table.find(events.udata(i));
            // A receipt, or a knote to be removed that the kernel has removed by itself (EV_ONESHOT): both are as
            // wanted.
            if (errno != 0 && errno != Errno.ENOENT && key != null && !key.unwatched) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "{0} cannot be watched by {1}: {2}; it is reported as ready instead",
                        key.channel(),
                        kqueue,
                        Errno.strerror(errno));
                key.unwatched = true;
                keys = Arrays.copyOf(keys, keys.length + 1);
                keys[keys.length - 1] = key;
            }
        }
        return true;
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

    void find(FoundKeys found) {
        for (KQueueSelectionKey key : keys) {
            found.add(key, key.interest());
        }
    }

    /** Removes a key that is not valid any more. */
    void remove(KQueueSelectionKey key) {
        if (key.unwatched) {
            keys = Arrays.stream(keys).filter(SelectionKey::isValid).toArray(KQueueSelectionKey[]::new);
        }
    }
}
