package dev.kqueue.benchmarks.events;

import dev.kqueue.nio.ProcessEvent;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.util.EnumSet;

/** Processes in a selector. */
public final class OurProcesses extends Selection {
    private final Sleepers sleepers;

    /** With so many processes in all. */
    public OurProcesses(int sources) throws IOException {
        sleepers = new Sleepers(sources - 1);
        for (Process process : sleepers.processes) {
            watch(process);
        }
    }

    private SelectionKey watch(Process process) throws IOException {
        return selector.watchProcess(process.toHandle(), EnumSet.of(ProcessEvent.EXIT));
    }

    @Override
    public void causeAndAwait() throws IOException {
        Process process = Sleepers.start();
        SelectionKey key = watch(process);
        process.getOutputStream().close();
        await(key);
        key.cancel();
    }

    @Override
    public void close() throws IOException {
        super.close();
        sleepers.close();
    }
}
