package dev.kqueue.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Something that is measured on every side, in processes that work by turns. */
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

    /** How often it is measured, when so many times are wanted. */
    default int rounds(int wanted) {
        return wanted;
    }

    /** Measures once: one process for each side, which work by turns. */
    Map<Side, Sample> run(List<Side> sides) throws IOException, InterruptedException;
}
