package dev.kqueue.benchmarks.events;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Processes that the JDK watches, with a thread for each. */
public final class JdkProcesses implements Events {
    private final Sleepers sleepers;

    /** With so many processes in all. */
    public JdkProcesses(int sources) throws IOException {
        sleepers = new Sleepers(sources - 1);
        sleepers.processes.forEach(Process::onExit);
    }

    @Override
    public void causeAndAwait() throws IOException, ExecutionException, InterruptedException {
        Process process = Sleepers.start();
        CompletableFuture<Process> end = process.onExit();
        process.getOutputStream().close();
        end.get();
    }

    @Override
    public void close() {
        sleepers.close();
    }
}
