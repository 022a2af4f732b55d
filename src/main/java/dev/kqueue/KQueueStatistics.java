package dev.kqueue;

/**
 * Exact counts of a kqueue's calls, changes and events since it was opened: for tests and monitoring.
 *
 * @param calls calls of {@link KQueue#kevent(KEventList, KEventList, long)}
 * @param changes changes that were submitted
 * @param events events that were returned; entries with {@link KEvent#EV_ERROR} do not count
 * @param waits system calls that fetch events: kevent(2), or epoll_wait(2) and epoll_pwait2(2)
 * @param controls system calls that make changes alone: epoll_ctl(2). 0 on a kernel's kqueue, where kevent(2) makes the
 *     changes and fetches the events
 * @param others other system calls made for changes and events: of a kqueue on Linux, timerfd_settime(2), ioctl(2) and
 *     the like
 */
public record KQueueStatistics(long calls, long changes, long events, long waits, long controls, long others) {
    /** All system calls that were made for changes and events. */
    public long systemCalls() {
        return waits + controls + others;
    }
}
