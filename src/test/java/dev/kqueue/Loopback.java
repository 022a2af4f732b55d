package dev.kqueue;

import static org.assertj.core.api.Assertions.assertThat;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Field;
import dev.kqueue.internal.abi.Struct;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Poll;
import dev.kqueue.internal.libc.SysSocket;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** IPv4 sockets on 127.0.0.1, by their numbers. */
final class Loopback {
    private static final Struct SOCKADDR_IN = Abi.HOST.struct("sockaddr_in");
    private static final Field PORT = SOCKADDR_IN.field("sin_port");

    private Loopback() {}

    static int tcp() {
        return open(SysSocket.SOCK_STREAM);
    }

    static int udp() {
        return open(SysSocket.SOCK_DGRAM);
    }

    private static int open(int type) {
        int fd = SysSocket.socket(SysSocket.AF_INET, type, 0);
        assertThat(fd).isNotNegative();
        return fd;
    }

    /** A socket that listens at a port of the system's choice. */
    static int listener() {
        int fd = tcp();
        bind(fd);
        assertThat(SysSocket.listen(fd, 16)).isZero();
        return fd;
    }

    static void bind(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            assertThat(SysSocket.bind(fd, address(arena, 0), SOCKADDR_IN.size())).isZero();
        }
    }

    static int port(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(SOCKADDR_IN.size(), 8);
            MemorySegment length = arena.allocate(JAVA_INT);
            length.set(JAVA_INT, 0, SOCKADDR_IN.size());
            assertThat(SysSocket.getsockname(fd, address, length)).isZero();
            return Short.toUnsignedInt(Short.reverseBytes((short) PORT.get(address, 0)));
        }
    }

    /** connect(2) without waiting: 0 or -errno. */
    static int connect(int fd, int port) {
        try (Arena arena = Arena.ofConfined()) {
            return SysSocket.connect(fd, address(arena, port), SOCKADDR_IN.size());
        }
    }

    /** Two ends of one TCP connection; the listener is closed again. */
    static Pair connection() {
        int listener = listener();
        int client = tcp();
        assertThat(connect(client, port(listener))).isIn(0, -Errno.EINPROGRESS);
        Pair pair = new Pair(accept(listener), client);
        dev.kqueue.internal.libc.Unistd.close(listener);
        return pair;
    }

    static int accept(int listener) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment fds = arena.allocate(Poll.SIZE, 8);
            Poll.set(fds, 0, listener, Poll.POLLIN);
            assertThat(Poll.poll(fds, 1, 10_000)).isEqualTo(1);
            int fd = SysSocket.accept(listener, MemorySegment.NULL, MemorySegment.NULL);
            assertThat(fd).isNotNegative();
            return fd;
        }
    }

    /** SO_ERROR, which takes the error away. */
    static int error(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            MemorySegment length = arena.allocate(JAVA_INT);
            length.set(JAVA_INT, 0, 4);
            assertThat(SysSocket.getsockopt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_ERROR, value, length)).isZero();
            return value.get(JAVA_INT, 0);
        }
    }

    private static MemorySegment address(Arena arena, int port) {
        MemorySegment address = arena.allocate(SOCKADDR_IN.size(), 8);
        SOCKADDR_IN.find("sin_len").ifPresent(field -> field.set(address, 0, SOCKADDR_IN.size()));
        SOCKADDR_IN.field("sin_family").set(address, 0, SysSocket.AF_INET);
        PORT.set(address, 0, Short.reverseBytes((short) port));
        // Network order, whatever the machine's.
        int offset = SOCKADDR_IN.field("sin_addr").offset();
        byte[] host = {127, 0, 0, 1};
        MemorySegment.copy(MemorySegment.ofArray(host), 0, address, offset, host.length);
        return address;
    }
}
