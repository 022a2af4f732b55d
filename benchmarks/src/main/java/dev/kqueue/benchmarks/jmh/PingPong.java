package dev.kqueue.benchmarks.jmh;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** Two threads on blocking channels, each waiting for the other's message. */
@State(Scope.Thread)
public class PingPong {
    private static final int TURNS = 200;

    @Param({"platform", "virtual"})
    public String threads;

    private Pair pair;
    private Thread other;

    @Setup
    public void open() throws IOException {
        pair = Pair.tcp();
        other = builder().start(this::answer);
    }

    @TearDown
    public void close() throws IOException, InterruptedException {
        pair.writer().close();
        other.join();
        pair.close();
    }

    private Thread.Builder builder() {
        return threads.equals("virtual") ? Thread.ofVirtual() : Thread.ofPlatform();
    }

    /** A message of 64 bytes there, and another back. */
    @Benchmark
    @OperationsPerInvocation(TURNS)
    public void roundTrip() throws InterruptedException {
        builder().start(this::ask).join();
    }

    private void ask() {
        SocketChannel channel = (SocketChannel) pair.writer();
        ByteBuffer buffer = ByteBuffer.allocateDirect(64);
        try {
            for (int i = 0; i < TURNS; i++) {
                channel.write(buffer.clear());
                readAll(channel, buffer.clear());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void answer() {
        SocketChannel channel = (SocketChannel) pair.reader();
        ByteBuffer buffer = ByteBuffer.allocateDirect(64);
        try {
            while (readAll(channel, buffer.clear())) {
                channel.write(buffer.flip());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean readAll(SocketChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                return false;
            }
        }
        return true;
    }
}
