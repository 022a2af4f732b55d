package dev.kqueue.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The C functions and the errors that each may give: {@code functions.tsv}, with the numbers of {@code errnos.tsv}. */
final class FunctionTable {
    private FunctionTable() {}

    private static final List<String> ALWAYS_TRANSIENT = List.of("EINTR", "EAGAIN");
    private static final List<String> KINDS = List.of("socket", "pipe", "file", "other");
    private static final int ANY_KIND = (1 << KINDS.size()) - 1;

    /**
     * An error of a function.
     *
     * @param isPerformed whether the call has its effect although it fails
     * @param isTransient whether a program goes on for as long as the error comes, so that it must end
     * @param kinds of which kinds the descriptor may be, as the bits of {@code kinds.h}
     */
    record Failure(String name, int number, boolean isPerformed, boolean isTransient, int kinds) {}

    /**
     * A function.
     *
     * @param returns as the column of the table
     */
    record Row(String name, String returns, List<Failure> errors) {}

    /** All functions, by their names, sorted. */
    static Map<String, Row> read() throws IOException {
        Map<String, Integer> numbers = new HashMap<>();
        for (String line : lines("errnos.tsv")) {
            String[] columns = line.split("\t");
            numbers.put(columns[0], Integer.valueOf(columns[1]));
        }
        Map<String, Row> functions = new TreeMap<>();
        for (String line : lines("functions.tsv")) {
            String[] columns = line.split("\t");
            if (!columns[0].equals("function")) {
                String errors = columns.length > 2 ? columns[2] : "";
                functions.put(
                        columns[0],
                        new Row(
                                columns[0],
                                columns[1],
                                Arrays.stream(errors.split(" "))
                                        .filter(name -> !name.isEmpty())
                                        .map(name -> error(name, numbers))
                                        .toList()));
            }
        }
        return functions;
    }

    private static Failure error(String entry, Map<String, Integer> numbers) {
        String[] parts = entry.split("@");
        String name = parts[0].replaceAll("\\W", "");
        int kinds = ANY_KIND;
        if (parts.length > 1) {
            kinds = Arrays.stream(parts[1].split("\\+")).mapToInt(kind -> 1 << KINDS.indexOf(kind)).sum();
        }
        boolean isPerformed = parts[0].contains("*");
        boolean isTransient = parts[0].contains("~") || ALWAYS_TRANSIENT.contains(name);
        return new Failure(name, numbers.get(name), isPerformed, isTransient, kinds);
    }

    /** The faults of {@code regressions.tsv} that concern a scenario. */
    static List<Fault> regressions(String scenario, Map<String, Row> functions) throws IOException {
        List<Fault> faults = new ArrayList<>();
        for (String line : lines("regressions.tsv")) {
            String[] columns = line.split("\t");
            if (columns[0].equals(scenario)) {
                Failure error =
                        functions.get(columns[2]).errors().stream()
                                .filter(candidate -> candidate.name().equals(columns[3]))
                                .findFirst()
                                .orElseThrow();
                Fault.Phase phase = Fault.Phase.valueOf(columns[1]);
                long skip = Long.parseLong(columns[4]);
                faults.add(new Fault(phase, columns[2], error, skip, columns[5].equals("lasting")));
            }
        }
        return faults;
    }

    private static List<String> lines(String resource) throws IOException {
        try (InputStream in = FunctionTable.class.getResourceAsStream("/faults/" + resource)) {
            return new String(in.readAllBytes(), UTF_8).lines().filter(line -> !line.startsWith("#")).toList();
        }
    }
}
