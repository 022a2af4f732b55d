package dev.kqueue;

import dev.kqueue.internal.libc.SysStat;
import dev.kqueue.internal.libc.Unistd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Whether the library that {@code -Dkqueue.library} names uses the descriptors of Linux. */
final class HostDescriptors {
    private HostDescriptors() {}

    /** Makes a pipe, and compares what both say of it. The host's file of that number is not opened. */
    static boolean arePipesTheHosts() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(ValueLayout.JAVA_INT, 2);
            if (Unistd.pipe(ends) < 0) {
                throw new AssertionError("no pipe");
            }
            int reading = ends.getAtIndex(ValueLayout.JAVA_INT, 0);
            int writing = ends.getAtIndex(ValueLayout.JAVA_INT, 1);
            MemorySegment stat = arena.allocate(SysStat.SIZE, Long.BYTES);
            try {
                return SysStat.fstat(reading, stat) >= 0 && hosts(reading).equals("pipe:[" + SysStat.ino(stat) + "]");
            } finally {
                Unistd.close(reading);
                Unistd.close(writing);
            }
        }
    }

    private static String hosts(int fd) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)).toString();
        } catch (NoSuchFileException notThere) {
            return "";
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
