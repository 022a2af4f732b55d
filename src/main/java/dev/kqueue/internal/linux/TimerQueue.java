package dev.kqueue.internal.linux;

import static dev.kqueue.internal.libc.SysEpoll.EPOLLET;
import static dev.kqueue.internal.libc.SysEpoll.EPOLLIN;
import static dev.kqueue.internal.libc.SysEpoll.EPOLL_CTL_ADD;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.libc.SysTimerfd;
import dev.kqueue.internal.libc.Unistd;

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

    private final LinuxKQueue kq;
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
     * @param wall whether the clock is the time of day, which somebody may set, and not the time since some start
     * @param tag what epoll is to say of the timerfd
     */
    TimerQueue(LinuxKQueue kq, boolean wall, long tag) {
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
        int opened = SysTimerfd.timerfdCreate(wall ? CLOCK_REALTIME : CLOCK_MONOTONIC);
        if (opened < 0) {
            return -opened;
        }
        int error = kq.epoll().control(EPOLL_CTL_ADD, opened, EPOLLIN | EPOLLET, tag);
        if (error != 0) {
            Unistd.close(opened);
            return error;
        }
        fd = opened;
        return 0;
    }

    void close() {
        if (fd >= 0) {
            Unistd.close(fd);
        }
    }

    void add(Deadline deadline) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        up(size++, deadline);
    }

    void remove(Deadline deadline) {
        int index = deadline.index;
        if (index < 0) {
            return;
        }
        deadline.index = -1;
        Deadline last = heap[--size];
        heap[size] = null;
        if (last != deadline) {
            up(index, last);
            if (last.index == index) {
                down(index, last);
            }
        }
    }

    /** The timerfd has expired: makes the knotes active whose time has come. */
    void expire() {
        armed = false;
        long now = now();
        while (size > 0 && heap[0].when - now <= 0) {
            Deadline deadline = heap[0];
            // Back in the heap when somebody has looked: a timer that nobody asks for does not wake anybody again.
            remove(deadline);
            kq.activate(deadline.kn);
        }
    }

    /** Sets the timerfd to the earliest deadline: before the lock is released, once for however many changes. */
    void arm() {
        if (size == 0 ? !armed : armed && armedFor == heap[0].when) {
            return;
        }
        armed = size > 0;
        armedFor = armed ? heap[0].when : 0;
        // 0 would disarm it
        long nanos = !armed ? 0 : Math.max(1, wall ? armedFor : armedFor - now());
        SysTimerfd.set(setting, nanos);
        kq.counters().others++;
        int flags = wall ? TFD_TIMER_ABSTIME : 0;
        int error = SysTimerfd.timerfdSettime(fd, flags, setting);
        if (error < 0) {
            throw new AssertionError("timerfd_settime: errno " + -error);
        }
    }

    private void up(int start, Deadline deadline) {
        int index = start;
        while (index > 0) {
            int parent = (index - 1) >>> 1;
            if (deadline.when - heap[parent].when >= 0) {
                break;
            }
            place(index, heap[parent]);
            index = parent;
        }
        place(index, deadline);
    }

    private void down(int start, Deadline deadline) {
        int index = start;
        while (true) {
            int child = 2 * index + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && heap[child + 1].when - heap[child].when < 0) {
                child++;
            }
            if (deadline.when - heap[child].when <= 0) {
                break;
            }
            place(index, heap[child]);
            index = child;
        }
        place(index, deadline);
    }

    private void place(int index, Deadline deadline) {
        heap[index] = deadline;
        deadline.index = index;
    }
}
