package dev.kqueue.internal.linux;

import static dev.kqueue.internal.libc.SysInotify.IN_MOVED_FROM;
import static dev.kqueue.internal.libc.SysInotify.IN_MOVED_TO;

import dev.kqueue.internal.libc.SysInotify;
import dev.kqueue.internal.libc.Unistd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A buffer of {@code struct inotify_event} and a cursor over it. The buffer is filled again only after {@link #next}
 * has come to its end, so that no event is overwritten unread. Belongs to the kqueue's lock.
 */
final class InotifyEvents {
    /** The size of the buffer: one read fills it as far as there are events. */
    private static final int SIZE = 64 * 1024;

    private static final int LONGEST_EVENT = 16 + 256;

    private final MemorySegment buffer = Arena.ofAuto().allocate(SIZE, 8);

    /** The current event, the one after it, and the end of what was read. */
    private long at;

    private long next;
    private long end;

    /** The last first half of a rename: in which directory, and what it has in common with the second. */
    private int movedFrom;

    private int movedCookie;

    /**
     * Reads from an inotify instance. All events of the buffer must have been passed.
     *
     * @return the number of bytes, or -errno
     */
    long fill(int fd) {
        long bytes = Unistd.read(fd, buffer, SIZE);
        set(bytes);
        return bytes;
    }

    /** Takes events from elsewhere: for tests. */
    void fill(MemorySegment events) {
        buffer.copyFrom(events);
        set(events.byteSize());
    }

    private void set(long bytes) {
        next = 0;
        end = Math.max(0, bytes);
    }

    /** Forgets the events that have not been passed. */
    void clear() {
        next = end;
    }

    /** Moves to the next event; false after the last. */
    boolean next() {
        if (next >= end) {
            return false;
        }
        at = next;
        next = SysInotify.next(buffer, at);
        return true;
    }

    /** Whether there may have been more to read than had room. */
    boolean isFull() {
        return end > SIZE - LONGEST_EVENT;
    }

    int wd() {
        return SysInotify.wd(buffer, at);
    }

    int mask() {
        return SysInotify.mask(buffer, at);
    }

    /** Whether the event is about an entry of the watched directory. */
    boolean isEntry() {
        return SysInotify.len(buffer, at) > 0;
    }

    /**
     * Whether the event is one half of a rename within one directory: the halves follow each other. Asked of each event
     * of an entry, in order.
     */
    boolean isRenameWithin() {
        int mask = mask();
        int cookie = SysInotify.cookie(buffer, at);
        if ((mask & IN_MOVED_FROM) != 0) {
            movedFrom = wd();
            movedCookie = cookie;
            return next < end
                    && SysInotify.cookie(buffer, next) == cookie
                    && SysInotify.wd(buffer, next) == wd()
                    && (SysInotify.mask(buffer, next) & IN_MOVED_TO) != 0;
        }
        return (mask & IN_MOVED_TO) != 0 && wd() == movedFrom && cookie == movedCookie;
    }
}
