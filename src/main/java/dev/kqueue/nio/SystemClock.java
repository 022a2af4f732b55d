package dev.kqueue.nio;

import java.util.function.LongSupplier;

/** {@link System#nanoTime}; a class, since the first lambda of a process costs it several milliseconds. */
final class SystemClock implements LongSupplier {
    static final LongSupplier INSTANCE = new SystemClock();

    private SystemClock() {}

    @Override
    public long getAsLong() {
        return System.nanoTime();
    }
}
