package dev.kqueue.nio;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Memory through which short heap buffers pass on their way to and from the kernel. A call by address allocates
 * nothing, whatever the compiler makes of it, and to copy so little costs less than to hand an array over. Long ones go
 * in place.
 *
 * <p>Taken and given back around each call: see {@link Spares}.
 */
final class Scratch {
    /** How much passes: a copy of this size costs about a tenth of the system call. */
    static final int SIZE = 16 * 1024;

    private static final Spares<Scratch> SPARES = new Spares<>(Scratch::new);

    private final ByteBuffer memory = ByteBuffer.allocateDirect(SIZE);
    private final long address = MemorySegment.ofBuffer(memory).address();

    private Scratch() {}

    static Scratch take() {
        return SPARES.take();
    }

    void giveBack() {
        SPARES.giveBack(this);
    }

    /** Where it lies: valid until it is given back. */
    long address() {
        return address;
    }

    /** Copies bytes of an array to the beginning. */
    void fill(byte[] array, int offset, int count) {
        memory.put(0, array, offset, count);
    }

    /** Copies bytes from the beginning into an array. */
    void copyTo(byte[] array, int offset, int count) {
        memory.get(0, array, offset, count);
    }
}
