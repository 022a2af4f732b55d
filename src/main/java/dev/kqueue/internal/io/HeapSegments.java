package dev.kqueue.internal.io;

import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;

/**
 * Segments of heap arrays, for calls that take them in place. {@link MemorySegment#ofArray} and a slice are two objects
 * a call, which the compiler removes only as long as it has not seen too many kinds of them; a program does its I/O
 * with few buffers again and again, so the last ones of each descriptor are remembered, weakly: neither the array nor
 * its segment is kept from being collected. The like of {@link DirectAddresses}.
 */
final class HeapSegments {
    private HeapSegments() {}

    /** An array and where in it the segment begins; the segment refers to the array, and so is held weakly as well. */
    private static final class Entry extends WeakReference<byte[]> {
        final int offset;
        final WeakReference<MemorySegment> segment;

        Entry(byte[] array, int offset, MemorySegment segment) {
            super(array);
            this.offset = offset;
            this.segment = new WeakReference<>(segment);
        }
    }

    // Indexed by descriptor. Threads race for a slot at no harm: an entry is whole, or does not match.
    private static final Entry[] LAST_READ = new Entry[1024];
    private static final Entry[] LAST_WRITTEN = new Entry[1024];

    /** The array from the offset to its end, to be read into. */
    static MemorySegment ofDestination(int fd, byte[] array, int offset) {
        return segment(LAST_READ, fd, array, offset);
    }

    /** The array from the offset to its end, to be written. */
    static MemorySegment ofSource(int fd, byte[] array, int offset) {
        return segment(LAST_WRITTEN, fd, array, offset);
    }

    private static MemorySegment segment(Entry[] entries, int fd, byte[] array, int offset) {
        int slot = fd & (entries.length - 1);
        Entry last = entries[slot];
        boolean sameArray = last != null && last.refersTo(array);
        if (sameArray && last.offset == offset) {
            MemorySegment known = last.segment.get();
            if (known != null) {
                return known;
            }
        }
        MemorySegment segment = MemorySegment.ofArray(array).asSlice(offset);
        // A buffer that fills up in pieces begins again where it began: the lowest offset is worth remembering.
        if (!sameArray || offset <= last.offset) {
            entries[slot] = new Entry(array, offset, segment);
        }
        return segment;
    }
}
