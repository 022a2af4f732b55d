package dev.kqueue.benchmarks;

import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.RunResult;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** One benchmark with one set of parameters: the times of both providers, a pair for each round. */
final class Comparison {
    private final String name;
    private final List<Double> jdk = new ArrayList<>();
    private final List<Double> ours = new ArrayList<>();
    private String unit = "";

    Comparison(String name) {
        this.name = name;
    }

    static String nameOf(RunResult result) {
        BenchmarkParams params = result.getParams();
        String method = params.getBenchmark().replaceFirst("^.*\\.(\\w+\\.\\w+)$", "$1");
        return params.getParamsKeys().stream()
                .map(key -> " " + key + "=" + params.getParam(key))
                .collect(Collectors.joining("", method, ""));
    }

    void addJdk(RunResult result) {
        unit = result.getPrimaryResult().getScoreUnit();
        jdk.add(result.getPrimaryResult().getScore());
    }

    void addOurs(RunResult result) {
        ours.add(result.getPrimaryResult().getScore());
    }

    /** A line of the table. */
    @Override
    public String toString() {
        List<Double> ratios =
                IntStream.range(0, jdk.size()).mapToObj(round -> ours.get(round) / jdk.get(round)).sorted().toList();
        return "%-48s %12.3f %12.3f %8.2f   %.2f to %.2f %s"
                .formatted(name, median(jdk), median(ours), median(ratios), ratios.getFirst(), ratios.getLast(), unit);
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
