package dev.kqueue.nio;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Two ends of one connection, both of this provider. */
public record TcpPair(SocketChannel client, SocketChannel server) implements AutoCloseable {
    public static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    public static TcpPair open() throws IOException {
        try (ServerSocketChannel listener = listener()) {
            SocketChannel client = SocketChannel.open(listener.getLocalAddress());
            return new TcpPair(client, listener.accept());
        }
    }

    public static ServerSocketChannel listener() throws IOException {
        return ServerSocketChannel.open().bind(new InetSocketAddress(LOOPBACK, 0));
    }

    /** An address that refuses connections. */
    public static InetSocketAddress refusing() throws IOException {
        try (ServerSocketChannel listener = listener()) {
            return (InetSocketAddress) listener.getLocalAddress();
        }
    }

    /** Fills both ends' buffers, until no byte more has room; leaves the channel in blocking mode. */
    public static void fill(SocketChannel channel) throws IOException, InterruptedException {
        channel.configureBlocking(false);
        ByteBuffer some = ByteBuffer.allocate(1 << 16);
        // The kernel goes on moving bytes to the other end, and enlarges its buffers, for a while.
        for (int full = 0; full < 3; full++) {
            while (channel.write(some.clear()) > 0) {
                full = 0;
            }
            Thread.sleep(10);
        }
        channel.configureBlocking(true);
    }

    @Override
    public void close() throws IOException {
        client.close();
        server.close();
    }
}
