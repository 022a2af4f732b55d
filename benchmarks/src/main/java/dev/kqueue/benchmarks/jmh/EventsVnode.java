package dev.kqueue.benchmarks.jmh;

import dev.kqueue.benchmarks.Side;
import dev.kqueue.benchmarks.events.Events;
import dev.kqueue.benchmarks.events.JdkFiles;
import dev.kqueue.benchmarks.events.OurFiles;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A write to one of the files that are watched. The JDK's side: a WatchService on as many directories. */
@State(Scope.Thread)
public class EventsVnode {
    @Param({"1", "1000", "10000"})
    public int sources;

    private Events files;

    @Setup
    public void open() throws Exception {
        files = Side.isOurs() ? new OurFiles(sources) : new JdkFiles(sources);
    }

    @TearDown
    public void close() throws Exception {
        files.close();
    }

    @Benchmark
    public void write() throws Exception {
        files.causeAndAwait();
    }
}
