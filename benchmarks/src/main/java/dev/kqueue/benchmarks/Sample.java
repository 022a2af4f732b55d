package dev.kqueue.benchmarks;

import java.util.List;
import java.util.Map;

/**
 * What one process measured.
 *
 * @param values the measured value of each turn; the other side's neighbouring turn has the same index
 * @param cpu the CPU time of an operation in each turn, in nanoseconds; empty where nothing was timed
 * @param extras what was measured beside it, by name: "B/op" for bytes allocated by an operation
 */
record Sample(List<Double> values, List<Double> cpu, Map<String, Double> extras) {
    /** Counted, not timed. */
    static Sample exact(double value, Map<String, Double> extras) {
        return new Sample(List.of(value), List.of(), extras);
    }
}
