package dev.kqueue.benchmarks;

import org.apache.commons.math3.distribution.TDistribution;

import java.util.ArrayList;
import java.util.List;

/** The arithmetic of comparisons. */
public final class Statistics {
    private static final double CONFIDENCE = 0.95;

    private Statistics() {}

    /**
     * A ratio and how far off it may be, at 95 % confidence: the true one is within value / error and value * error.
     */
    public record Ratio(double value, double error) {}

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /**
     * How many times faster the other is, where less is better. The error is that of the rounds' ratios: what two
     * processes, one after the other, differ by is mostly luck of compilation and layout. Of a single round there is
     * only the spread within its two processes, which is less than the truth.
     */
    static Ratio faster(List<Sample> base, List<Sample> other) {
        List<Double> logs = new ArrayList<>();
        for (int i = 0; i < base.size(); i++) {
            logs.add(Math.log(base.get(i).median() / other.get(i).median()));
        }
        if (logs.size() > 1) {
            return new Ratio(
                    Math.exp(mean(logs)), Math.exp(halfInterval(variance(logs) / logs.size(), logs.size() - 1)));
        }
        List<Double> one = base.getFirst().values().stream().map(Math::log).toList();
        List<Double> two = other.getFirst().values().stream().map(Math::log).toList();
        int freedom = one.size() + two.size() - 2;
        double spread = variance(one) / one.size() + variance(two) / two.size();
        return new Ratio(Math.exp(logs.getFirst()), freedom > 0 ? Math.exp(halfInterval(spread, freedom)) : Double.NaN);
    }

    private static double halfInterval(double varianceOfMean, int freedom) {
        double t = new TDistribution(freedom).inverseCumulativeProbability((1 + CONFIDENCE) / 2);
        return t * Math.sqrt(varianceOfMean);
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    private static double variance(List<Double> values) {
        if (values.size() < 2) {
            return 0;
        }
        double mean = mean(values);
        return values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum() / (values.size() - 1);
    }
}
