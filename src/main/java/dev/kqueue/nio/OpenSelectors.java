package dev.kqueue.nio;

import dev.kqueue.KQueueStatistics;

import java.util.Collections;
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

    synchronized SelectorStatistics statistics() {
        return open.stream().map(KQueueSelector::statistics).reduce(closed, SelectorStatistics::plus);
    }
}
