package dev.kqueue.internal.bsd;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Field;
import dev.kqueue.internal.abi.Struct;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Native {@code struct timespec}s for the calls of one kqueue. The kernel reads one at the beginning of a call only,
 * but several threads may be at the beginning of theirs, so each is one caller's own until it is given back.
 */
final class Timespecs {
    private static final Struct TIMESPEC = Abi.HOST.struct("timespec");
    private static final Field TV_SEC = TIMESPEC.field("tv_sec");
    private static final Field TV_NSEC = TIMESPEC.field("tv_nsec");

    private static final long NANOS = 1_000_000_000;

    /** No time at all: shared, as no thread writes to it. */
    static final MemorySegment ZERO = allocate().asReadOnly();

    /** As many as commonly wait in one kqueue at once; a thread that finds none left makes one more. */
    private final AtomicReferenceArray<MemorySegment> spare = new AtomicReferenceArray<>(4);

    private static MemorySegment allocate() {
        return Arena.ofAuto().allocate(TIMESPEC.size(), TIMESPEC.alignment());
    }

    /** A timespec of the caller's own until {@link #giveBack}. */
    MemorySegment take() {
        for (int i = 0; i < spare.length(); i++) {
            MemorySegment found = spare.getAndSet(i, null);
            if (found != null) {
                return found;
            }
        }
        return allocate();
    }

    void giveBack(MemorySegment timespec) {
        for (int i = 0; i < spare.length(); i++) {
            if (spare.compareAndSet(i, null, timespec)) {
                return;
            }
        }
    }

    static void set(MemorySegment timespec, long nanos) {
        TV_SEC.set(timespec, 0, nanos / NANOS);
        TV_NSEC.set(timespec, 0, nanos % NANOS);
    }
}
