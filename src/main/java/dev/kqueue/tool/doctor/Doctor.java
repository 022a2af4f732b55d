package dev.kqueue.tool.doctor;

import dev.kqueue.Filter;
import dev.kqueue.KQueue;
import dev.kqueue.internal.libc.Symbols;
import dev.kqueue.internal.libc.Symbols.Symbol;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.spi.SelectorProvider;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Prints the report. */
public final class Doctor {
    private final PrintStream out;

    private Doctor(PrintStream out) {
        this.out = out;
    }

    /**
     * Prints what this machine offers, and the result of each self-test.
     *
     * @return the exit status: 0 if all is well, 1 if a self-test failed or nothing can work here
     */
    public static int run(PrintStream out) throws IOException {
        return new Doctor(out).run();
    }

    private int run() throws IOException {
        Machine.facts().forEach(this::line);
        try (KQueue kqueue = KQueue.open()) {
            line("kqueue", kqueue.toString());
            line("symbols", Symbols.needed().stream().filter(Symbol::isFound).count() + " found");
            line("missing", names(Symbols.needed().stream().filter(symbol -> !symbol.isFound()).toList()));
            line("done without", names(Symbols.optional().stream().filter(symbol -> !symbol.isFound()).toList()));
            line("filters", filters(kqueue::supports));
            line("absent", filters(filter -> !kqueue.supports(filter)));
            Limits.all().forEach((name, value) -> line("limit", name + " " + value));
            line("provider", SelectorProvider.provider().getClass().getName());
            List<SelfTest> tests = SelfTests.of(kqueue);
            out.println("self-tests");
            int failed = run(tests, out);
            line("not tested", filters(filter -> kqueue.supports(filter) && !SelfTests.covers(filter)));
            out.println(
                    failed == 0
                            ? "All " + tests.size() + " self-tests passed."
                            : failed + " of " + tests.size() + " self-tests FAILED.");
            return failed == 0 ? 0 : 1;
        } catch (UnsupportedOperationException e) {
            line("kqueue", "none: " + e.getMessage());
            return 1;
        }
    }

    /** Runs the tests, a line for each: the number of those that failed. */
    static int run(Collection<SelfTest> tests, PrintStream out) {
        int failed = 0;
        for (SelfTest test : tests) {
            long start = System.nanoTime();
            try {
                test.body().run();
                double millis = (System.nanoTime() - start) / 1e6;
                out.println("  %-24s ok, %.1f ms".formatted(test.name(), millis));
            } catch (Exception | LinkageError | AssertionError e) {
                // Whatever one test throws is printed, and the others are run.
                failed++;
                out.println("  %-24s FAILED: %s".formatted(test.name(), e));
                for (StackTraceElement frame : e.getStackTrace()) {
                    out.println("      at " + frame);
                }
            }
        }
        return failed;
    }

    private void line(String name, String value) {
        out.println("%-15s%s".formatted(name, value.isEmpty() ? "none" : value));
    }

    private static String names(List<Symbol> symbols) {
        return symbols.stream().map(Symbol::symbol).collect(Collectors.joining(" "));
    }

    private static String filters(Predicate<Filter> chosen) {
        return Arrays.stream(Filter.values()).filter(chosen).map(Filter::cName).collect(Collectors.joining(" "));
    }
}
