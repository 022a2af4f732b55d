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

    private Bench() {}

    /** The system property {@code kqueue.jar} names the jar to compare. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (List.of(arguments).contains("--help")) {
            System.out.println(Settings.HELP);
            return;
        }
        Settings settings = Settings.parse(arguments);
        if (settings.report() == Settings.Reporting.ONLY) {
            Report.write();
            return;
        }
        List<Case> cases = new ArrayList<>();
        cases.addAll(MicroCase.all(settings));
        cases.addAll(EchoCases.all(settings));
        cases.addAll(ProgramCases.all(settings));
        cases.addAll(KeventCase.all());
        cases.addAll(MemoryCase.all());
        cases.removeIf(one -> !settings.isWanted(one));
        if (settings.list()) {
            cases.forEach(one -> System.out.println(one.name()));
            return;
        }
        if (cases.isEmpty()) {
            System.err.println("no such benchmark; --list shows all");
            System.exit(2);
        }
        Files.createDirectories(LOGS);
        for (Side side : settings.sides()) {
            System.out.println(side.describe());
        }
        Host host = Host.here();
        Table.header();
        for (Case one : cases) {
            Comparison comparison = new Comparison(one, host, settings.quick());
            List<Side> sides = one.sides(settings.sides());
            int rounds = one.isExact() ? 1 : settings.rounds();
            for (int round = 0; round < rounds; round++) {
                // The order turns over with each round, so that a machine that slows down favours nobody.
                for (Side side : round % 2 == 0 ? sides : sides.reversed()) {
                    comparison.add(side.name(), run(one, side));
                }
            }
            Table.line(comparison);
            Results.keep(comparison);
        }
        Table.footer(settings.rounds());
        if (settings.report() == Settings.Reporting.AFTER) {
            Report.write();
        }
    }

    private static Sample run(Case one, Side side) throws InterruptedException, IOException {
        try {
            return one.run(side);
        } catch (IOException e) {
            throw new IOException(one.name() + " failed on side " + side.name() + ": see " + LOGS, e);
        }
    }
}
