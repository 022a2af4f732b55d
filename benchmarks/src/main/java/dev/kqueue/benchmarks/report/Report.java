package dev.kqueue.benchmarks.report;

import dev.kqueue.benchmarks.Comparison;
import dev.kqueue.benchmarks.Results;
import dev.kqueue.benchmarks.Statistics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Writes docs/benchmarks.md and its charts out of the results that are there. */
public final class Report {
    private static final Path PAGE = Path.of("docs", "benchmarks.md");
    private static final Path CHARTS = Path.of("docs", "benchmarks");
    private static final String OURS = "ours";

    private final List<Comparison> all;
    private final StringBuilder page = new StringBuilder();

    private Report(List<Comparison> all) {
        this.all = all;
    }

    /** Replaces page and charts. */
    public static void write() throws IOException {
        Files.createDirectories(CHARTS);
        Report report = new Report(Results.all());
        report.begin();
        report.losses();
        for (Chapter chapter : Chapter.ALL) {
            report.chapter(chapter);
        }
        Files.writeString(PAGE, report.page);
        System.out.println(PAGE + " is written");
    }

    private void line(String text) {
        page.append(text).append('\n');
    }

    private void begin() {
        line("# Benchmarks");
        line("");
        line(
                "kqueue-nio against the JDK's own selector provider, measured by `./kq bench --report`, which wrote"
                        + " this page.");
        line("");
        line(
                "Ratios come from pairs: two processes, one on each provider, are warmed up and then work by turns in"
                        + " slices");
        line("of 100 ms, and the ratio of neighbouring slices is one sample. Shown is the median over five pairs of");
        line(
                "processes with its 95 % bootstrap interval, over processes and slices; above 1 ours is faster. A case"
                        + " whose");
        line(
                "interval is wider than 5 % is not measured. CPU time is that of the whole process that is measured,"
                        + " for a");
        line("server that of the server alone; \"processes\" is the range of the pairs' medians.");
        line("");
        line(
                "`./kq bench` takes ten minutes at most for the cases that matter most; `./kq bench --report` ninety,"
                        + " and");
        line("replaces this page; `./kq bench --jmh NAME` gives single figures and profiles instead.");
        line("");
        Set<String> hosts = new LinkedHashSet<>();
        for (Comparison one : all) {
            hosts.add(
                    "| %s | %s | %s | %s | %s |"
                            .formatted(
                                    one.host().machine(),
                                    one.host().system(),
                                    one.host().jdk(),
                                    one.host().commit(),
                                    one.kind()));
        }
        line("| machine | system | JDK | commit | measurements |");
        line("|---|---|---|---|---|");
        hosts.forEach(this::line);
        line("");
    }

    /** First what speaks against us. */
    private void losses() {
        List<Comparison> losses = new ArrayList<>();
        for (Comparison one : all) {
            if (one.sides().contains(OURS) && one.sides().contains("JDK") && isSlower(one)) {
                losses.add(one);
            }
        }
        line("## Where kqueue-nio is slower");
        line("");
        if (losses.isEmpty()) {
            line("In none of the cases below.");
        } else {
            line("| case | by time | by CPU time |");
            line("|---|---|---|");
            for (Comparison one : losses) {
                line("| %s | %s | %s |".formatted(one.name(), one.faster(OURS, "JDK"), Cells.cpu(one, OURS, "JDK")));
            }
        }
        line("");
    }

    /** Whether the whole interval is below 1, by time or by CPU time. */
    private static boolean isSlower(Comparison one) {
        return isBelowOne(one.faster(OURS, "JDK")) || one.cheaper(OURS, "JDK").filter(Report::isBelowOne).isPresent();
    }

    private static boolean isBelowOne(Statistics.Ratio ratio) {
        return ratio.isMeasured() && ratio.high() < 1;
    }

    /** Against those that are no provider: how fast ours is beside theirs. */
    private void limits(List<Comparison> cases) {
        boolean begun = false;
        for (Comparison one : cases) {
            for (String side : one.sides()) {
                if (side.equals("JDK")
                        || side.equals(OURS)
                        || side.equals("jdk-kqueue")
                        || !one.sides().contains(OURS)) {
                    continue;
                }
                if (!begun) {
                    line("| case | against | ratio by time | ratio by CPU time |");
                    line("|---|---|--:|--:|");
                    begun = true;
                }
                line(
                        "| %s | %s | %s | %s |"
                                .formatted(one.name(), side, one.faster(OURS, side), Cells.cpu(one, OURS, side)));
            }
        }
        if (begun) {
            line("");
        }
    }

    private void chapter(Chapter chapter) throws IOException {
        List<Comparison> cases = all.stream().filter(one -> chapter.has(one.name())).toList();
        if (cases.isEmpty()) {
            return;
        }
        line("## " + chapter.title());
        line("");
        line(chapter.text());
        line("");
        if (Chart.draw(cases, chapter.axis(), CHARTS.resolve(chapter.file()))) {
            line("![%s](benchmarks/%s)".formatted(chapter.title(), chapter.file()));
            line("");
        }
        line("| case | side | | ratio | ratio of CPU time | and |");
        line("|---|---|--:|--:|--:|---|");
        for (Comparison one : cases) {
            String base = one.sides().iterator().next();
            for (String side : one.sides()) {
                boolean first = side.equals(base);
                line(
                        "| %s | %s | %s | %s | %s | %s |"
                                .formatted(
                                        first ? one.name() : "",
                                        side,
                                        Cells.value(one.value(side), one.unit()),
                                        first ? "" : one.faster(side, base),
                                        first ? "" : Cells.cpu(one, side, base),
                                        Cells.extras(one, side)));
            }
        }
        line("");
        limits(cases);
    }
}
