package dev.kqueue;

import static org.assertj.core.api.Assertions.assertThat;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.Unistd;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Two connected, non-blocking descriptors: what is written to one end comes out of the other. */
record Pair(int readEnd, int writeEnd) implements AutoCloseable {
    private static final int CHUNK = 64 * 1024;

    static Pair pipe() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(JAVA_INT, 2);
            assertThat(Unistd.pipe(ends)).isZero();
            return new Pair(ends.getAtIndex(JAVA_INT, 0), ends.getAtIndex(JAVA_INT, 1));
        }
    }

    static Pair sockets() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(JAVA_INT, 2);
            assertThat(SysSocket.socketpair(SysSocket.AF_UNIX, SysSocket.SOCK_STREAM, 0, ends)).isZero();
            return new Pair(ends.getAtIndex(JAVA_INT, 0), ends.getAtIndex(JAVA_INT, 1));
        }
    }

    void write(int bytes) {
        assertThat(Unistd.write(writeEnd, MemorySegment.ofArray(new byte[bytes]), bytes)).isEqualTo(bytes);
    }

    void read(int bytes) {
        assertThat(Unistd.read(readEnd, MemorySegment.ofArray(new byte[bytes]), bytes)).isEqualTo(bytes);
    }

    /** Writes until nothing more fits; how many bytes did. */
    int fill() {
        MemorySegment chunk = MemorySegment.ofArray(new byte[CHUNK]);
        int total = 0;
        while (true) {
            long written = Unistd.write(writeEnd, chunk, CHUNK);
            if (written <= 0) {
                assertThat(written).isEqualTo(-Errno.EAGAIN);
                return total;
            }
            total += (int) written;
        }
    }

    /** Reads this many bytes, which are there. */
    void discard(int bytes) {
        MemorySegment chunk = MemorySegment.ofArray(new byte[CHUNK]);
        for (int left = bytes; left > 0; ) {
            long read = Unistd.read(readEnd, chunk, Math.min(left, CHUNK));
            assertThat(read).isPositive();
            left -= (int) read;
        }
    }

    /** Reads until nothing is left. */
    void drain() {
        MemorySegment chunk = MemorySegment.ofArray(new byte[CHUNK]);
        long read;
        do {
            read = Unistd.read(readEnd, chunk, CHUNK);
        } while (read > 0);
        assertThat(read).isEqualTo(-Errno.EAGAIN);
    }

    void closeReadEnd() {
        Unistd.close(readEnd);
    }

    void closeWriteEnd() {
        Unistd.close(writeEnd);
    }

    @Override
    public void close() {
        // One end may have been closed by the test.
        Unistd.close(readEnd);
        Unistd.close(writeEnd);
    }
}
