package dev.kqueue.internal.abi;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tables in the test resources that the sources were compared in: constants.tsv and layouts.tsv. This reader knows
 * nothing of how the code keeps its data.
 */
final class TableRows {
    private TableRows() {}

    /** One line: its first words, the cell of each system, and the note at its end. */
    record Row(String section, List<String> key, Map<String, String> cells, String note) {
        /** The cell for one system and variant, or null if the system has no such thing. */
        String cell(Systems system) {
            return choose(cells.get(system.column()), system);
        }

        /** Whether one source alone gives the system's value. */
        boolean isSingleSource(String column) {
            Matcher sources = Pattern.compile(column + "=([A-Z]+)").matcher(note);
            return !sources.find() || sources.group(1).length() == 1;
        }
    }

    static List<Row> constants() {
        return read("/abi/constants.tsv", 1);
    }

    static List<Row> layouts() {
        return read("/abi/layouts.tsv", 3);
    }

    static List<Row> symbols() {
        return read("/abi/symbols.tsv", 1);
    }

    private static List<Row> read(String resource, int keys) {
        List<Row> rows = new java.util.ArrayList<>();
        List<String> headings = null;
        String section = "";
        for (String line : lines(resource)) {
            if (line.startsWith("# ---- ")) {
                section = line.substring(7);
            } else if (headings == null && !line.startsWith("#")) {
                headings = List.of(line.split("\t"));
            } else if (!line.isEmpty() && !line.startsWith("#")) {
                String[] words = line.split("\t", -1);
                Map<String, String> cells = new HashMap<>();
                for (int i = keys; i < keys + 6; i++) {
                    cells.put(headings.get(i), words[i]);
                }
                String note = words.length > keys + 6 ? words[keys + 6] : "";
                rows.add(new Row(section, List.of(words).subList(0, keys), cells, note));
            }
        }
        return rows;
    }

    static List<String> lines(String resource) {
        try (InputStream in = TableRows.class.getResourceAsStream(resource)) {
            return new String(Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Cells are {@code value}, {@code variant:value variant:value} or {@code value variant=value}. */
    private static String choose(String cell, Systems system) {
        if (cell.equals("-") || cell.equals("?")) {
            return null;
        }
        String chosen = null;
        for (String word : cell.split(" ")) {
            Matcher matcher = Pattern.compile("(x86-64|aarch64|glibc|musl)[:=](.*)").matcher(word);
            if (!matcher.matches()) {
                chosen = chosen == null ? word : chosen;
            } else if (matcher.group(1).equals(system.architecture()) || matcher.group(1).equals(system.cLibrary())) {
                chosen = matcher.group(2);
            }
        }
        return chosen;
    }
}
