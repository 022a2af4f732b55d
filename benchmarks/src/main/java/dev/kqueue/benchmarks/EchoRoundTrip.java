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

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A 64-byte message on every connection, to an echo server on a selector and back. The client's sockets are java.net's,
 * which no provider reaches: what differs is the server.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class EchoRoundTrip {
    /** Connections, each with one message under way. */
    @Param({"1", "100"})
    public int connections;

    /** Whether the server waits for writability before each answer, and so changes its interest twice a message. */
    @Param({"false", "true"})
    public boolean flip;

    private static final int MESSAGE = 64;

    private final byte[] message = new byte[MESSAGE];
    private final byte[] answer = new byte[MESSAGE];
    private final List<Socket> sockets = new ArrayList<>();
    private final List<DataInputStream> answers = new ArrayList<>();
    private EchoServer server;

    /** Starts the server and connects. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        server = EchoServer.start(flip);
        for (int i = 0; i < connections; i++) {
            Socket socket = new Socket(server.address().getAddress(), server.address().getPort());
            socket.setTcpNoDelay(true);
            sockets.add(socket);
            answers.add(new DataInputStream(socket.getInputStream()));
        }
    }

    /** Closes what was opened. */
    @TearDown(Level.Trial)
    public void close() throws IOException, InterruptedException {
        for (Socket socket : sockets) {
            socket.close();
        }
        server.stop();
    }

    /** One message a connection. */
    @Benchmark
    public byte[] echo() throws IOException {
        for (Socket socket : sockets) {
            socket.getOutputStream().write(message);
        }
        for (DataInputStream in : answers) {
            in.readFully(answer);
        }
        return answer;
    }
}
