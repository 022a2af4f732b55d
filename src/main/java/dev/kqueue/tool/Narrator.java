package dev.kqueue.tool;

/** Prints messages with the milliseconds since the start. Safe for use by several threads. */
final class Narrator {
    private final long start = System.nanoTime();

    void say(String what) {
        System.out.println("%6d ms  %s".formatted((System.nanoTime() - start) / 1_000_000, what));
    }
}
