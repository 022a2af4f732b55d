package dev.kqueue;

import dev.kqueue.internal.backend.Counts;

/**
 * Exact counts of a kqueue's calls, changes and events since it was opened: for tests and monitoring.
 *
 * {@snippet :
 * KQueueStatistics before = kqueue.statistics();
 * serve();
 * System.out.println(kqueue.statistics().systemCalls() - before.systemCalls());
 * }
 *
 * <p>A snapshot: it does not change. Later versions may count more.
 */
public final class KQueueStatistics {
    private final Counts counts;

    KQueueStatistics(Counts counts) {
        this.counts = counts;
    }

    /** Calls of {@link KQueue#kevent(KEventList, KEventList, long)}. */
    public long calls() {
        return counts.calls();
    }

    /** Changes that were submitted. */
    public long changes() {
        return counts.changes();
    }

    /** Events that were returned; entries with {@link KEvent#EV_ERROR} do not count. */
    public long events() {
        return counts.events();
    }

    /** System calls that fetch events: kevent(2), or epoll_wait(2) and epoll_pwait2(2). */
    public long waits() {
        return counts.waits();
    }

    /**
     * System calls that make changes alone: epoll_ctl(2). 0 on a kernel's kqueue, where kevent(2) makes the changes and
     * fetches the events.
     */
    public long controls() {
        return counts.controls();
    }

    /**
     * Other system calls made for changes and events: of a kqueue on Linux, timerfd_settime(2), ioctl(2) and the like.
     */
    public long others() {
        return counts.others();
    }

    /** All system calls that were made for changes and events. */
    public long systemCalls() {
        return waits() + controls() + others();
    }

    /** All counts by their names, for people. */
    @Override
    public String toString() {
        return "KQueueStatistics" + counts.toString().substring("Counts".length());
    }
}
