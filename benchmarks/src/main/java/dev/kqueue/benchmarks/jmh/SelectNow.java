package dev.kqueue.benchmarks.jmh;

import dev.kqueue.benchmarks.peer.Connections;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** A select that finds nothing, with many idle connections registered. */
@State(Scope.Thread)
public class SelectNow {
    @Param({"1", "1000", "10000"})
    public int registered;

    private Connections connections;
    private Selector selector;

    @Setup
    public void open() throws IOException {
        selector = Selector.open();
        connections = new Connections(registered);
        for (SocketChannel channel : connections.channels()) {
            channel.register(selector, SelectionKey.OP_READ);
        }
    }

    @TearDown
    public void close() throws IOException {
        selector.close();
        connections.close();
    }

    @Benchmark
    public int nothing() throws IOException {
        return selector.selectNow();
    }
}
