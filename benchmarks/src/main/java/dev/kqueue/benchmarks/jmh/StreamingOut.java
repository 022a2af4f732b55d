package dev.kqueue.benchmarks.jmh;

import dev.kqueue.benchmarks.peer.Connections;

import org.openjdk.jmh.annotations.Benchmark;

import java.io.IOException;
import java.nio.channels.SelectionKey;

/** Writes, selecting whenever the socket takes no more. */
public class StreamingOut extends Streaming {
    @Override
    int begin(Connections one) throws IOException {
        one.drink();
        return SelectionKey.OP_WRITE;
    }

    @Benchmark
    public int write() throws IOException {
        piece.clear();
        while (true) {
            channel.write(piece);
            if (!piece.hasRemaining()) {
                return piece.position();
            }
            await();
        }
    }
}
