package dev.kqueue.faults;

import dev.kqueue.Opened;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * A piece of a program's work on the provider, during which C functions fail. Its peers are the JDK's own sockets,
 * which no fault reaches. Used once.
 *
 * <p>The phases {@link #open}, {@link #act} and {@link #close} are tried with faults: each may throw an IOException
 * with a message, or do what it does without faults. {@link #after} is not: whatever has failed before, it must
 * succeed.
 */
abstract class Scenario {
    /** Longer than anything here takes on a busy machine. */
    static final int PATIENCE_MILLIS = 8_000;

    private final Opened owned = new Opened();

    /** Closes it with the scenario, the last one first. */
    final <T extends AutoCloseable> T own(T resource) {
        return owned.add(resource);
    }

    /** Makes what the scenario begins with. */
    abstract void open() throws Exception;

    /** What the scenario is about. */
    abstract void act() throws Exception;

    /** What goes on, whatever has failed in {@link #act}. */
    abstract void after() throws Exception;

    /** Throws the first exception of what was owned, once all of it is closed. */
    final void close() throws Exception {
        owned.close();
    }

    /** Goes round until a condition holds. */
    static void until(String what, Callable<Boolean> condition, Step step) throws Exception {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited in vain: " + what);
            }
            step.run();
        }
    }

    static void expect(boolean fact, String what) {
        if (!fact) {
            throw new AssertionError(what);
        }
    }

    /** A result of a C function, called by the scenario itself. */
    static int succeeded(int result) throws IOException {
        if (result < 0) {
            throw new IOException("the scenario's own call failed: errno " + -result);
        }
        return result;
    }

    /** Part of a loop. */
    @FunctionalInterface
    interface Step {
        void run() throws Exception;
    }
}
