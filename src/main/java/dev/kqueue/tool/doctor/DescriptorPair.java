package dev.kqueue.tool.doctor;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Unistd;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Two descriptors of which one receives what is written to the other; neither blocks. */
record DescriptorPair(int reading, int writing) implements AutoCloseable {
    static DescriptorPair ofPipe() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(ValueLayout.JAVA_INT, 2);
            checked(Unistd.pipe(ends), "pipe");
            return new DescriptorPair(
                    ends.getAtIndex(ValueLayout.JAVA_INT, 0), ends.getAtIndex(ValueLayout.JAVA_INT, 1));
        }
    }

    static int checked(int result, String call) throws IOException {
        if (result < 0) {
            throw Errno.exception(-result, call);
        }
        return result;
    }

    /** Writes so many bytes, all of them. */
    void write(int bytes) throws IOException {
        long n = Unistd.write(writing, MemorySegment.ofArray(new byte[bytes]), bytes);
        Expectation.require(n == bytes, "write of " + bytes + " bytes: " + n);
    }

    /** Writes until there is no room. */
    void fill() throws IOException {
        MemorySegment bytes = MemorySegment.ofArray(new byte[4096]);
        long n;
        do {
            n = Unistd.write(writing, bytes, bytes.byteSize());
        } while (n > 0);
        Expectation.require(n == -Errno.EAGAIN, "write to what is full: " + n);
    }

    /** Reads until nothing is left. */
    void drain() throws IOException {
        MemorySegment bytes = MemorySegment.ofArray(new byte[4096]);
        long n;
        do {
            n = Unistd.read(reading, bytes, bytes.byteSize());
        } while (n > 0);
        Expectation.require(n == -Errno.EAGAIN, "read of what is empty: " + n);
    }

    @Override
    public void close() {
        Unistd.close(reading);
        Unistd.close(writing);
    }
}
