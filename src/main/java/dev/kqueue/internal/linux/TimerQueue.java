package dev.kqueue.internal.linux;

import static dev.kqueue.internal.libc.SysEpoll.EPOLLET;
import static dev.kqueue.internal.libc.SysEpoll.EPOLLIN;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.libc.SysTimerfd;
import dev.kqueue.internal.libc.Unistd;
import dev.kqueue.internal.thread.StackReserve;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.util.Arrays;

/**
 * The deadlines of one clock, the earliest first, and one timerfd for all of them, set to the earliest. A timerfd and
 * not the timeout of epoll_wait: it makes the kqueue's own descriptor readable in time, and is exact where a long
 * timeout is rounded generously.
 *
 * <p>The timerfd is registered for edges and never read: each expiration is an edge, and setting it anew takes back
 * what is left of the former one. Belongs to the kqueue's lock.
 */
final class TimerQueue {
    private static final int CLOCK_REALTIME = Abi.HOST.constant("CLOCK_REALTIME");
    private static final int CLOCK_MONOTONIC = Abi.HOST.constant("CLOCK_MONOTONIC");
    private static final int TFD_TIMER_ABSTIME = Abi.HOST.constant("TFD_TIMER_ABSTIME");

    private final FilterHost kq;
    private final boolean wall;
    private final long tag;
    private final MemorySegment setting = Arena.ofAuto().allocate(SysTimerfd.ITIMERSPEC_SIZE, 8);
    private int fd = -1;
    private boolean armed;
    private long armedFor;
    private Deadline[] heap = new Deadline[16];
    private int size;

    /**
     * A queue whose timerfd is not opened yet.
     *
     * @param wall whether the clock is the time of day, which can be set, and not the time since some start
     * @param tag what epoll is to say of the timerfd
     */
    TimerQueue(FilterHost kq, boolean wall, long tag) {
        this.kq = kq;
        this.wall = wall;
        this.tag = tag;
    }

    /** The queue's clock, in nanoseconds. */
    long now() {
        if (!wall) {
            return System.nanoTime();
        }
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000 + now.getNano();
    }

    /** Opens the timerfd if it is not: 0 or an errno. */
    int open() {
        if (fd >= 0) {
            return 0;
        }
        // A timerfd that is not registered with epoll would stay silent.
        StackReserve.ensure();
        int opened = SysTimerfd.timerfdCreate(wall ? CLOCK_REALTIME : CLOCK_MONOTONIC);
        if (opened < 0) {
            return -opened;
        }
        fd = opened;
        int error = kq.poll(opened, EPOLLIN | EPOLLET, tag);
        if (error != 0) {
            close();
        }
        return error;
    }

    int fd() {
        return fd;
    }

    /** A second call does nothing. */
    void close() {
        int opened = fd;
        if (opened >= 0) {
            fd = -1;
            Unistd.close(opened);
        }
    }

    // The heap is changed by fields alone where an element would be missing else: a StackOverflowError comes from a
    // call, and leaves all elements in the heap, though maybe not in order. See restore().

    /** Makes room for one more: the next {@link #add} allocates nothing. */
    void reserve() {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
    }

    void add(Deadline deadline) {
        reserve();
        heap[size] = deadline;
        deadline.index = size;
        size++;
        up(deadline);
    }

    void remove(Deadline deadline) {
        int index = deadline.index;
        if (index < 0) {
            return;
        }
        Deadline last = heap[--size];
        heap[index] = last;
        last.index = index;
        heap[size] = null;
        deadline.index = -1;
        if (last != deadline) {
            up(last);
            down(last);
        }
    }

    /** Puts the heap in order, and has the timerfd set anew: something was thrown out of the middle of a change. */
    void restore() {
        for (int i = size / 2 - 1; i >= 0; i--) {
            down(heap[i]);
        }
        if (size > 0) {
            armed = false;
        }
    }

    /** The timerfd has expired: makes the knotes active whose time has come. */
    void expire() {
        armed = false;
        long now = now();
        while (size > 0 && heap[0].when - now <= 0) {
            Deadline deadline = heap[0];
            // Back in the heap when the scan has looked: a timer that no thread fetches wakes no thread again.
            kq.activate(deadline.kn);
            remove(deadline);
        }
    }

    /**
     * Sets the timerfd to the earliest deadline: before the lock is released, once for however many changes. 0 or an
     * errno.
     */
    int arm() {
        if (size == 0 ? !armed : armed && armedFor == heap[0].when) {
            return 0;
        }
        boolean wanted = size > 0;
        long when = wanted ? heap[0].when : 0;
        // 0 would disarm it
        long nanos = !wanted ? 0 : Math.max(1, wall ? when : when - now());
        SysTimerfd.set(setting, nanos);
        kq.counters().others++;
        int error = SysTimerfd.timerfdSettime(fd, wall ? TFD_TIMER_ABSTIME : 0, setting);
        if (error < 0) {
            // It is set as it was: to be set again if a deadline is waited for, to be disarmed again if none is.
            armed = !wanted;
            return -error;
        }
        armed = wanted;
        armedFor = when;
        return 0;
    }

    /** Whether there are deadlines, and the timerfd is not set to the earliest: after {@link #arm} has failed. */
    boolean isUnset() {
        return size > 0 && !armed;
    }

    private void up(Deadline deadline) {
        int index = deadline.index;
        while (index > 0) {
            int parent = (index - 1) >>> 1;
            Deadline above = heap[parent];
            if (deadline.when - above.when >= 0) {
                break;
            }
            heap[index] = above;
            above.index = index;
            heap[parent] = deadline;
            deadline.index = parent;
            index = parent;
        }
    }

    private void down(Deadline deadline) {
        int index = deadline.index;
        while (true) {
            int child = 2 * index + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && heap[child + 1].when - heap[child].when < 0) {
                child++;
            }
            Deadline below = heap[child];
            if (deadline.when - below.when <= 0) {
                break;
            }
            heap[index] = below;
            below.index = index;
            heap[child] = deadline;
            deadline.index = child;
            index = child;
        }
    }
}
