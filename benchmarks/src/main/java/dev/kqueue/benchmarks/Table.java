package dev.kqueue.benchmarks;

import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** Comparisons on the console. */
final class Table {
    private Table() {}

    static void header() {
        System.out.printf(
                "%n%-52s %s%n",
                "", "time an operation; ratio to the first, by time and by CPU time: above 1 is faster");
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
        append(cell, comparison.cpu(side), "cpu %,.1f");
        append(cell, comparison.extra(side, "rss"), "%,.0f resident");
        append(cell, comparison.extra(side, "classes"), "%,.0f classes");
        append(cell, comparison.extra(side, "heap"), "heap %,.0f");
        append(cell, comparison.extra(side, "native"), "native %,.0f");
        append(cell, comparison.extra(side, "changes"), "%.1f changes");
        append(cell, comparison.extra(side, "calls"), "%.2f system calls");
        if (!side.equals(base)) {
            cell.append("  ").append(comparison.faster(side, base));
            comparison
                    .cheaper(side, base)
                    .ifPresent(ratio -> cell.append(", CPU ").append(ratio).append(spread(ratio)));
        }
        return cell.toString();
    }

    private static void append(StringBuilder cell, OptionalDouble value, String format) {
        value.ifPresent(v -> cell.append(", ").append(format.formatted(v)));
    }

    private static String spread(Statistics.Ratio ratio) {
        return " processes %.2f to %.2f".formatted(ratio.least(), ratio.most());
    }

    static void footer() {
        System.out.println(
                "\nMedians over pairs of processes with their 95 % intervals; wider than 5 % is not measured.");
    }
}
