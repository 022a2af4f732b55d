package dev.kqueue.benchmarks.jmh;

import dev.kqueue.benchmarks.Side;
import dev.kqueue.benchmarks.events.Events;
import dev.kqueue.benchmarks.events.JdkProcesses;
import dev.kqueue.benchmarks.events.OurProcesses;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A process, started and awaited, beside others that go on. The JDK's side: ProcessHandle.onExit. */
@State(Scope.Thread)
public class EventsProcess {
    @Param({"1", "100", "1000"})
    public int sources;

    private Events processes;

    @Setup
    public void open() throws Exception {
        processes = Side.isOurs() ? new OurProcesses(sources) : new JdkProcesses(sources);
    }

    @TearDown
    public void close() throws Exception {
        processes.close();
    }

    @Benchmark
    public void exit() throws Exception {
        processes.causeAndAwait();
    }
}
