package dev.kqueue.benchmarks.jmh;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/** Datagrams with an address each, as servers receive and send them: a channel that is not connected, to itself. */
@State(Scope.Thread)
public class Datagrams {
    @Param({"64", "1400"})
    public int size;

    private DatagramChannel channel;
    private SocketAddress self;
    private ByteBuffer buffer;

    @Setup
    public void open() throws IOException {
        channel = DatagramChannel.open().bind(Pair.loopback());
        channel.configureBlocking(false);
        self = channel.getLocalAddress();
        buffer = ByteBuffer.allocateDirect(size);
    }

    @TearDown
    public void close() throws IOException {
        channel.close();
    }

    @Benchmark
    public SocketAddress sendReceive() throws IOException {
        channel.send(buffer.clear(), self);
        return channel.receive(buffer.clear());
    }
}
