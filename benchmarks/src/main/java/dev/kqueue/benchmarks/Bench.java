package dev.kqueue.benchmarks;

import dev.kqueue.benchmarks.report.Report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The front of the benchmarks: runs the cases on all sides by turns, and prints the ratios. */
public final class Bench {
    /** Of what the processes say that are measured. */
    static final Path LOGS = Path.of("benchmarks", "target", "logs");

    private final Settings settings;
    private final Host host = Host.here();
    private int failures;

    private Bench(Settings settings) throws IOException {
        this.settings = settings;
    }

    /** The system property {@code kqueue.jar} names the jar to compare. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (List.of(arguments).contains("--help")) {
            System.out.println(Settings.HELP);
            return;
        }
        Settings settings = Settings.parse(arguments);
        List<Case> cases = cases(settings);
        if (cases.isEmpty()) {
            System.err.println("no such benchmark; --list shows all");
            System.exit(2);
        }
        if (settings.list()) {
            cases.forEach(one -> System.out.println(one.name()));
        } else if (settings.report() == Settings.Reporting.ONLY) {
            Report.write();
        } else {
            System.exit(new Bench(settings).run(cases));
        }
    }

    private static List<Case> cases(Settings settings) {
        List<Case> cases = new ArrayList<>();
        cases.addAll(MicroCase.all(settings));
        cases.addAll(EchoCases.all(settings));
        cases.addAll(ProgramCases.all(settings));
        cases.addAll(KeventCase.all());
        cases.addAll(MemoryCase.all());
        cases.removeIf(one -> !settings.isWanted(one));
        return cases;
    }

    private int run(List<Case> cases) throws IOException, InterruptedException {
        Files.createDirectories(LOGS);
        for (Side side : settings.sides()) {
            System.out.println(side.describe());
        }
        Table.header();
        for (Case one : cases) {
            compare(one);
        }
        Table.footer(settings.rounds());
        if (settings.report() == Settings.Reporting.AFTER) {
            Report.write();
        }
        return failures == 0 ? 0 : 1;
    }

    /** A case that fails on one side is no reason to lose the others, or the hour. */
    private void compare(Case one) throws InterruptedException, IOException {
        Comparison comparison = new Comparison(one, host, settings.length());
        List<Side> sides = one.sides(settings.sides());
        int rounds = one.isExact() ? 1 : settings.rounds();
        for (int round = 0; round < rounds; round++) {
            // The order turns over with each round, so that a machine that slows down favours nobody.
            for (Side side : round % 2 == 0 ? sides : sides.reversed()) {
                try {
                    comparison.add(side.name(), one.run(side));
                } catch (IOException e) {
                    failures++;
                    System.out.printf(
                            "%-52s failed on %s: %s (see %s)%n", one.name(), side.name(), e.getMessage(), LOGS);
                    return;
                }
            }
        }
        Table.line(comparison);
        Results.keep(comparison);
    }
}
