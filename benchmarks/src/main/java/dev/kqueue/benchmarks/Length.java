package dev.kqueue.benchmarks;

/** How long a run takes: the longer it is, the more cases it has, and the more its figures are good for. */
enum Length {
    /** One process a side, short measurements: a look, not a proof. */
    QUICK(1, 2, 300, 3, 200, 1, 400),
    /** More than an hour for nearly everything. */
    SHORT(3, 5, 1000, 4, 250, 2, 500),
    /** Some hours for everything. */
    FULL(5, 5, 1000, 5, 500, 3, 1000);

    /** Processes of each side for each case. */
    final int rounds;

    // -- of a JMH benchmark
    final int warmUps;
    final int warmUpMillis;
    final int measurements;
    final int measurementMillis;

    // -- of a server under load
    final int loadWarmUps;
    final int loadMillis;

    Length(
            int rounds,
            int warmUps,
            int warmUpMillis,
            int measurements,
            int measurementMillis,
            int loadWarmUps,
            int loadMillis) {
        this.rounds = rounds;
        this.warmUps = warmUps;
        this.warmUpMillis = warmUpMillis;
        this.measurements = measurements;
        this.measurementMillis = measurementMillis;
        this.loadWarmUps = loadWarmUps;
        this.loadMillis = loadMillis;
    }
}
