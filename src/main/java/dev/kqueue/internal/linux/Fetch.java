package dev.kqueue.internal.linux;

import dev.kqueue.KEventList;
import dev.kqueue.internal.libc.Errno;

import java.io.IOException;

/**
 * One kevent call that looks for events: its time, its rounds, and the buffer that epoll_wait fills. Everything but
 * {@link #await} belongs to the kqueue's lock, and no method here loops over epoll_wait: a round looks once, and {@link
 * LinuxKQueue#kevent} gives the lock back between two rounds.
 *
 * <p>How a call ends, whatever epoll_wait returns: with an event, by the round in which it is found, or by one that
 * follows at once if stale events have kept others out; with an error of epoll_wait; else by the first round after the
 * time has passed that leaves nothing in epoll to look at. The {@link #VAIN_LOOKS}th round that stale events fill is
 * the last in any case, once the time has passed. A call with timeout 0 has no time from the beginning.
 */
final class Fetch {
    /**
     * How many full buffers of stale events a call looks through after its time has passed. A stale event is taken out
     * of epoll, so that a few rounds reach the events behind them; the limit is for what cannot be taken out.
     */
    private static final int VAIN_LOOKS = 64;

    private final Core kq;
    private final EpollEvents buffer = new EpollEvents();

    /** The next in the pool of {@link IdleFetches}. */
    Fetch next;

    private int pass;
    private int max;
    private int vain;
    private long timeout;
    private long start;

    /** Nanoseconds, 0 not to wait any more, negative without limit. */
    private long left;

    /** As {@link #left}, and shorter if the kqueue has something to try again. */
    private long wait;

    Fetch(Core kq) {
        this.kq = kq;
    }

    /** Makes room for what epoll_wait may return: the last allocation of a call, before it changes anything. */
    void reserve(int entries) {
        buffer.ensureCapacity(entries);
    }

    /**
     * The first round: does not wait.
     *
     * @return whether the call is over; else {@link #prepare} is to follow
     */
    boolean begin(KEventList events, long timeoutNanos, int number) throws IOException {
        pass = number;
        timeout = Math.max(timeoutNanos, -1);
        start = timeout > 0 ? System.nanoTime() : 0;
        left = timeout;
        vain = 0;
        boolean epollFirst = kq.takeEpollFirst();
        if (!epollFirst) {
            kq.scan().queue(events, pass);
        }
        if (events.size() == events.capacity()) {
            kq.setEpollFirst();
            return true;
        }
        return (left == 0 || epollFirst || events.size() > 0) && round(events, poll(events));
    }

    /**
     * Says how the next round looks.
     *
     * @param limit how long to wait at most, whatever the call's own time; negative without limit
     * @return whether it waits, by {@link #await}
     */
    boolean prepare(KEventList events, long limit) {
        max = room(events);
        wait = left < 0 || (limit >= 0 && limit < left) ? limit : left;
        return left != 0;
    }

    /** Waits, without the lock: the number of events, or -errno. */
    int await() {
        return kq.epoll().await(buffer, max, wait);
    }

    /**
     * A further round.
     *
     * @param n what {@link #await} has returned, if that was called
     * @return as {@link #begin}
     */
    boolean next(KEventList events, int n) throws IOException {
        return round(events, left != 0 ? n : poll(events));
    }

    /**
     * Looks without waiting, and so keeps the lock: to give it up and take it again costs half of what the call does.
     */
    private int poll(KEventList events) {
        max = room(events);
        kq.armTimers();
        kq.counters().waits++;
        return kq.epoll().await(buffer, max, 0);
    }

    /** An event of epoll makes up to two of ours: what there is no room for would starve, or cost a look. */
    private int room(KEventList events) {
        int room = events.capacity() - events.size();
        return Math.min(EpollEvents.MAXIMUM, kq.descriptors().hasPairs() ? Math.max(1, room / 2) : room);
    }

    private boolean round(KEventList events, int n) throws IOException {
        int before = events.size();
        int error = n >= 0 || n == -Errno.EINTR ? 0 : -n;
        harvest(events, n);
        int harvested = events.size() - before;
        kq.scan().queue(events, pass);
        if (events.size() > 0) {
            // An error of epoll_wait comes again with the next call; these events would not.
            return !isCrowded(events, n, harvested) || ++vain == VAIN_LOOKS;
        }
        if (error != 0) {
            throw Errno.exception(error, "epoll_wait");
        }
        if (timeout > 0) {
            left = Math.max(0, timeout - (System.nanoTime() - start));
        }
        return left == 0 && (n < max || ++vain == VAIN_LOOKS);
    }

    /**
     * Whether epoll has returned as many entries as it may, and some of them were stale or of the kqueue's own
     * descriptors. Then more may be ready, and the next round is to look without waiting: a caller takes an eventlist
     * that is not full to mean that nothing more is.
     */
    private boolean isCrowded(KEventList events, int n, int harvested) {
        if (n < max || harvested >= n || events.size() == events.capacity()) {
            return false;
        }
        left = 0;
        return true;
    }

    private void harvest(KEventList events, int n) {
        for (int i = 0; i < n; i++) {
            long tag = buffer.tag(i);
            int fd = Epoll.descriptor(tag);
            if (fd >= 0) {
                DescriptorRegistration descriptor = kq.descriptors().find(fd);
                kq.scan().harvest(descriptor, Epoll.stamp(tag), buffer.bits(i), events, pass);
            } else {
                kq.hear(fd, tag);
            }
        }
    }
}
