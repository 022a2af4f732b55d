package dev.kqueue.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/** One case, measured on its sides: a sample of each for every round. Also the form in which results are kept. */
public final class Comparison {
    private final String name;
    private final String unit;
    private final Host host;
    private final Length length;
    private final Map<String, List<Sample>> samples = new LinkedHashMap<>();

    Comparison(Case one, Host host, Length length) {
        this.name = one.name();
        this.unit = one.unit();
        this.host = host;
        this.length = length;
    }

    void add(String side, Sample sample) {
        samples.computeIfAbsent(side, key -> new ArrayList<>()).add(sample);
    }

    /** The case and its parameters, which are words with "=". */
    public String name() {
        return name;
    }

    /** Of the value: less is better. */
    public String unit() {
        return unit;
    }

    /** Where this was measured. */
    public Host host() {
        return host;
    }

    /** What kind of run this was, for readers. */
    public String kind() {
        return switch (length) {
            case QUICK -> "quick: a look, not a proof";
            case SHORT -> "short";
            case FULL -> "full";
        };
    }

    /** Those that were measured, the JDK first. */
    public Set<String> sides() {
        return samples.keySet();
    }

    /** How many processes of each side. */
    public int rounds() {
        return samples.values().iterator().next().size();
    }

    /** The median of the rounds. */
    public double value(String side) {
        return Statistics.median(samples.get(side).stream().map(Sample::median).toList());
    }

    /** The median of the rounds of something measured beside the value, if it was. */
    public OptionalDouble extra(String side, String what) {
        List<Double> values =
                samples.get(side).stream()
                        .filter(sample -> sample.extras().containsKey(what))
                        .map(sample -> sample.extras().get(what))
                        .toList();
        return values.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Statistics.median(values));
    }

    /** How many times faster one side is than another, round by round. */
    public Statistics.Ratio faster(String side, String base) {
        return Statistics.faster(samples.get(base), samples.get(side));
    }

    /** How many times less of something one side needs than another; empty if it was not measured, or is nothing. */
    public OptionalDouble less(String what, String side, String base) {
        OptionalDouble one = extra(base, what);
        OptionalDouble two = extra(side, what);
        return one.isEmpty() || two.isEmpty() || two.getAsDouble() == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(one.getAsDouble() / two.getAsDouble());
    }
}
