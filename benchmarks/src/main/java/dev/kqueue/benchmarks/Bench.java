package dev.kqueue.benchmarks;

import dev.kqueue.benchmarks.report.Report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

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
        } else if (settings.jmh().isPresent()) {
            Single.run(settings, cases);
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
        cases.addAll(StartupCase.all());
        cases.addAll(MemoryCase.all());
        cases.removeIf(one -> !settings.isWanted(one));
        // What matters most first: the time may end before the cases do.
        cases.sort(Comparator.comparing(Case::shortest));
        return cases;
    }

    private int run(List<Case> cases) throws IOException, InterruptedException {
        Files.createDirectories(LOGS);
        for (Side side : settings.sides()) {
            System.out.println(side.describe());
        }
        Table.header();
        long start = System.nanoTime();
        for (Case one : cases) {
            if (settings.names().isEmpty() && System.nanoTime() - start > settings.length().limit.toNanos()) {
                System.out.printf("%-52s not run: the time is over%n", one.name());
                failures++;
            } else {
                compare(one);
            }
        }
        Table.footer();
        if (settings.report() == Settings.Reporting.AFTER) {
            Report.write();
        }
        return failures == 0 ? 0 : 1;
    }

    /** A case that fails on one side is no reason to lose the others, or the hour. */
    private void compare(Case one) throws InterruptedException, IOException {
        Comparison comparison = new Comparison(one, host, settings.length());
        List<Side> sides = one.sides(settings.sides());
        int rounds = one.rounds(settings.rounds());
        for (int round = 0; round < rounds; round++) {
            try {
                Map<Side, Sample> samples = one.run(round % 2 == 0 ? sides : sides.reversed());
                for (Side side : sides) {
                    comparison.add(side.name(), samples.get(side));
                }
            } catch (IOException e) {
                failures++;
                System.out.printf("%-52s failed: %s (see %s)%n", one.name(), e.getMessage(), LOGS);
                return;
            }
        }
        Table.line(comparison);
        Results.keep(comparison);
    }
}
