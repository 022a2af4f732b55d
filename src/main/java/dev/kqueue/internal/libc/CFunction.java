package dev.kqueue.internal.libc;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * A function of the C library, looked up by its first call. To make one costs no linking and no look-up, so it can be
 * kept in a {@code static final} field, and a call that runs out of memory or stack can be made again.
 *
 * <p>Arguments are numbers of 64 bits: an int is sign-extended, of which the callee reads the lower half, and a pointer
 * is its address. Missing arguments are 0. What the method's name says is the shape of the call ({@link Shapes}), and
 * whether C returns an int or 64 bits. Use one object for calls of one shape only: its first call makes sure that there
 * is room to link the shape.
 */
// Not in a finally block: if the call throws, C has not been called or has returned.
@SuppressWarnings("ReachabilityFenceUsage")
final class CFunction {
    private final String name;

    /**
     * The first calls of a function that has a cheaper shape are made by the ordinary one, which is linked in any case:
     * to link another takes milliseconds, and a call of it saves nanoseconds. They are over before the JIT compiles.
     */
    private static final int FIRST_CALLS = 128;

    /** The same, where the cheaper shape would serve a single function. */
    private static final int MANY_CALLS = 4096;

    /** How many of them are left. Threads that race count one of them twice, which is harmless. */
    private int firstCalls;

    /** Null until the first call has found it. Threads that race for it find the same address. */
    private MemorySegment target;

    private CFunction(String name, int firstCalls) {
        this.name = name;
        this.firstCalls = firstCalls;
    }

    static CFunction of(String name) {
        return new CFunction(name, FIRST_CALLS);
    }

    /** One with a shape of its own: linked only for programs that call it often. */
    static CFunction ofMany(String name) {
        return new CFunction(name, MANY_CALLS);
    }

    /** The result of a call that was given the segment's address: the memory stays allocated until it has returned. */
    static int keeping(int result, MemorySegment segment) {
        Reference.reachabilityFence(segment);
        return result;
    }

    static int keeping(int result, MemorySegment first, MemorySegment second) {
        Reference.reachabilityFence(first);
        Reference.reachabilityFence(second);
        return result;
    }

    static int keeping(int result, MemorySegment first, MemorySegment second, MemorySegment third) {
        Reference.reachabilityFence(first);
        Reference.reachabilityFence(second);
        Reference.reachabilityFence(third);
        return result;
    }

    static long keeping(long result, MemorySegment segment) {
        Reference.reachabilityFence(segment);
        return result;
    }

    private MemorySegment target() {
        MemorySegment found = target;
        return found != null ? found : find();
    }

    private MemorySegment find() {
        Headroom.ensure();
        MemorySegment symbol = Library.HOST.find(name).orElse(null);
        if (symbol == null) {
            throw new UnsupportedOperationException(Library.HOST.lacks(name));
        }
        // All of one class, whichever library they are from, so that the JIT meets no other.
        target = MemorySegment.ofAddress(symbol.address());
        return target;
    }

    /** Whether this call, of a shape that is cheaper than the ordinary one, is to be made by that one. */
    private boolean isOrdinary() {
        int left = firstCalls;
        if (left == 0) {
            return false;
        }
        if (left == 1) {
            Headroom.ensure();
        }
        firstCalls = left - 1;
        return left > 1;
    }

    int callInt() {
        return callInt(0, 0, 0, 0, 0, 0);
    }

    int callInt(long a) {
        return callInt(a, 0, 0, 0, 0, 0);
    }

    int callInt(long a, long b) {
        return callInt(a, b, 0, 0, 0, 0);
    }

    int callInt(long a, long b, long c) {
        return callInt(a, b, c, 0, 0, 0);
    }

    int callInt(long a, long b, long c, long d) {
        return callInt(a, b, c, d, 0, 0);
    }

    int callInt(long a, long b, long c, long d, long e) {
        return callInt(a, b, c, d, e, 0);
    }

    /** A call that may wait, of a function that returns an int. */
    int callInt(long a, long b, long c, long d, long e, long f) {
        MemorySegment address = target();
        MemorySegment errno = CLibrary.errno();
        try {
            return CLibrary.result((int) (long) Shapes.ordinary().invokeExact(address, errno, a, b, c, d, e, f), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    long callLong(long a, long b, long c) {
        return callLong(a, b, c, 0, 0, 0);
    }

    long callLong(long a, long b, long c, long d) {
        return callLong(a, b, c, d, 0, 0);
    }

    /** A call that may wait, of a function that returns 64 bits. */
    long callLong(long a, long b, long c, long d, long e, long f) {
        MemorySegment address = target();
        MemorySegment errno = CLibrary.errno();
        try {
            return CLibrary.result((long) Shapes.ordinary().invokeExact(address, errno, a, b, c, d, e, f), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    int criticalInt(long a, long b, long c, long d) {
        if (isOrdinary()) {
            return callInt(a, b, c, d);
        }
        MemorySegment address = target();
        MemorySegment errno = CLibrary.criticalErrno();
        try {
            long returned = (long) Shapes.critical().invokeExact(address, errno, a, b, c, d, 0L, 0L);
            return CLibrary.result((int) returned, errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    long criticalLong(long a, long b, long c) {
        return criticalLong(a, b, c, 0, 0, 0);
    }

    long criticalLong(long a, long b, long c, long d, long e, long f) {
        if (isOrdinary()) {
            return callLong(a, b, c, d, e, f);
        }
        MemorySegment address = target();
        MemorySegment errno = CLibrary.criticalErrno();
        try {
            return CLibrary.result((long) Shapes.critical().invokeExact(address, errno, a, b, c, d, e, f), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /** A critical call whose errno is not needed. */
    int withoutErrno(long a, long b, long c, long d) {
        if (isOrdinary()) {
            return callInt(a, b, c, d);
        }
        MemorySegment address = target();
        try {
            return (int) (long) Shapes.withoutErrno().invokeExact(address, a, b, c, d);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /** A critical call whose second argument lies in the heap. */
    long heapLong(long a, MemorySegment b, long c, long d, long e, long f) {
        MemorySegment address = target();
        MemorySegment errno = CLibrary.criticalErrno();
        try {
            return CLibrary.result((long) Shapes.heap().invokeExact(address, errno, a, b, c, d, e, f), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /** A call that may wait, and keeps the arena of its second argument from being closed meanwhile. */
    long segmentLong(long a, MemorySegment b, long c, long d, long e, long f) {
        MemorySegment address = target();
        MemorySegment errno = CLibrary.errno();
        try {
            return CLibrary.result((long) Shapes.segment().invokeExact(address, errno, a, b, c, d, e, f), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /** A call that may wait, and keeps these arenas from being closed meanwhile. */
    long keptLong(long a, long b, long c, KeptArenas kept) {
        MemorySegment address = target();
        MemorySegment errno = CLibrary.errno();
        try {
            return CLibrary.result((long) Shapes.kept().invokeExact(address, errno, a, b, c, kept.arguments()), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /** A call of a function whose third argument stands for the dots. */
    int variadicInt(long a, long b, long c) {
        MemorySegment address = target();
        MemorySegment errno = CLibrary.errno();
        try {
            return CLibrary.result(
                    (int) (long) Shapes.variadic().invokeExact(address, errno, a, b, c, 0L, 0L, 0L), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /** A call that may wait, of seven arguments. */
    int sevenInt(long a, long b, long c, long d, long e, long f, long g) {
        MemorySegment address = target();
        MemorySegment errno = CLibrary.errno();
        try {
            return CLibrary.result((int) (long) Shapes.seven().invokeExact(address, errno, a, b, c, d, e, f, g), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }
}
