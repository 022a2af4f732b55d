package dev.kqueue.benchmarks.events;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Processes that go on while others end. */
final class Sleepers implements AutoCloseable {
    final List<Process> processes = new ArrayList<>();

    Sleepers(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            processes.add(new ProcessBuilder("sleep", "3600").start());
        }
    }

    /** One that ends when its input does. */
    static Process start() throws IOException {
        return new ProcessBuilder("cat").start();
    }

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
    }
}
