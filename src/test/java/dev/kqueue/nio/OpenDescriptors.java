package dev.kqueue.nio;

import dev.kqueue.Ability;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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

    private static final Path LINKS = Path.of("/proc/self/fd");

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

    /** What they refer to, on a system that names it: "socket:[1]", or a path. */
    public static List<String> files() {
        try (Stream<Path> entries = Files.list(LINKS)) {
            return entries.flatMap(entry -> file(entry).stream()).toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static long count(String kind) {
        Ability.HOST_DESCRIPTORS.assume();
        if (Files.isDirectory(LINKS)) {
            return files().stream().filter(file -> file.startsWith(kind)).count();
        }
        if (!kind.isEmpty()) {
            return 0;
        }
        try (Stream<Path> entries = Files.list(Path.of("/dev/fd"))) {
            return entries.count();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Empty for one of the JVM's own. */
    private static Optional<String> file(Path entry) {
        try {
            return Optional.of(Files.readSymbolicLink(entry).toString())
                    .filter(file -> OF_THE_JVM.stream().noneMatch(file::startsWith));
        } catch (IOException gone) {
            // The descriptor of the listing itself, or one that another thread has closed.
            return Optional.empty();
        }
    }
}
