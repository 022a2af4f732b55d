package dev.kqueue.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a select costs that does not wait. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class SelectNow {
    /** Channels that have something to read. */
    @Param({"0", "100"})
    public int ready;

    private static final int CHANNELS = 200;

    private final List<Pipe> pipes = new ArrayList<>();
    private final List<SelectionKey> writers = new ArrayList<>();
    private Selector selector;

    /** Registers all the channels for reading. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        selector = Selector.open();
        for (int i = 0; i < CHANNELS; i++) {
            Pipe pipe = Pipe.open();
            pipe.source().configureBlocking(false);
            pipe.source().register(selector, SelectionKey.OP_READ);
            pipe.sink().configureBlocking(false);
            writers.add(pipe.sink().register(selector, 0));
            if (i < ready) {
                pipe.sink().write(ByteBuffer.wrap(new byte[] {1}));
            }
            pipes.add(pipe);
        }
    }

    /** Closes what was opened. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        selector.close();
        for (Pipe pipe : pipes) {
            pipe.source().close();
            pipe.sink().close();
        }
    }

    /** Keys go to the action; nothing changes between the selects. */
    @Benchmark
    public int actions(Blackhole blackhole) throws IOException {
        return selector.selectNow(blackhole::consume);
    }

    /** Keys go to the selected-key set, which is emptied. */
    @Benchmark
    public int selectedKeys(Blackhole blackhole) throws IOException {
        int selected = selector.selectNow();
        selector.selectedKeys().forEach(blackhole::consume);
        selector.selectedKeys().clear();
        return selected;
    }

    /** A hundred keys take an interest in writing, and then lose it. */
    @Benchmark
    public int interestChanges(Blackhole blackhole) throws IOException {
        for (int i = 0; i < 100; i++) {
            writers.get(i).interestOps(SelectionKey.OP_WRITE);
        }
        int selected = selector.selectNow(blackhole::consume);
        for (int i = 0; i < 100; i++) {
            writers.get(i).interestOps(0);
        }
        return selected + selector.selectNow(blackhole::consume);
    }
}
