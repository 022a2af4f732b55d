package dev.kqueue.internal.libc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

class PollTest {
    @Test
    void readableWritableAndPassedOverAreToldApart() {
        MemorySegment ends = Ints.pair();
        assertThat(Unistd.pipe(ends)).isZero();
        int readEnd = Ints.at(ends, 0);
        int writeEnd = Ints.at(ends, 1);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment fds = arena.allocate(3L * Poll.SIZE, 8);
            Poll.set(fds, 0, readEnd, Poll.POLLIN);
            Poll.set(fds, 1, writeEnd, Poll.POLLOUT);
            Poll.set(fds, 2, -1, Poll.POLLIN);
            assertThat(Poll.poll(fds, 3, -1)).isEqualTo(1);
            assertThat(Poll.revents(fds, 0)).isZero();
            assertThat(Poll.revents(fds, 1)).isEqualTo(Poll.POLLOUT);
            assertThat(Poll.revents(fds, 2)).isZero();
            assertThat(Unistd.write(writeEnd, MemorySegment.ofArray(new byte[1]), 1)).isEqualTo(1);
            assertThat(Poll.poll(fds, 3, 0)).isEqualTo(2);
            assertThat(Poll.revents(fds, 0)).isEqualTo(Poll.POLLIN);
        } finally {
            assertThat(Unistd.close(readEnd)).isZero();
            assertThat(Unistd.close(writeEnd)).isZero();
        }
    }

    @Test
    void closedDescriptorIsInvalid() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment fds = arena.allocate(Poll.SIZE, 8);
            // A number far above any in use, so that no other thread of this JVM opens it meanwhile.
            Poll.set(fds, 0, 1_000_000, Poll.POLLIN);
            assertThat(Poll.poll(fds, 1, 0)).isEqualTo(1);
            assertThat(Poll.revents(fds, 0)).isEqualTo(Poll.POLLNVAL);
        }
    }
}
