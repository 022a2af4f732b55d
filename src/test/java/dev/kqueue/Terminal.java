package dev.kqueue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.SysIoctl;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/** A pseudo-terminal of Linux: what is written to one end is read from the other, raw. */
public final class Terminal {
    private static final int TIOCSPTLCK = 0x40045431;
    private static final int TIOCGPTN = 0x80045430;

    private Terminal() {}

    /** The terminal itself at the read end, the program that plays its user at the write end. */
    static Pair typedTo() {
        int master = openMaster();
        return new Pair(slave(master), master);
    }

    /** The terminal itself at the write end. */
    static Pair writtenTo() {
        int master = openMaster();
        return new Pair(master, slave(master));
    }

    /** The end of a new one that plays its user: non-blocking. */
    public static int openMaster() {
        return open("/dev/ptmx");
    }

    /** The path of the terminal itself. */
    public static String nameOf(int master) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocate(JAVA_INT);
            assertThat(SysIoctl.ioctl(master, TIOCSPTLCK, number)).isZero();
            assertThat(SysIoctl.ioctl(master, Integer.toUnsignedLong(TIOCGPTN), number)).isZero();
            return "/dev/pts/" + number.get(JAVA_INT, 0);
        }
    }

    private static int slave(int master) {
        try {
            String name = nameOf(master);
            int slave = open(name);
            // No lines, no echo: bytes go through as through a pipe.
            assertThat(new ProcessBuilder("stty", "-F", name, "raw", "-echo").start().waitFor()).isZero();
            return slave;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static int open(String name) {
        assumeTrue(Files.exists(Path.of(name)), name);
        // O_NOCTTY: this JVM must not get a controlling terminal of it
        int fd = Fcntl.open(name, Fcntl.O_RDWR | Fcntl.O_NONBLOCK | 0x100 | Fcntl.O_CLOEXEC, 0);
        assertThat(fd).isNotNegative();
        return fd;
    }
}
