package dev.kqueue.benchmarks;

import java.io.IOException;
import java.nio.channels.Selector;

/** Says which selector a JVM gives. */
public final class SelectorName {
    private SelectorName() {}

    /** Prints one line. */
    public static void main(String[] arguments) throws IOException {
        try (Selector selector = Selector.open()) {
            System.out.println(selector.getClass().getName());
        }
    }
}
