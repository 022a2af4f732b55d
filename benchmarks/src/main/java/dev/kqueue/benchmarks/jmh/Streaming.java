package dev.kqueue.benchmarks.jmh;

import dev.kqueue.benchmarks.peer.Connections;

import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** 64 KiB at a time, one way, to or from another process. */
@State(Scope.Thread)
public abstract class Streaming {
    private static final int PIECE = 64 * 1024;

    @Param({"heap", "direct"})
    public String buffer;

    private Connections connections;
    private Selector selector;
    SocketChannel channel;
    ByteBuffer piece;

    @Setup
    public void open() throws IOException {
        connections = new Connections(1);
        channel = connections.channels().getFirst();
        selector = Selector.open();
        piece = Buffers.allocate(buffer, PIECE);
        channel.register(selector, begin(connections));
    }

    /** Sets the other end to work; returns what this end is interested in. */
    abstract int begin(Connections one) throws IOException;

    @TearDown
    public void close() throws IOException {
        selector.close();
        connections.close();
    }

    void await() throws IOException {
        selector.select();
        selector.selectedKeys().clear();
    }
}
