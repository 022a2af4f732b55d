package dev.kqueue.internal.libc;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What every call of the C library has in common. The classes beside this one, one per C header, hold a {@link
 * CFunction} for each function in {@code static final} fields and give them their C names.
 *
 * <h2>errno</h2>
 *
 * A call captures errno in a segment of the calling thread, and turns the pair of result and errno into one number:
 * {@code >= 0} as C returned it, or {@code -errno}. errno is captured within the downcall, because anything the JVM
 * does between two downcalls may change it.
 *
 * <h2>Which kind of call</h2>
 *
 * <ul>
 *   <li>A call that may take its time: the thread counts as "in native", and holds back no safepoint.
 *   <li>A critical call, which never waits: the thread stays "in Java". A safepoint waits for it, so it must be short,
 *       and may therefore read and write heap arrays in place.
 *   <li>A critical call over native memory whose errno is not needed.
 * </ul>
 */
final class CLibrary {
    // The values of both are objects of the JDK: a thread keeps them as long as it lives, and with one of a class of
    // ours it would keep our class loader, although the program has dropped that.

    /**
     * errno of a thread's last critical call: a heap segment, so that a million virtual threads leave nothing behind.
     */
    private static final ThreadLocal<MemorySegment> HEAP =
            new ThreadLocal<>() {
                @Override
                protected MemorySegment initialValue() {
                    return MemorySegment.ofArray(new int[1]);
                }
            };

    /** errno of a thread's last ordinary call, made when first needed: such a call takes no heap segments. */
    private static final ThreadLocal<MemorySegment> MEMORY =
            new ThreadLocal<>() {
                @Override
                protected MemorySegment initialValue() {
                    return Arena.ofAuto().allocate(ValueLayout.JAVA_INT);
                }
            };

    private CLibrary() {}

    /** Whether the C library exports the function: the way to tell releases of a system apart. */
    static boolean has(String function) {
        return Library.HOST.find(function).isPresent();
    }

    /** Where a function is, for handing it to C as a callback. */
    static long address(String function) {
        return Library.HOST.find(function).orElseThrow().address();
    }

    /** The first argument of a handle of a call that may wait. */
    static MemorySegment errno() {
        return MEMORY.get();
    }

    /** The first argument of a handle of a critical call. */
    static MemorySegment criticalErrno() {
        return HEAP.get();
    }

    // Unaligned, as most of the library reads: a process pays for each layout that it uses.

    /** The one convention: {@code >= 0} as it is, -1 as {@code -errno}. */
    static int result(int returned, MemorySegment errno) {
        return returned != -1 ? returned : -errno.get(ValueLayout.JAVA_INT_UNALIGNED, 0);
    }

    /** The one convention: {@code >= 0} as it is, -1 as {@code -errno}. */
    static long result(long returned, MemorySegment errno) {
        return returned != -1 ? returned : -errno.get(ValueLayout.JAVA_INT_UNALIGNED, 0);
    }

    /**
     * What a handle throws is never the C function's doing: it is an error of ours or of the VM's, and passes
     * unchanged.
     */
    static RuntimeException unexpected(Throwable thrown) {
        if (thrown instanceof RuntimeException exception) {
            return exception;
        }
        if (thrown instanceof Error error) {
            throw error;
        }
        throw new AssertionError("a downcall threw a checked exception", thrown);
    }
}
