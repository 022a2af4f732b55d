package dev.kqueue.nio;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Set;

/** One of the files in benchmarks/budgets: what operations may cost. */
public final class Budgets {
    private final Path file;
    private final Properties figures = new Properties();

    private Budgets(Path file) {
        this.file = file;
    }

    public static Budgets read(String name) {
        Budgets budgets = new Budgets(Path.of("benchmarks", "budgets", name + ".properties"));
        try (Reader reader = Files.newBufferedReader(budgets.file)) {
            budgets.figures.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return budgets;
    }

    Set<String> names() {
        return figures.stringPropertyNames();
    }

    public String of(String name) {
        String figure = figures.getProperty(name);
        if (figure == null) {
            throw new IllegalArgumentException(file + " has no " + name);
        }
        return figure;
    }

    long bytes(String name) {
        return Long.parseLong(of(name));
    }
}
