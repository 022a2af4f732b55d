package dev.kqueue.internal.io;

import dev.kqueue.internal.thread.Pool;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Memory through which heap buffers pass on their way to and from the kernel: short ones always, as a call by address
 * allocates nothing, whatever the compiler makes of it, and to copy so little costs less than to hand an array over;
 * long ones in a call that may wait, which cannot be handed an array. Otherwise these go in place.
 *
 * <p>Taken and given back around each call: see {@link Pool}.
 */
final class Scratch {
    /** How much passes always: a copy of this size costs about a tenth of the system call. */
    static final int SIZE = 16 * 1024;

    /** How much passes at most: as much as a datagram holds. */
    static final int LONG_SIZE = 64 * 1024;

    private static final Pool<Scratch> SPARES = new Pool<>(() -> new Scratch(SIZE));
    private static final Pool<Scratch> LONG_SPARES = new Pool<>(() -> new Scratch(LONG_SIZE));

    private final ByteBuffer memory;
    private final long address;

    private Scratch(int size) {
        memory = ByteBuffer.allocateDirect(size);
        address = MemorySegment.ofBuffer(memory).address();
    }

    /** Memory of {@link #SIZE}. */
    static Scratch take() {
        return SPARES.take();
    }

    /** Memory for so many bytes: at most {@link #LONG_SIZE}. */
    static Scratch take(int bytes) {
        return bytes <= SIZE ? SPARES.take() : LONG_SPARES.take();
    }

    void giveBack() {
        (memory.capacity() == SIZE ? SPARES : LONG_SPARES).giveBack(this);
    }

    /** Where it lies: valid until it is given back. */
    long address() {
        return address;
    }

    /** Copies bytes of an array to the beginning. */
    void fill(byte[] array, int offset, int count) {
        memory.put(0, array, offset, count);
    }

    /** Copies bytes of a buffer to the beginning, from its position on. */
    void fill(ByteBuffer src, int count) {
        memory.put(0, src, src.position(), count);
    }

    /** Copies bytes from the beginning into an array. */
    void copyTo(byte[] array, int offset, int count) {
        memory.get(0, array, offset, count);
    }
}
