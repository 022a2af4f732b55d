package dev.kqueue.benchmarks.jmh;

import dev.kqueue.benchmarks.peer.Connections;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Connections that come and go, beside 1,000 that stay. */
@State(Scope.Thread)
public class Churn {
    private Connections connections;
    private Selector selector;
    private ServerSocketChannel listener;
    private InetSocketAddress address;
    private SocketChannel last;
    private ServerSocket other;

    @Setup
    public void open() throws IOException {
        selector = Selector.open();
        connections = new Connections(1_001);
        for (SocketChannel channel : connections.channels()) {
            channel.register(selector, SelectionKey.OP_READ);
        }
        last = connections.channels().getLast();
        last.keyFor(selector).cancel();
        listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        address = (InetSocketAddress) listener.getLocalAddress();
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        selector.selectNow();
        other = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @TearDown
    public void close() throws IOException {
        selector.close();
        listener.close();
        other.close();
        connections.close();
    }

    /** Registered, seen by a select, cancelled, gone with the next select. */
    @Benchmark
    public int registerCancel() throws IOException {
        SelectionKey key = last.register(selector, SelectionKey.OP_READ);
        int selected = selector.selectNow();
        key.cancel();
        return selected + selector.selectNow();
    }

    /** Connected by a java.net.Socket, which is the JDK's on every side; accepted, registered, and closed. */
    @Benchmark
    public int acceptClose() throws IOException {
        try (Socket client = new Socket(address.getAddress(), address.getPort())) {
            selector.select();
            selector.selectedKeys().clear();
            SocketChannel accepted = listener.accept();
            accepted.configureBlocking(false);
            accepted.register(selector, SelectionKey.OP_READ);
            int selected = selector.selectNow();
            // By a reset, which leaves no port behind in TIME_WAIT.
            accepted.setOption(StandardSocketOptions.SO_LINGER, 0);
            accepted.close();
            return selected + selector.selectNow() + client.getLocalPort();
        }
    }

    /** Connected by a channel, accepted by a java.net.ServerSocket, which is the JDK's on every side, and closed. */
    @Benchmark
    public int connect() throws IOException {
        SocketChannel client = SocketChannel.open(other.getLocalSocketAddress());
        try (Socket accepted = other.accept()) {
            // By a reset, which leaves no port behind in TIME_WAIT.
            client.setOption(StandardSocketOptions.SO_LINGER, 0);
            client.close();
            return accepted.getLocalPort();
        }
    }
}
