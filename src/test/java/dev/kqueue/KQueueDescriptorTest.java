package dev.kqueue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.internal.libc.Fcntl;

import org.junit.jupiter.api.Test;

import java.io.IOException;

/** The descriptor of a kqueue. */
class KQueueDescriptorTest {
    @Test
    void isClosedOnExec() throws IOException {
        try (KQueue kqueue = KQueue.open()) {
            int flags = Fcntl.fcntl(kqueue.descriptor(), Fcntl.F_GETFD, 0);
            assertThat(flags & Fcntl.FD_CLOEXEC).isEqualTo(Fcntl.FD_CLOEXEC);
        }
    }
}
