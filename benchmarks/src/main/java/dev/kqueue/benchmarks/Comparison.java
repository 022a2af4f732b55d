package dev.kqueue.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/** One case, measured on its sides: a sample of each for every round. */
final class Comparison {
    private final String name;
    private final String unit;
    private final Map<String, List<Sample>> samples = new LinkedHashMap<>();

    Comparison(String name, String unit) {
        this.name = name;
        this.unit = unit;
    }

    void add(String side, Sample sample) {
        samples.computeIfAbsent(side, key -> new ArrayList<>()).add(sample);
    }

    String name() {
        return name;
    }

    String unit() {
        return unit;
    }

    Set<String> sides() {
        return samples.keySet();
    }

    /** The median of the rounds. */
    double value(String side) {
        return Statistics.median(samples.get(side).stream().map(Sample::median).toList());
    }

    /** The median of the rounds of something measured beside the value, if it was. */
    OptionalDouble extra(String side, String what) {
        List<Double> values =
                samples.get(side).stream()
                        .filter(sample -> sample.extras().containsKey(what))
                        .map(sample -> sample.extras().get(what))
                        .toList();
        return values.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Statistics.median(values));
    }

    /** How many times faster one side is than another, round by round. */
    Statistics.Ratio faster(String side, String base) {
        return Statistics.faster(samples.get(base), samples.get(side));
    }
}
