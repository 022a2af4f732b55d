package dev.kqueue.benchmarks.events;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Timers in an executor. */
public final class JdkTimers implements Events {
    private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(1);

    /** With so many timers in all. */
    public JdkTimers(int sources) {
        for (int i = 1; i < sources; i++) {
            executor.schedule(() -> {}, 1, TimeUnit.HOURS);
        }
    }

    @Override
    public void causeAndAwait() throws ExecutionException, InterruptedException {
        executor.schedule(() -> {}, 1, TimeUnit.MILLISECONDS).get();
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
