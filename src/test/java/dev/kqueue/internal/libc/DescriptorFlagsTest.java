package dev.kqueue.internal.libc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.Ability;
import dev.kqueue.RequiresAbility;
import dev.kqueue.internal.abi.Abi;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Whatever makes a descriptor makes it non-blocking and close-on-exec. */
class DescriptorFlagsTest {
    private static void assertPrepared(int fd) {
        assertThat(fd).isNotNegative();
        assertThat(Fcntl.fcntl(fd, Fcntl.F_GETFL, 0) & Fcntl.O_NONBLOCK).isNotZero();
        assertThat(Fcntl.fcntl(fd, Fcntl.F_GETFD, 0) & Fcntl.FD_CLOEXEC).isNotZero();
    }

    @Test
    void socketsArePrepared() {
        int fd = SysSocket.socket(SysSocket.AF_INET, SysSocket.SOCK_STREAM, 0);
        assertPrepared(fd);
        assertThat(Unistd.close(fd)).isZero();
    }

    @Test
    void socketPairsArePrepared() {
        MemorySegment sv = Ints.pair();
        assertThat(SysSocket.socketpair(SysSocket.AF_UNIX, SysSocket.SOCK_STREAM, 0, sv)).isZero();
        for (int i = 0; i < 2; i++) {
            assertPrepared(Ints.at(sv, i));
            assertThat(Unistd.close(Ints.at(sv, i))).isZero();
        }
    }

    @Test
    void pipesArePrepared() {
        MemorySegment ends = Ints.pair();
        assertThat(Unistd.pipe(ends)).isZero();
        for (int i = 0; i < 2; i++) {
            assertPrepared(Ints.at(ends, i));
            assertThat(Unistd.close(Ints.at(ends, i))).isZero();
        }
    }

    @Test
    void acceptedSocketsArePreparedThoughTheListenerIsNot() {
        int listener = SysSocket.socket(SysSocket.AF_INET, SysSocket.SOCK_STREAM, 0);
        int client = SysSocket.socket(SysSocket.AF_INET, SysSocket.SOCK_STREAM, 0);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(128);
            MemorySegment length = arena.allocate(ValueLayout.JAVA_INT);
            var sockaddr = Abi.HOST.struct("sockaddr_in");
            sockaddr.field("sin_family").set(address, 0, SysSocket.AF_INET);
            sockaddr.find("sin_len").ifPresent(field -> field.set(address, 0, sockaddr.size()));
            address.setAtIndex(ValueLayout.JAVA_BYTE, sockaddr.field("sin_addr").offset(), (byte) 127);
            address.setAtIndex(ValueLayout.JAVA_BYTE, sockaddr.field("sin_addr").offset() + 3L, (byte) 1);
            assertThat(SysSocket.bind(listener, address, sockaddr.size())).isZero();
            assertThat(SysSocket.listen(listener, 1)).isZero();
            length.set(ValueLayout.JAVA_INT, 0, 128);
            assertThat(SysSocket.getsockname(listener, address, length)).isZero();
            assertThat(Fcntl.setNonBlocking(listener, false)).isZero();
            assertThat(SysSocket.connect(client, address, length.get(ValueLayout.JAVA_INT, 0)))
                    .isIn(0, -Errno.EINPROGRESS);
            length.set(ValueLayout.JAVA_INT, 0, 128);
            int accepted = SysSocket.accept(listener, address, length);
            assertPrepared(accepted);
            assertThat(length.get(ValueLayout.JAVA_INT, 0)).isEqualTo(sockaddr.size());
            assertThat(Unistd.close(accepted)).isZero();
        } finally {
            assertThat(Unistd.close(client)).isZero();
            assertThat(Unistd.close(listener)).isZero();
        }
    }

    @Test
    void duplicatesAreClosedOnExecAndShareTheRest() {
        MemorySegment ends = Ints.pair();
        assertThat(Unistd.pipe(ends)).isZero();
        int duplicate = Unistd.dup(Ints.at(ends, 1));
        assertPrepared(duplicate);
        assertThat(Unistd.close(Ints.at(ends, 1))).isZero();
        assertThat(Unistd.write(duplicate, MemorySegment.ofArray(new byte[] {7}), 1)).isEqualTo(1);
        byte[] read = new byte[1];
        assertThat(Unistd.read(Ints.at(ends, 0), MemorySegment.ofArray(read), 1)).isEqualTo(1);
        assertThat(read).containsExactly(7);
        assertThat(Unistd.close(duplicate)).isZero();
        assertThat(Unistd.close(Ints.at(ends, 0))).isZero();
    }

    @Test
    void nonBlockingCanBeTakenBackAndSetAgain() {
        MemorySegment ends = Ints.pair();
        assertThat(Unistd.pipe(ends)).isZero();
        int fd = Ints.at(ends, 0);
        assertThat(Fcntl.setNonBlocking(fd, false)).isZero();
        assertThat(Fcntl.fcntl(fd, Fcntl.F_GETFL, 0) & Fcntl.O_NONBLOCK).isZero();
        assertThat(Fcntl.setNonBlocking(fd, true)).isZero();
        assertPrepared(fd);
        assertThat(Unistd.close(fd)).isZero();
        assertThat(Unistd.close(Ints.at(ends, 1))).isZero();
    }

    @RequiresAbility(Ability.ONE_WAY_PIPES)
    @Test
    void callsOnClosedDescriptorsReturnTheErrno() {
        MemorySegment ends = Ints.pair();
        assertThat(Unistd.pipe(ends)).isZero();
        assertThat(Unistd.close(Ints.at(ends, 1))).isZero();
        int fd = Ints.at(ends, 0);
        byte[] array = new byte[1];
        assertThat(Unistd.write(fd, MemorySegment.ofArray(array), 1)).isEqualTo(-Errno.EBADF);
        assertThat(SysSocket.listen(fd, 1)).isEqualTo(-Errno.ENOTSOCK);
        assertThat(Unistd.close(fd)).isZero();
    }

    @Test
    void openTakesItsModeThroughTheDots() throws Exception {
        Path directory = Files.createTempDirectory("kqueue-open");
        Path file = directory.resolve("a file");
        try {
            int fd = Fcntl.open(file.toString(), Fcntl.O_CREAT | Fcntl.O_RDWR | Fcntl.O_CLOEXEC, 0600);
            assertThat(fd).isNotNegative();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
            assertThat(Unistd.close(fd)).isZero();
        } finally {
            Files.deleteIfExists(file);
            Files.delete(directory);
        }
    }
}
