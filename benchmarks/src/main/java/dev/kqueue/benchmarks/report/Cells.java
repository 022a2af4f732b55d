package dev.kqueue.benchmarks.report;

import dev.kqueue.benchmarks.Comparison;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** Numbers as people read them. */
final class Cells {
    private Cells() {}

    /** A value with its unit: nanoseconds become microseconds and milliseconds. */
    static String value(double value, String unit) {
        if (!unit.equals("ns")) {
            return number(value) + (unit.equals("B") ? " B" : "");
        }
        return value < 1_000
                ? number(value) + " ns"
                : value < 1_000_000 ? number(value / 1_000) + " µs" : number(value / 1_000_000) + " ms";
    }

    /** Three digits are more than the measurements are good for. */
    static String number(double value) {
        String format = value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : "%.2f";
        return format.formatted(value).replaceFirst("\\.0+$", "");
    }

    /** By CPU time, and how far the pairs of processes differ. */
    static String cpu(Comparison comparison, String side, String base) {
        return comparison
                .cheaper(side, base)
                .map(ratio -> "%s, processes %.2f to %.2f".formatted(ratio, ratio.least(), ratio.most()))
                .orElse("");
    }

    /** What a side needed beside the time. */
    static String extras(Comparison comparison, String side) {
        List<String> parts = new ArrayList<>();
        append(parts, "%s CPU", comparison.cpu(side), "ns");
        append(parts, "%s", comparison.extra(side, "B/op"), "B");
        append(parts, "%s resident", comparison.extra(side, "rss"), "B");
        append(parts, "%s classes", comparison.extra(side, "classes"), "");
        append(parts, "%s heap", comparison.extra(side, "heap"), "B");
        append(parts, "%s native", comparison.extra(side, "native"), "B");
        append(parts, "%s changes", comparison.extra(side, "changes"), "");
        append(parts, "%s system calls", comparison.extra(side, "calls"), "");
        return String.join(", ", parts);
    }

    private static void append(List<String> parts, String format, OptionalDouble value, String unit) {
        value.ifPresent(
                v -> parts.add(String.format(Locale.ROOT, format, value(v < 0.5 && unit.equals("B") ? 0 : v, unit))));
    }
}
