package dev.kqueue.benchmarks.jmh;

import dev.kqueue.benchmarks.Side;
import dev.kqueue.benchmarks.events.Events;
import dev.kqueue.benchmarks.events.JdkTimers;
import dev.kqueue.benchmarks.events.OurTimers;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A timer of a millisecond, set and awaited, beside others that are far away. The JDK's side: ScheduledExecutor. */
@State(Scope.Thread)
public class EventsTimer {
    @Param({"1", "1000", "10000"})
    public int sources;

    private Events timers;

    @Setup
    public void open() throws Exception {
        timers = Side.isOurs() ? new OurTimers(sources) : new JdkTimers(sources);
    }

    @TearDown
    public void close() throws Exception {
        timers.close();
    }

    @Benchmark
    public void millisecond() throws Exception {
        timers.causeAndAwait();
    }
}
