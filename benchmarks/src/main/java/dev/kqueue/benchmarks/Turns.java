package dev.kqueue.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Processes that work by turns: while one works for a slice of time, the others wait. What else the machine does hits
 * neighbouring slices alike, so their ratio is steady where the times themselves are not.
 */
final class Turns {
    /** Something that can work for a while. */
    interface Worker {
        /** Works for about so long. */
        Slice work(long nanos) throws IOException;
    }

    /**
     * What a slice came to.
     *
     * @param operations how many were done
     * @param nanos the time they took
     * @param cpuNanos the CPU time of the process that is measured
     * @param bytes what it allocated; 0 where that is not known
     */
    record Slice(long operations, long nanos, long cpuNanos, long bytes) {}

    private static final long WARM_UP_SLICE = 250_000_000;

    private Turns() {}

    /** Warms all of them up by turns, and measures. Which is first alternates. */
    static Map<Side, Sample> measure(Map<Side, Worker> workers, int turns, long sliceNanos, long warmUpNanos)
            throws IOException {
        for (long warm = 0; warm < warmUpNanos; warm += WARM_UP_SLICE) {
            for (Worker worker : workers.values()) {
                worker.work(WARM_UP_SLICE);
            }
        }
        Map<Side, List<Slice>> slices = new LinkedHashMap<>();
        List<Side> order = new ArrayList<>(workers.keySet());
        order.forEach(side -> slices.put(side, new ArrayList<>()));
        for (int turn = 0; turn < turns; turn++) {
            for (Side side : turn % 2 == 0 ? order : order.reversed()) {
                slices.get(side).add(workers.get(side).work(sliceNanos));
            }
        }
        Map<Side, Sample> samples = new LinkedHashMap<>();
        slices.forEach((side, all) -> samples.put(side, sample(all)));
        return samples;
    }

    private static Sample sample(List<Slice> slices) {
        long operations = slices.stream().mapToLong(Slice::operations).sum();
        long bytes = slices.stream().mapToLong(Slice::bytes).sum();
        Map<String, Double> extras = new LinkedHashMap<>();
        if (bytes != 0) {
            extras.put("B/op", (double) bytes / operations);
        }
        return new Sample(
                slices.stream().map(slice -> (double) slice.nanos / slice.operations).toList(),
                slices.stream().map(slice -> (double) slice.cpuNanos / slice.operations).toList(),
                extras);
    }
}
