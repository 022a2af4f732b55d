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
import java.util.Iterator;

/**
 * 10,000 connections, some of which have something to read that is not read. An operation is over when as many ready
 * keys have been visited: a selector that reports only so many at once is asked again.
 */
@State(Scope.Thread)
public class SelectReady {
    @Param({"1", "100", "10000"})
    public int ready;

    private Connections connections;
    private Selector selector;
    private int visited;

    @Setup
    public void open() throws IOException {
        selector = Selector.open();
        connections = new Connections(10_000);
        for (SocketChannel channel : connections.channels()) {
            channel.register(selector, SelectionKey.OP_READ);
        }
        connections.makeReadable(ready);
    }

    @TearDown
    public void close() throws IOException {
        selector.close();
        connections.close();
    }

    /** As loops do: each key is taken out of the set when it is visited. */
    @Benchmark
    public int selectedKeys() throws IOException {
        visited = 0;
        while (visited < ready) {
            selector.selectNow();
            Iterator<SelectionKey> keys = selector.selectedKeys().iterator();
            while (keys.hasNext()) {
                visit(keys.next());
                keys.remove();
            }
        }
        return visited;
    }

    /** The keys go to an action; there is no set. */
    @Benchmark
    public int consumer() throws IOException {
        visited = 0;
        while (visited < ready) {
            selector.selectNow(this::visit);
        }
        return visited;
    }

    private void visit(SelectionKey key) {
        if (key.isReadable()) {
            visited++;
        }
    }
}
