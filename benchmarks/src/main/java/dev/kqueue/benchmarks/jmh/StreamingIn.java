package dev.kqueue.benchmarks.jmh;

import dev.kqueue.benchmarks.peer.Connections;

import org.openjdk.jmh.annotations.Benchmark;

import java.io.IOException;
import java.nio.channels.SelectionKey;

/** Reads, selecting whenever the socket has no more. */
public class StreamingIn extends Streaming {
    @Override
    int begin(Connections one) throws IOException {
        one.pour();
        return SelectionKey.OP_READ;
    }

    @Benchmark
    public int read() throws IOException {
        piece.clear();
        while (true) {
            channel.read(piece);
            if (!piece.hasRemaining()) {
                return piece.position();
            }
            await();
        }
    }
}
