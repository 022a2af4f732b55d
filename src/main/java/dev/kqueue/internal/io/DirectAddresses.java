package dev.kqueue.internal.io;

import dev.kqueue.internal.libc.KeptArenas;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;

/**
 * Caches, per descriptor, the native address of the direct buffers used last: {@link MemorySegment#ofBuffer} allocates
 * a segment a call. Entries are weak references.
 *
 * <p>What it gains is garbage, not time. Measured on JDK 25 by turns with a cache and without, on exchanges of 64 bytes
 * (write, select, read), in a process that had done I/O with direct, mapped and heap buffers and segments of arenas
 * before: 0 instead of 64 bytes of heap an exchange over TCP and UDP; CPU time alike (TCP 1.00, 95 % interval 0.90 to
 * 1.08; UDP 0.99, 0.94 to 1.06). In a process with direct buffers alone the compiler removes the segment by itself. To
 * repeat it, let {@link #ofDestination} and {@link #ofSource} return {@link #once}, and compare what {@code
 * ThreadMXBean.getThreadAllocatedBytes} says of both.
 *
 * <p>Buffers over an {@link Arena} that can be closed have no address here: a call by address alone would not keep the
 * arena from being closed in the middle of it. They are passed as segments, or with {@link KeptArenas}.
 */
public final class DirectAddresses {
    private DirectAddresses() {}

    /** No address: the memory may go away. */
    static final long NONE = 0;

    // What a scope is cannot be asked, but these three are never closed.
    private static final Class<?> GLOBAL = Arena.global().scope().getClass();
    private static final Class<?> AUTOMATIC = Arena.ofAuto().scope().getClass();
    private static final Class<?> OF_BUFFERS = MemorySegment.ofBuffer(ByteBuffer.allocateDirect(1)).scope().getClass();

    private static final class CachedAddress extends WeakReference<ByteBuffer> {
        final long base;

        CachedAddress(ByteBuffer buffer, long base) {
            super(buffer);
            this.base = base;
        }
    }

    // Indexed by descriptor. Threads race for a slot at no harm: an entry is whole, or its buffer does not match.
    private static final int SLOTS = 1024;
    private static final CachedAddress[] LAST_READ = new CachedAddress[SLOTS];
    private static final CachedAddress[] LAST_WRITTEN = new CachedAddress[SLOTS];

    /** Where index 0 of a buffer to be filled lies, or {@link #NONE}. The caller keeps the buffer reachable. */
    static long ofDestination(int fd, ByteBuffer direct) {
        return base(LAST_READ, fd, direct);
    }

    /** Where index 0 of a buffer to be written lies, or {@link #NONE}. The caller keeps the buffer reachable. */
    static long ofSource(int fd, ByteBuffer direct) {
        // Who answers from the buffer that was read into finds it where the read has just looked: with thousands of
        // connections a place that was not looked at for long is far from the processor.
        CachedAddress read = LAST_READ[slot(fd)];
        return read != null && read.refersTo(direct) ? read.base : base(LAST_WRITTEN, fd, direct);
    }

    private static long base(CachedAddress[] entries, int fd, ByteBuffer direct) {
        int slot = slot(fd);
        CachedAddress last = entries[slot];
        if (last != null && last.refersTo(direct)) {
            return last.base;
        }
        long base = once(direct);
        if (base != NONE) {
            entries[slot] = new CachedAddress(direct, base);
        }
        return base;
    }

    private static int slot(int fd) {
        return fd & (SLOTS - 1);
    }

    /** The same without remembering it: for the buffers of a list, which would drive each other out. */
    static long once(ByteBuffer direct) {
        MemorySegment segment = MemorySegment.ofBuffer(direct);
        return isNeverClosed(segment.scope()) ? segment.address() - direct.position() : NONE;
    }

    /** Whether the memory of the buffer may go away: it is native, and of an arena that can be closed. */
    public static boolean isCloseable(ByteBuffer buffer) {
        return buffer.isDirect() && !isNeverClosed(MemorySegment.ofBuffer(buffer).scope());
    }

    /**
     * Fails as a call with the buffer would: for a call that is not made, or not yet.
     *
     * @throws WrongThreadException if the buffer is of an arena that another thread owns
     * @throws IllegalStateException if the buffer is of an arena that is closed
     */
    static void requireUsable(ByteBuffer buffer) {
        if (isCloseable(buffer)) {
            MemorySegment segment = MemorySegment.ofBuffer(buffer);
            if (!segment.isAccessibleBy(Thread.currentThread())) {
                throw new WrongThreadException("Attempted access outside owning thread");
            }
            if (!segment.scope().isAlive()) {
                throw new IllegalStateException("Already closed");
            }
        }
    }

    private static boolean isNeverClosed(MemorySegment.Scope scope) {
        Class<?> kind = scope.getClass();
        return kind == OF_BUFFERS || kind == AUTOMATIC || kind == GLOBAL;
    }
}
