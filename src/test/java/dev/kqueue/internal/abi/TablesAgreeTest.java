package dev.kqueue.internal.abi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.internal.libc.LinkedFunctions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The code's data and the tables in the test resources say the same of every system, whatever host this runs on. */
final class TablesAgreeTest {
    private static final Set<String> KQUEUE_SECTIONS = Set.of("kqueue filters", "kqueue flags", "notes");

    /** What the table says in its remark alone, and the headers confirm: musl counts O_PATH in. */
    private static final Map<String, Integer> REMARKED_OF_MUSL = Map.of("O_ACCMODE", 0x200003);

    static Stream<Systems> systems() {
        return Systems.all();
    }

    private static boolean isKqueue(TableRows.Row row) {
        return KQUEUE_SECTIONS.contains(row.section());
    }

    @ParameterizedTest
    @MethodSource("systems")
    void constantsAreThoseOfTheTable(Systems system) {
        Map<String, Integer> expected = new HashMap<>();
        for (TableRows.Row row : TableRows.constants()) {
            String cell = row.cell(system);
            // The kqueue that Linux has in the table is libkqueue's; ours has numbers of its own.
            if (cell != null && !(system.name().equals("linux") && isKqueue(row))) {
                expected.put(row.key().getFirst(), (int) (long) Long.decode(cell));
            }
        }
        if (system.cLibrary().equals("musl")) {
            expected.putAll(REMARKED_OF_MUSL);
        }
        Map<String, Integer> actual = new HashMap<>();
        for (String name : system.abi().constants()) {
            actual.put(name, system.abi().constant(name));
        }
        if (system.name().equals("linux")) {
            actual.keySet().removeIf(name -> name.matches("(EVFILT|EV|NOTE)_.*"));
        }
        assertThat(actual).containsExactlyInAnyOrderEntriesOf(expected);
    }

    @ParameterizedTest
    @MethodSource("systems")
    void structuresAreThoseOfTheTable(Systems system) {
        Map<String, Set<String>> expected = new HashMap<>();
        for (TableRows.Row row : TableRows.layouts()) {
            String cell = row.cell(system);
            String type = row.key().get(0);
            String field = row.key().get(1);
            if (cell == null || type.equals("CMSG")) {
                continue;
            }
            if (type.equals("scalar")) {
                expected.put(field, Set.of("sizeof=" + cell.replaceAll("[su]$", "")));
            } else {
                expected.computeIfAbsent(type, ignored -> new TreeSet<>())
                        .add(field + "=" + cell.replace(":len", ":0"));
            }
        }
        Map<String, Set<String>> actual = new HashMap<>();
        for (String type : system.abi().structs()) {
            Struct struct = system.abi().struct(type);
            Set<String> facts = new TreeSet<>();
            facts.add("sizeof=" + struct.size());
            if (expected.getOrDefault(type, Set.of()).size() > 1) {
                facts.add("alignof=" + struct.alignment());
            }
            for (String field : struct.fields()) {
                facts.add(field + "=" + struct.field(field).offset() + ":" + struct.field(field).size());
            }
            actual.put(type, facts);
        }
        // Neither has a row: the counts of kevent(2) have no type of their own, and CMSG is macros.
        actual.remove("kevent_count");
        actual.remove("CMSG");
        if (system.isLinux()) {
            actual.remove("kevent");
        }
        assertThat(actual).containsExactlyInAnyOrderEntriesOf(expected);
    }

    @ParameterizedTest
    @MethodSource("systems")
    void functionsHaveTheSymbolsOfTheTable(Systems system) {
        for (TableRows.Row row : TableRows.symbols()) {
            String function = row.key().getFirst();
            String cell = row.cell(system);
            if (cell == null) {
                continue; // there is no such function
            }
            boolean never = cell.equals("never") && !system.name().equals("libkqueue");
            Optional<String> expected =
                    never ? Optional.empty() : Optional.of(cell.equals("=") || cell.equals("never") ? function : cell);
            assertThat(system.abi().symbol(function)).as("%s of %s", function, system).isEqualTo(expected);
        }
    }

