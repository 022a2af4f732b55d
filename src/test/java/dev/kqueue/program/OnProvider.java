package dev.kqueue.program;

import dev.kqueue.ChildJvm;

import java.io.IOException;
import java.util.List;

/** Runs a program in a JVM of its own, with nothing but the system property set. */
final class OnProvider {
    private OnProvider() {}

    /** Runs the program to its end, which must be a good one; returns what it printed. */
    static String run(Class<?> program) throws IOException, InterruptedException {
        return runUnder(List.of(), program);
    }

    /** The same, by another program that is given the command as its last arguments. */
    static String runUnder(List<String> prefix, Class<?> program) throws IOException, InterruptedException {
        return new ChildJvm()
                .under(prefix)
                .run(
                        "-Djava.nio.channels.spi.SelectorProvider=dev.kqueue.nio.KQueueSelectorProvider",
                        "-ea",
                        program.getName());
    }
}
