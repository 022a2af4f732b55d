package dev.kqueue.nio;

import dev.kqueue.KQueueStatistics;

/**
 * Exact counts of a selector's operations and changes since it was opened: for tests and monitoring.
 *
 * {@snippet :
 * SelectorStatistics counts = selector.statistics();
 * log(counts.selections(), counts.kqueue().systemCalls());
 * }
 *
 * <p>A snapshot: it does not change. Later versions may count more.
 */
public final class SelectorStatistics {
    private final long selections;
    private final long interestChanges;
    private final KQueueStatistics kqueue;

    SelectorStatistics(long selections, long interestChanges, KQueueStatistics kqueue) {
        this.selections = selections;
        this.interestChanges = interestChanges;
        this.kqueue = kqueue;
    }

    /** Selection operations. */
    public long selections() {
        return selections;
    }

    /**
     * Interest sets that a selection operation found changed, new registrations among them. A selector that tells its
     * kernel of each by a call of its own, as epoll(7) asks for, makes as many calls.
     */
    public long interestChanges() {
        return interestChanges;
    }

    /** What was asked of the kernel. */
    public KQueueStatistics kqueue() {
        return kqueue;
    }

    /** Interest changes that cost no system call: the kernel needs no change, or got it with the call that waits. */
    public long systemCallsSpared() {
        return Math.max(0, interestChanges - kqueue.controls());
    }

    /** All counts by their names, for people. */
    @Override
    public String toString() {
        return "SelectorStatistics[selections="
                + selections
                + ", interestChanges="
                + interestChanges
                + ", "
                + kqueue
                + "]";
    }
}
