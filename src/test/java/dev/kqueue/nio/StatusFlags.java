package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.internal.libc.Fcntl;

/** The status flags of descriptors, as fcntl(2) returns them. */
final class StatusFlags {
    private StatusFlags() {}

    static boolean isNonBlocking(int fd) {
        int flags = Fcntl.fcntl(fd, Fcntl.F_GETFL, 0);
        assertThat(flags).isNotNegative();
        return (flags & Fcntl.O_NONBLOCK) != 0;
    }
}
