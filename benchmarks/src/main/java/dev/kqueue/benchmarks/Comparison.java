package dev.kqueue.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

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
            case QUICK -> "quick";
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
        return medianOf(side, Sample::values);
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

    /** The CPU time of an operation, if it was measured. */
    public OptionalDouble cpu(String side) {
        return isTimed() ? OptionalDouble.of(medianOf(side, Sample::cpu)) : OptionalDouble.empty();
    }

    /** How many times faster one side is than another, turn by turn. */
    public Statistics.Ratio faster(String side, String base) {
        return ratio(side, base, Sample::values);
    }

    /** How many times less CPU time one side needs than another, turn by turn, if it was measured. */
    public Optional<Statistics.Ratio> cheaper(String side, String base) {
        return isTimed() ? Optional.of(ratio(side, base, Sample::cpu)) : Optional.empty();
    }

    private boolean isTimed() {
        return samples.values().stream().flatMap(List::stream).noneMatch(sample -> sample.cpu().isEmpty());
    }

    private double medianOf(String side, Function<Sample, List<Double>> what) {
        return Statistics.median(samples.get(side).stream().map(what).map(Statistics::median).toList());
    }

    private Statistics.Ratio ratio(String side, String base, Function<Sample, List<Double>> what) {
        List<List<Double>> pairs = new ArrayList<>();
        for (int round = 0; round < rounds(); round++) {
            List<Double> one = what.apply(samples.get(base).get(round));
            List<Double> two = what.apply(samples.get(side).get(round));
            pairs.add(IntStream.range(0, one.size()).mapToObj(turn -> one.get(turn) / two.get(turn)).toList());
        }
        return Statistics.ratio(pairs);
    }
}