    @Test
    void everyFunctionThatIsLinkedHasARow() throws IOException {
        List<String> rows = TableRows.symbols().stream().map(row -> row.key().getFirst()).toList();
        assertThat(rows).as("functions of src/test/resources/abi/symbols.tsv").isEqualTo(LinkedFunctions.all());
    }

    @ParameterizedTest
    @MethodSource("systems")
    void controlMessagesArePaddedAsTheTableSays(Systems system) {
        Struct header = system.abi().struct("CMSG");
        int payload = 4;
        int padded = (payload + header.alignment() - 1) / header.alignment() * header.alignment();
        Map<String, Integer> actual =
                Map.of(
                        "CMSG_DATA offset",
                        header.size(),
                        "align",
                        header.alignment(),
                        "CMSG_LEN(4)",
                        header.size() + payload,
                        "CMSG_SPACE(4)",
                        header.size() + padded);
        Map<String, Integer> expected = new HashMap<>();
        for (TableRows.Row row : TableRows.layouts()) {
            if (row.key().getFirst().equals("CMSG")) {
                expected.put(row.key().get(1), Integer.valueOf(row.cell(system)));
            }
        }
        assertThat(actual).isEqualTo(expected);
    }

    @Test
    void singleSourceValuesAreMarkedAndNoOthers() {
        Map<String, String> texts =
                Map.of(
                        "macos", MacOs.KQUEUE + MacOs.CONSTANTS,
                        "freebsd", FreeBsd.KQUEUE + FreeBsd.CONSTANTS,
                        "netbsd", NetBsd.KQUEUE + NetBsd.CONSTANTS,
                        "openbsd", OpenBsd.KQUEUE + OpenBsd.CONSTANTS,
                        "dragonfly", DragonFly.KQUEUE + DragonFly.CONSTANTS,
                        "linux", LibKqueue.KQUEUE + Linux.CONSTANTS + LinuxEvents.CONSTANTS);
        texts.forEach(
                (column, own) -> {
                    String text = column.equals("linux") ? own : Bsd.KQUEUE + Bsd.CONSTANTS + own;
                    Set<String> expected = new HashSet<>();
                    for (TableRows.Row row : TableRows.constants()) {
                        if (!row.cells().get(column).equals("-") && row.isSingleSource(column)) {
                            expected.add(row.key().getFirst());
                        }
                    }
                    Set<String> marked = new HashSet<>();
                    for (String line : text.split("\n")) {
                        List<String> words = List.of(line.split(" "));
                        if (words.contains("?")) {
                            marked.add(words.getFirst());
                        }
                    }
                    assertThat(marked).as(column).isEqualTo(expected);
                });
    }

    @ParameterizedTest
    @MethodSource("systems")
    void goldenFileAgrees(Systems system) {
        assertThat(dump(system.abi())).isEqualTo(TableRows.lines(system.golden()));
    }

    /** What a golden file holds: every constant, structure and renamed function of one ABI, sorted. */
    static List<String> dump(Abi abi) {
        List<String> lines = new ArrayList<>();
        for (String name : new TreeSet<>(abi.constants())) {
            int value = abi.constant(name);
            lines.add(name + " " + value + (value < 0 || value > 9 ? " 0x" + Integer.toHexString(value) : ""));
        }
        for (String name : new TreeSet<>(abi.structs())) {
            Struct struct = abi.struct(name);
            lines.add("sizeof " + name + " " + struct.size() + " alignof " + struct.alignment());
            struct.fields().stream()
                    .sorted((a, b) -> struct.field(a).offset() - struct.field(b).offset())
                    .forEach(
                            field ->
                                    lines.add(
                                            "field "
                                                    + name
                                                    + "."
                                                    + field
                                                    + " "
                                                    + struct.field(field).offset()
                                                    + ":"
                                                    + struct.field(field).size()));
        }
        for (String function : new TreeSet<>(abi.renamed())) {
            lines.add("symbol " + function + " " + abi.symbol(function).orElse("-"));
        }
        return lines;
    }
}
