package dev.kqueue.benchmarks.report;

import dev.kqueue.benchmarks.Comparison;
import dev.kqueue.benchmarks.Results;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;

/** Writes docs/benchmarks.md and its charts out of the results that are there. */
public final class Report {
    private static final Path PAGE = Path.of("docs", "benchmarks.md");
    private static final Path CHARTS = Path.of("docs", "benchmarks");
    private static final String OURS = "ours";

    /** Below this a difference counts as a loss. */
    private static final double EVEN = 0.97;

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
        line(
                "Every case runs on all sides by turns, each time in a process of its own. Of several rounds the"
                        + " medians are");
        line(
                "shown; a ratio is of the two processes of one round, ± its error at 95 % confidence, and above 1 the"
                        + " first is");
        line("faster. CPU time is that of the whole process that is measured.");
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
            if (one.sides().contains(OURS) && one.sides().contains("JDK") && one.faster(OURS, "JDK").value() < EVEN) {
                losses.add(one);
            }
        }
        line("## Where kqueue-nio is slower");
        line("");
        if (losses.isEmpty()) {
            line("In none of the cases below.");
        } else {
            line("| case | ours/JDK | by CPU time |");
            line("|---|---|---|");
            for (Comparison one : losses) {
                OptionalDouble cpu = one.less("cpu", OURS, "JDK");
                line(
                        "| %s | %s | %s |"
                                .formatted(
                                        one.name(),
                                        Cells.ratio(one, OURS, "JDK"),
                                        cpu.isPresent() ? Cells.number(cpu.getAsDouble()) : ""));
            }
        }
        line("");
    }

    /** Against those that are no provider: what ours needs of theirs. */
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
                    line("| case | against | ours is so many times as fast | and needs so many times its CPU time |");
                    line("|---|---|--:|--:|");
                    begun = true;
                }
                OptionalDouble less = one.less("cpu", side, OURS);
                line(
                        "| %s | %s | %s | %s |"
                                .formatted(
                                        one.name(),
                                        side,
                                        Cells.ratio(one, OURS, side),
                                        less.isPresent() ? Cells.number(less.getAsDouble()) : ""));
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
                OptionalDouble cpu = one.less("cpu", side, base);
                line(
                        "| %s | %s | %s | %s | %s | %s |"
                                .formatted(
                                        first ? one.name() : "",
                                        side,
                                        Cells.value(one.value(side), one.unit()),
                                        first ? "" : Cells.ratio(one, side, base),
                                        first || cpu.isEmpty() ? "" : Cells.number(cpu.getAsDouble()),
                                        Cells.extras(one, side)));
            }
        }
        line("");
        limits(cases);
    }
}
