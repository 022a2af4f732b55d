package dev.kqueue.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kqueue.internal.libc.Symbols;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Tries faults in a JVM that runs on the {@link FaultLibrary}.
 *
 * <p>Arguments: a file for what was wrong, one fault a line; {@code short} or {@code all}; and the names of scenarios,
 * none for all of them.
 */
final class FaultRun {
    private static final int FIRST_CALLS = 6;

    private final FaultLibrary library;
    private final Map<String, FunctionTable.Row> table;
    private final PrintStream report;
    private final Set<String> reached = new TreeSet<>();

    private FaultRun(FaultLibrary library, Map<String, FunctionTable.Row> table, PrintStream report) {
        this.library = library;
        this.table = table;
        this.report = report;
    }

    public static void main(String[] arguments) throws Exception {
        List<String> names = List.of(arguments).subList(2, arguments.length);
        try (PrintStream report = new PrintStream(Files.newOutputStream(Path.of(arguments[0])), true, UTF_8)) {
            FaultRun run = new FaultRun(FaultLibrary.loaded(), FunctionTable.read(), report);
            boolean isShort = arguments[1].equals("short");
            run.run(names.isEmpty() ? List.copyOf(Scenarios.ALL.keySet()) : names, isShort);
            if (names.isEmpty()) {
                run.reportUnreached();
            }
        }
        // Whatever threads a trial has left behind.
        System.exit(0);
    }

    private void run(List<String> names, boolean isShort) throws InterruptedException, IOException {
        int trials = 0;
        for (String name : names) {
            System.err.println(name + " after " + trials + " faults");
            Trial trial = new Trial(library, Scenarios.ALL.get(name));
            Map<Fault.Phase, Map<String, Long>> profile;
            try {
                // Classes are initialized by the first run, which has calls of its own.
                trial.profile();
                profile = trial.profile();
            } catch (AssertionError e) {
                report.println(name + ": " + e.getMessage());
                continue;
            }
            List<Fault> faults = isShort ? newlyReached(profile) : all(profile);
            if (isShort) {
                faults.addAll(FunctionTable.regressions(name, table));
            }
            for (Fault fault : faults) {
                trials++;
                List<String> problems = trial.problems(fault);
                for (String problem : problems) {
                    report.println(name + ", " + fault + ": " + problem);
                }
                if (!problems.isEmpty()) {
                    sober(name, fault, trial);
                }
            }
        }
        System.err.println(trials + " faults tried, reached: " + reached);
    }

    /** Whether things are as before after a fault that was not met well. */
    private void sober(String name, Fault fault, Trial trial) throws InterruptedException {
        try {
            trial.profile();
        } catch (AssertionError e) {
            report.println(name + ", " + fault + ": the next run, " + e.getMessage());
        }
    }

    /** The functions that this library has of those that the project links. */
    static Set<String> linked() {
        return Stream.concat(Symbols.needed().stream(), Symbols.optional().stream())
                .filter(Symbols.Symbol::isFound)
                .map(Symbols.Symbol::function)
                .collect(Collectors.toSet());
    }

    private void reportUnreached() {
        Set<String> unreached = new HashSet<>(linked());
        unreached.removeAll(reached);
        for (String function : new TreeSet<>(unreached)) {
            if (!table.get(function).errors().isEmpty() && !Unreached.REASONS.containsKey(function)) {
                report.println("no scenario reaches " + function);
            }
        }
    }

    /** One fault for each function that no scenario has reached before: the first error, at the first call. */
    private List<Fault> newlyReached(Map<Fault.Phase, Map<String, Long>> profile) {
        List<Fault> faults = new ArrayList<>();
        for (Fault.Phase phase : new Fault.Phase[] {Fault.Phase.ACT, Fault.Phase.OPEN, Fault.Phase.CLOSE}) {
            profile.get(phase)
                    .forEach(
                            (function, calls) -> {
                                List<FunctionTable.Failure> errors = table.get(function).errors();
                                if (calls > 0 && !errors.isEmpty() && reached.add(function)) {
                                    faults.add(new Fault(phase, function, errors.getFirst(), 0, false));
                                }
                            });
        }
        return faults;
    }

    /**
     * Each error at each of the first calls and at the last, once; and for good, from the first and from the middle.
     */
    private List<Fault> all(Map<Fault.Phase, Map<String, Long>> profile) {
        List<Fault> faults = new ArrayList<>();
        profile.forEach(
                (phase, counts) ->
                        counts.forEach(
                                (function, calls) -> {
                                    if (calls > 0) {
                                        reached.add(function);
                                        for (FunctionTable.Failure error : table.get(function).errors()) {
                                            add(faults, phase, function, error, calls);
                                        }
                                    }
                                }));
        return faults;
    }

    private static void add(
            List<Fault> faults, Fault.Phase phase, String function, FunctionTable.Failure error, long calls) {
        for (long skip = 0; skip < Math.min(calls, FIRST_CALLS); skip++) {
            faults.add(new Fault(phase, function, error, skip, false));
        }
        if (calls > FIRST_CALLS) {
            faults.add(new Fault(phase, function, error, calls - 1, false));
        }
        if (!error.isTransient()) {
            faults.add(new Fault(phase, function, error, 0, true));
            if (calls > 1) {
                faults.add(new Fault(phase, function, error, calls / 2, true));
            }
        }
    }
}
