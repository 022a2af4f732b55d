package dev.kqueue.internal.channel;

import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * The selectors that are open, by weak references. A channel that others share asks them to release its descriptor when
 * it is closed: {@link #letGo}.
 */
public final class OpenSelectors {
    private OpenSelectors() {}

    /** Guarded by its monitor. */
    private static final Set<Selector> OPEN = Collections.newSetFromMap(new WeakHashMap<>());

    public static void opened(Selector selector) {
        synchronized (OPEN) {
            OPEN.add(selector);
        }
    }

    public static void closed(Selector selector) {
        synchronized (OPEN) {
            OPEN.remove(selector);
        }
    }

    /** Cancels the keys of a channel, and wakes their selectors, which hold its descriptor until they select again. */
    static void letGo(SelectableChannel channel) {
        List<Selector> all;
        synchronized (OPEN) {
            all = List.copyOf(OPEN);
        }
        for (Selector selector : all) {
            SelectionKey key = channel.keyFor(selector);
            if (key != null) {
                key.cancel();
                selector.wakeup();
            }
        }
    }
}
