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
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Blocking accepts and connects. The other end is a java.net socket, which is the JDK's on every side. */
@State(Scope.Thread)
public class Blocking {
    private static final int TURNS = 50;

    @Param({"platform", "virtual"})
    public String threads;

    private ServerSocketChannel listener;
    private InetSocketAddress address;
    private ServerSocket other;

    @Setup
    public void open() throws IOException {
        listener = ServerSocketChannel.open().bind(Pair.loopback());
        address = (InetSocketAddress) listener.getLocalAddress();
        other = new ServerSocket();
        other.bind(Pair.loopback());
    }

    @TearDown
    public void close() throws IOException {
        listener.close();
        other.close();
    }

    private interface Calls {
        void make() throws IOException;
    }

    private Thread start(Calls calls) {
        Runnable code =
                () -> {
                    try {
                        calls.make();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                };
        return (threads.equals("virtual") ? Thread.ofVirtual() : Thread.ofPlatform()).start(code);
    }

    /** A connection is accepted by a thread that waits for it, and closed, before the next one is made. */
    @Benchmark
    @OperationsPerInvocation(TURNS)
    public void accept() throws IOException, InterruptedException {
        Thread acceptor =
                start(
                        () -> {
                            for (int i = 0; i < TURNS; i++) {
                                listener.accept().close();
                            }
                        });
        for (int i = 0; i < TURNS; i++) {
            try (Socket client = new Socket(address.getAddress(), address.getPort())) {
                client.getInputStream().read();
                // By a reset, which leaves no port behind in TIME_WAIT.
                client.setSoLinger(true, 0);
            }
        }
        acceptor.join();
    }

    /** A connection is made, and closed, before the next one. */
    @Benchmark
    @OperationsPerInvocation(TURNS)
    public void connect() throws IOException, InterruptedException {
        InetSocketAddress target = (InetSocketAddress) other.getLocalSocketAddress();
        Thread connector =
                start(
                        () -> {
                            for (int i = 0; i < TURNS; i++) {
                                try (SocketChannel client = SocketChannel.open(target)) {
                                    client.setOption(StandardSocketOptions.SO_LINGER, 0);
                                }
                            }
                        });
        for (int i = 0; i < TURNS; i++) {
            other.accept().close();
        }
        connector.join();
    }
}
