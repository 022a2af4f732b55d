package dev.kqueue.guide;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** A virtual thread for each connection, and plain blocking calls: one that waits holds no carrier. */
public final class VirtualThreads {
    private VirtualThreads() {}

    public static void main(String[] arguments) throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            System.out.println("listening at " + listener.getLocalAddress());
            while (true) {
                SocketChannel connection = listener.accept();
                Thread.ofVirtual().start(() -> echo(connection));
            }
        }
    }

    private static void echo(SocketChannel connection) {
        try (connection) {
            ByteBuffer buffer = ByteBuffer.allocate(512);
            while (connection.read(buffer) >= 0) {
                connection.write(buffer.flip());
                buffer.clear();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
