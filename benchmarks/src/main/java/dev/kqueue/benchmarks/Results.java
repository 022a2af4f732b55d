package dev.kqueue.benchmarks;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What has been measured, kept for the report: a file for each case, which the next run of the case replaces. */
public final class Results {
    private static final Path FOLDER = Path.of("benchmarks", "target", "pairs");
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");
    private static final Gson GSON = new GsonBuilder().serializeSpecialFloatingPointValues().create();

    private Results() {}

    static void keep(Comparison comparison) throws IOException {
        Files.createDirectories(FOLDER);
        Files.writeString(FOLDER.resolve(comparison.name().replace(' ', '-') + ".json"), GSON.toJson(comparison));
    }

    /** All of them, by name. */
    public static List<Comparison> all() throws IOException {
        if (!Files.isDirectory(FOLDER)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(Results::read).sorted(Comparator.comparing(Results::order)).toList();
        }
    }

    /** Such that 64 comes before 1,000. */
    private static String order(Comparison comparison) {
        return NUMBER.matcher(comparison.name())
                .replaceAll(number -> "%09d".formatted(Integer.parseInt(number.group())));
    }

    private static Comparison read(Path file) {
        try {
            return GSON.fromJson(Files.readString(file), Comparison.class);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
