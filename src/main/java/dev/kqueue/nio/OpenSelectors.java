package dev.kqueue.nio;

import dev.kqueue.KQueueStatistics;

import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;

/** A provider's selectors, for what they have done together. Holds none of them. */
final class OpenSelectors {
    private final Set<KQueueSelector> open = Collections.newSetFromMap(new WeakHashMap<>());

    /** Of those that are closed. */
    private SelectorStatistics closed = new SelectorStatistics(0, 0, new KQueueStatistics(0, 0, 0, 0, 0, 0));

    synchronized KQueueSelector opened(KQueueSelector selector) {
        open.add(selector);
        return selector;
    }

    synchronized void closed(KQueueSelector selector) {
        if (open.remove(selector)) {
            closed = closed.plus(selector.statistics());
        }
    }

    /** Cancels the keys of a channel, and wakes their selectors, which hold its descriptor until they select again. */
    void letGo(SelectableChannel channel) {
        List<KQueueSelector> all;
        synchronized (this) {
            all = List.copyOf(open);
        }
        for (KQueueSelector selector : all) {
            SelectionKey key = channel.keyFor(selector);
            if (key != null) {
                key.cancel();
                selector.wakeup();
            }
        }
    }

    synchronized SelectorStatistics statistics() {
        return open.stream().map(KQueueSelector::statistics).reduce(closed, SelectorStatistics::plus);
    }
}
