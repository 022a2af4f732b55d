package dev.kqueue.benchmarks;

import java.util.List;
import java.util.Map;

/**
 * What one process measured.
 *
 * @param values the measured value, once for each iteration
 * @param extras what was measured beside it, by name: "B/op" for bytes allocated, "cpu" for CPU time an operation
 */
record Sample(List<Double> values, Map<String, Double> extras) {
    double median() {
        return Statistics.median(values);
    }
}
