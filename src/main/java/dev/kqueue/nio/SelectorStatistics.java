package dev.kqueue.nio;

import dev.kqueue.KQueueStatistics;

/**
 * Exact counts of a selector's operations and changes: for tests and monitoring.
 *
 * @param selections selection operations
 * @param interestChanges interest sets that a selection operation found changed, new registrations among them. A
 *     selector that tells its kernel of each by a call of its own, as epoll(7) asks for, makes as many calls
 * @param kqueue what was asked of the kernel
 */
public record SelectorStatistics(long selections, long interestChanges, KQueueStatistics kqueue) {
    /** Interest changes that cost no system call: the kernel need not know, or was told by the call that waits. */
    public long systemCallsSpared() {
        return Math.max(0, interestChanges - kqueue.controls());
    }
}
