package dev.kqueue.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The arithmetic of comparisons: medians, and how far a median may be off. */
public final class Statistics {
    private static final int RESAMPLES = 1_000;
    private static final double CONFIDENCE = 0.95;

    /** An interval that is wider than this does not decide a case. */
    private static final double WIDEST = 0.05;

    private Statistics() {}

    /**
     * How many times less the one needs than the other, for each pair of processes a list of samples.
     *
     * @param value the median of the pairs' medians
     * @param low the lower end of the 95 % interval
     * @param high its upper end
     * @param least the least of the pairs' medians
     * @param most the greatest of them: how far pairs of processes differ, as the compiler decides
     */
    public record Ratio(double value, double low, double high, double least, double most) {
        /** Whether the interval is narrow enough to say something: at most 5 %. */
        public boolean isMeasured() {
            return high / low - 1 <= WIDEST;
        }

        /** "1.08 [1.07, 1.09]", or "not measured [0.9, 1.2]". */
        @Override
        public String toString() {
            return low == high
                    ? "%.2f".formatted(value)
                    : "%s [%.2f, %.2f]".formatted(isMeasured() ? "%.2f".formatted(value) : "not measured", low, high);
        }
    }

    /** The one in the middle, or the mean of the two there. */
    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /**
     * The median of the pairs' medians, with a bootstrap interval: pairs are drawn with replacement, and of each its
     * samples. Drawing the samples alone would hide that two processes running the same code may be compiled
     * differently. The random numbers are the same each time, so that a report can be written again.
     */
    static Ratio ratio(List<List<Double>> pairs) {
        List<Double> medians = pairs.stream().map(Statistics::median).sorted().toList();
        Random random = new Random(1);
        List<Double> resampled = new ArrayList<>();
        for (int i = 0; i < RESAMPLES; i++) {
            List<Double> drawn = new ArrayList<>();
            for (int j = 0; j < pairs.size(); j++) {
                drawn.add(median(draw(pairs.get(random.nextInt(pairs.size())), random)));
            }
            resampled.add(median(drawn));
        }
        resampled.sort(null);
        int outside = (int) Math.round(RESAMPLES * (1 - CONFIDENCE) / 2);
        return new Ratio(
                median(medians),
                resampled.get(outside),
                resampled.get(RESAMPLES - 1 - outside),
                medians.getFirst(),
                medians.getLast());
    }

    private static List<Double> draw(List<Double> from, Random random) {
        return random.ints(from.size(), 0, from.size()).mapToObj(from::get).toList();
    }
}
