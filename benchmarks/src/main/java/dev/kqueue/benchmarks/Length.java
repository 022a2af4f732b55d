package dev.kqueue.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/** How long a run takes: the longer it is, the more cases it has, and the more turns each gets. */
enum Length {
    /** Ten minutes at most, for what matters most. */
    QUICK(12, Duration.ofMinutes(8)),
    /** Ninety minutes at most, for nearly everything: what the report needs. */
    SHORT(12, Duration.ofMinutes(85)),
    /** Some hours, for everything. */
    FULL(40, Duration.ofDays(1));

    /** Pairs of processes for each case: with fewer, what the compiler decided for one of them decides the ratio. */
    static final int ROUNDS = 5;

    private static final long SLICE = 100_000_000;
    private static final long WARM_UP = 1_000_000_000;

    private final int turns;

    /** When no further case is begun, so that a slow machine keeps to the time as well. */
    final Duration limit;

    Length(int turns, Duration limit) {
        this.turns = turns;
        this.limit = limit;
    }

    /** Measures workers by turns; slices and the time to warm up may be so many times the usual. */
    Map<Side, Sample> measure(Map<Side, Turns.Worker> workers, int slice, int warmUp) throws IOException {
        return Turns.measure(workers, turns, slice * SLICE, warmUp * WARM_UP);
    }
}
