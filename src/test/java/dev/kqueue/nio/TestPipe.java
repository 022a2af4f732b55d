package dev.kqueue.nio;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Unistd;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A pipe by its two numbers, for tests below the channels. */
public record TestPipe(int readEnd, int writeEnd) implements AutoCloseable {
    public static TestPipe open() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(ValueLayout.JAVA_INT, 2);
            int result = Unistd.pipe(ends);
            if (result < 0) {
                throw Errno.exception(-result, "pipe");
            }
            return new TestPipe(ends.getAtIndex(ValueLayout.JAVA_INT, 0), ends.getAtIndex(ValueLayout.JAVA_INT, 1));
        }
    }

    /** Writes so many bytes; the number written or -errno. */
    public long write(int bytes) {
        return Unistd.write(writeEnd, MemorySegment.ofArray(new byte[bytes]), bytes);
    }

    /** Reads so many bytes; the number read or -errno. */
    public long read(int bytes) {
        return Unistd.read(readEnd, MemorySegment.ofArray(new byte[bytes]), bytes);
    }

    @Override
    public void close() {
        Unistd.close(readEnd);
        Unistd.close(writeEnd);
    }
}
