package dev.kqueue.internal.libc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The C functions that the sources of this package link, by their names there. */
public final class LinkedFunctions {
    private LinkedFunctions() {}

    private static final Pattern LINKED =
            Pattern.compile("(?:CFunction\\s*\\.\\s*of|CLibrary\\s*\\.\\s*(?:has|address))\\(\\s*\"(\\w+)\"");

    /** All of them, sorted. */
    public static List<String> all() throws IOException {
        Set<String> linked = new TreeSet<>();
        try (Stream<Path> sources = Files.list(Path.of("src/main/java/dev/kqueue/internal/libc"))) {
            for (Path source : sources.toList()) {
                Matcher matcher = LINKED.matcher(Files.readString(source));
                while (matcher.find()) {
                    linked.add(matcher.group(1));
                }
            }
        }
        return List.copyOf(linked);
    }
}
