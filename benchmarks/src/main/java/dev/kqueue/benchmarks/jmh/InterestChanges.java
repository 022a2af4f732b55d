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
import java.util.ArrayList;
import java.util.List;

/** 10,000 idle connections, of which some change their interest between selects and then change it back. */
@State(Scope.Thread)
public class InterestChanges {
    @Param({"1", "100", "10000"})
    public int changed;

    private final List<SelectionKey> keys = new ArrayList<>();
    private Connections connections;
    private Selector selector;
    private int writable;

    @Setup
    public void open() throws IOException {
        selector = Selector.open();
        connections = new Connections(10_000);
        for (SocketChannel channel : connections.channels()) {
            keys.add(channel.register(selector, SelectionKey.OP_READ));
        }
        selector.selectNow();
    }

    @TearDown
    public void close() throws IOException {
        selector.close();
        connections.close();
    }

    /** Back pressure: no interest, a select, interest in reading, a select. */
    @Benchmark
    public int pause() throws IOException {
        change(0);
        int selected = selector.selectNow(this::visit);
        change(SelectionKey.OP_READ);
        return selected + selector.selectNow(this::visit);
    }

    /** An answer to write: interest in writing, selects until all were visited, interest in reading, a select. */
    @Benchmark
    public int answer() throws IOException {
        change(SelectionKey.OP_WRITE);
        writable = 0;
        while (writable < changed) {
            selector.selectNow(this::visit);
        }
        change(SelectionKey.OP_READ);
        return selector.selectNow(this::visit);
    }

    private void change(int ops) {
        for (int i = 0; i < changed; i++) {
            keys.get(i).interestOps(ops);
        }
    }

    private void visit(SelectionKey key) {
        if (key.isWritable()) {
            writable++;
        }
    }
}
