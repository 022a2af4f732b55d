package dev.kqueue.internal.linux;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Field;
import dev.kqueue.internal.abi.Struct;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.SysEpoll;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The arguments of an epoll_wait(2) call: the buffer for events, and the timeout. Kept for further calls. */
final class EpollEvents {
    private static final Struct TIMESPEC = Abi.HOST.struct("timespec");
    private static final Field SECONDS = TIMESPEC.field("tv_sec");
    private static final Field NANOSECONDS = TIMESPEC.field("tv_nsec");

    /** Events that one epoll_wait brings at most, whatever the eventlist's room: 12 KiB of memory. */
    static final int MAXIMUM = 1024;

    /** A kernel before 5.11, or a sandbox, has refused epoll_pwait2: not worth asking again. */
    private static volatile boolean milliseconds = !SysEpoll.hasPwait2();

    private final MemorySegment timeout = Arena.ofAuto().allocate(TIMESPEC.size(), TIMESPEC.alignment());
    private MemorySegment events = MemorySegment.NULL;
    private int capacity;

    void ensureCapacity(int wanted) {
        int room = Math.clamp(wanted, 16, MAXIMUM);
        if (room > capacity) {
            events = Arena.ofAuto().allocate((long) room * SysEpoll.SIZE, 8);
            capacity = room;
        }
    }

    /** See {@link Epoll#await}. */
    int await(int epoll, int maxevents, long nanos) {
        int max = Math.min(maxevents, capacity);
        // The older calls serve these two as well, and read no struct timespec.
        if (nanos == 0) {
            return SysEpoll.epollPoll(epoll, events, max);
        }
        if (nanos < 0) {
            return SysEpoll.epollWait(epoll, events, max, -1);
        }
        if (!milliseconds) {
            int n = SysEpoll.epollPwait2(epoll, events, max, timespec(nanos));
            if (n != -Errno.ENOSYS && n != -Errno.EPERM) {
                return n;
            }
            milliseconds = true;
        }
        return SysEpoll.epollWait(epoll, events, max, roundUp(nanos));
    }

    /** The time as epoll_pwait2(2) takes it, to the nanosecond; until the next call. */
    MemorySegment timespec(long nanos) {
        SECONDS.set(timeout, 0, nanos / 1_000_000_000);
        NANOSECONDS.set(timeout, 0, nanos % 1_000_000_000);
        return timeout;
    }

    static int roundUp(long nanos) {
        long millis = nanos / 1_000_000 + (nanos % 1_000_000 == 0 ? 0 : 1);
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }

    /** The entries: {@code struct epoll_event}. */
    MemorySegment memory() {
        return events;
    }

    int bits(int index) {
        return SysEpoll.events(events, index);
    }

    long tag(int index) {
        return SysEpoll.data(events, index);
    }
}
