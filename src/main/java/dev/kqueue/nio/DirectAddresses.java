package dev.kqueue.nio;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;

/**
 * The addresses of direct buffers. {@link MemorySegment#ofBuffer} tells them, at the price of two objects a call; a
 * program does its I/O with few buffers again and again, so the last one of each descriptor is remembered, weakly.
 *
 * <p>Buffers over an {@link Arena} that can be closed have no address here: a call by address would not keep the arena
 * from being closed in the middle of it.
 */
final class DirectAddresses {
    private DirectAddresses() {}

    /** No address: the memory may go away. */
    static final long NONE = 0;

    // What a scope is cannot be asked, but these three are never closed.
    private static final Class<?> GLOBAL = Arena.global().scope().getClass();
    private static final Class<?> AUTOMATIC = Arena.ofAuto().scope().getClass();
    private static final Class<?> OF_BUFFERS = MemorySegment.ofBuffer(ByteBuffer.allocateDirect(1)).scope().getClass();

    private static final class Entry extends WeakReference<ByteBuffer> {
        final long base;

        Entry(ByteBuffer buffer, long base) {
            super(buffer);
            this.base = base;
        }
    }

    /** Indexed by descriptor. Threads race for a slot at no harm: an entry is whole, or its buffer does not match. */
    private static final Entry[] LAST = new Entry[1024];

    /** Where the buffer's index 0 lies, or {@link #NONE}. The caller keeps the buffer reachable. */
    static long base(int fd, ByteBuffer direct) {
        int slot = fd & LAST.length - 1;
        Entry last = LAST[slot];
        if (last != null && last.refersTo(direct)) {
            return last.base;
        }
        MemorySegment segment = MemorySegment.ofBuffer(direct);
        if (!isNeverClosed(segment.scope())) {
            return NONE;
        }
        long base = segment.address() - direct.position();
        LAST[slot] = new Entry(direct, base);
        return base;
    }

    /** As {@link #base}, without remembering it: for the buffers of a list, which would drive each other out. */
    static long baseOnce(ByteBuffer direct) {
        MemorySegment segment = MemorySegment.ofBuffer(direct);
        return isNeverClosed(segment.scope()) ? segment.address() - direct.position() : NONE;
    }

    private static boolean isNeverClosed(MemorySegment.Scope scope) {
        Class<?> kind = scope.getClass();
        return kind == OF_BUFFERS || kind == AUTOMATIC || kind == GLOBAL;
    }
}
