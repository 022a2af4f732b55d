package dev.kqueue.nio;

import dev.kqueue.Ability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Counts this process's open descriptors. */
public final class OpenDescriptors {
    private OpenDescriptors() {}

    public static long count() {
        Ability.HOST_DESCRIPTORS.assume();
        Path directory = Path.of(Files.isDirectory(Path.of("/proc/self/fd")) ? "/proc/self/fd" : "/dev/fd");
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.count();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** How many of them are sockets, as far as the system tells: wake descriptors and the like come and stay. */
    static long sockets() {
        return count("socket:");
    }

    /** How many of them are pipes, as far as the system tells. */
    static long pipes() {
        return count("pipe:");
    }

    private static long count(String kind) {
        Ability.HOST_DESCRIPTORS.assume();
        Path directory = Path.of("/proc/self/fd");
        if (!Files.isDirectory(directory)) {
            return 0;
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(entry -> isOf(entry, kind)).count();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static boolean isOf(Path entry, String kind) {
        try {
            return Files.readSymbolicLink(entry).toString().startsWith(kind);
        } catch (IOException gone) {
            // The descriptor of the listing itself, or one that another thread has closed.
            return false;
        }
    }
}
