package dev.kqueue.internal.thread;

import java.util.function.LongSupplier;

/** {@link System#nanoTime}; a class, since the first lambda of a process costs it several milliseconds. */
public final class SystemClock implements LongSupplier {
    public static final LongSupplier INSTANCE = new SystemClock();

    private SystemClock() {}

    @Override
    public long getAsLong() {
        return System.nanoTime();
    }
}
