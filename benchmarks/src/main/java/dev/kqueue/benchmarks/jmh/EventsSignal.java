package dev.kqueue.benchmarks.jmh;

import dev.kqueue.benchmarks.Side;
import dev.kqueue.benchmarks.events.Events;
import dev.kqueue.benchmarks.events.JdkSignals;
import dev.kqueue.benchmarks.events.OurSignals;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A signal that the process sends to itself. The JDK's side: sun.misc.Signal. */
@State(Scope.Thread)
public class EventsSignal {
    private Events signals;

    @Setup
    public void open() throws Exception {
        signals = Side.isOurs() ? new OurSignals() : new JdkSignals();
    }

    @TearDown
    public void close() throws Exception {
        signals.close();
    }

    @Benchmark
    public void raise() throws Exception {
        signals.causeAndAwait();
    }
}
