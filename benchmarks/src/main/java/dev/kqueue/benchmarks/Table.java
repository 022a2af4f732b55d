package dev.kqueue.benchmarks;

import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** Comparisons on the console. */
final class Table {
    private Table() {}

    static void header() {
        System.out.printf("%n%-52s %s%n", "", "time an operation; ratio to the first: above 1 is faster");
    }

    static void line(Comparison comparison) {
        String base = comparison.sides().iterator().next();
        System.out.printf(
                "%-52s %s%n",
                comparison.name(),
                comparison.sides().stream()
                        .map(side -> cell(comparison, side, base))
                        .collect(Collectors.joining("  |  ")));
    }

    private static String cell(Comparison comparison, String side, String base) {
        StringBuilder cell =
                new StringBuilder("%s %,.1f %s".formatted(side, comparison.value(side), comparison.unit()));
        append(cell, comparison.extra(side, "B/op"), "%.0f B");
        append(cell, comparison.extra(side, "cpu"), "cpu %,.1f");
        append(cell, comparison.extra(side, "heap"), "heap %,.0f");
        append(cell, comparison.extra(side, "native"), "native %,.0f");
        append(cell, comparison.extra(side, "changes"), "%.1f changes");
        append(cell, comparison.extra(side, "calls"), "%.2f system calls");
        if (!side.equals(base)) {
            Statistics.Ratio ratio = comparison.faster(side, base);
            cell.append("  %.2fx".formatted(ratio.value()));
            if (!Double.isNaN(ratio.error())) {
                cell.append(" ±%.0f %%".formatted(100 * (ratio.error() - 1)));
            }
        }
        return cell.toString();
    }

    private static void append(StringBuilder cell, OptionalDouble value, String format) {
        value.ifPresent(v -> cell.append(", ").append(format.formatted(v)));
    }

    static void footer(int rounds) {
        System.out.println(
                rounds > 1
                        ? "\nMedians of %d processes a side; ± at 95 %% confidence, of the rounds.".formatted(rounds)
                        : "\nOne process a side: ± is of its iterations only. A second run may differ by more.");
    }
}
