package dev.kqueue.benchmarks.jmh;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

/**
 * One thread writes at one end, selects, and reads at the other: what a message costs without the time that it takes to
 * wake another thread.
 */
@State(Scope.Thread)
public class Exchange {
    @Param({"tcp", "unix", "pipe", "udp"})
    public String transport;

    @Param({"64", "16384"})
    public int size;

    @Param({"heap", "direct"})
    public String buffer;

    private Pair pair;
    private Selector selector;
    private ByteBuffer out;
    private ByteBuffer in;

    @Setup
    public void open() throws IOException {
        pair = Pair.open(transport);
        pair.makeNonBlocking();
        selector = Selector.open();
        ((SelectableChannel) pair.reader()).register(selector, SelectionKey.OP_READ);
        out = Buffers.allocate(buffer, size);
        in = Buffers.allocate(buffer, size);
    }

    @TearDown
    public void close() throws IOException {
        selector.close();
        pair.close();
    }

    @Benchmark
    public int message() throws IOException {
        pair.writer().write(out.clear());
        in.clear();
        while (in.hasRemaining()) {
            selector.select(this::read);
        }
        return in.position();
    }

    private void read(SelectionKey key) {
        try {
            pair.reader().read(in);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
