package dev.kqueue.benchmarks;

import java.io.IOException;
import java.util.List;

/** Something that is measured on every side, each time in a process of its own. */
interface Case {
    /** What the command line knows it by, parameters included. */
    String name();

    /** Of the measured value, of which less is better: "ns" for nanoseconds an operation. */
    String unit();

    /** The shortest run of everything that includes this. */
    default Length shortest() {
        return Length.QUICK;
    }

    /** Those of the sides on which this can run, in their order, and more where others are worth a comparison. */
    default List<Side> sides(List<Side> wanted) {
        return wanted;
    }

    /** Whether measuring again would give the same: then there is no error to estimate. */
    default boolean isExact() {
        return false;
    }

    /** Measures once: one process, from cold to warm to measured. */
    Sample run(Side side) throws IOException, InterruptedException;
}
