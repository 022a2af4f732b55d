package dev.kqueue.nio;

import dev.kqueue.Ability;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Counts this process's open descriptors, as far as the system tells without those that the JVM opens for itself at any
 * moment: its own files, those of the class path, and what it reads of /proc and /sys.
 */
public final class OpenDescriptors {
    private static final List<String> OF_THE_JVM =
            Stream.concat(
                            Stream.of("/proc/", "/sys/", System.getProperty("java.home")),
                            Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                                    .filter(entry -> !entry.isEmpty())
                                    .map(entry -> Path.of(entry).toAbsolutePath().toString()))
                    .toList();

    private OpenDescriptors() {}

    public static long count() {
        return count("");
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
        boolean tells = Files.isDirectory(directory);
        if (!tells && !kind.isEmpty()) {
            return 0;
        }
        try (Stream<Path> entries = Files.list(tells ? directory : Path.of("/dev/fd"))) {
            return entries.filter(entry -> !tells || isOf(entry, kind)).count();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static boolean isOf(Path entry, String kind) {
        try {
            String file = Files.readSymbolicLink(entry).toString();
            return file.startsWith(kind) && OF_THE_JVM.stream().noneMatch(file::startsWith);
        } catch (IOException gone) {
            // The descriptor of the listing itself, or one that another thread has closed.
            return false;
        }
    }
}
