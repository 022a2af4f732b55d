package dev.kqueue.guide;

import dev.kqueue.nio.KQueueSelector;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** An echo server: one thread, any number of connections. */
public final class FirstLoop {
    private FirstLoop() {}

    public static void main(String[] arguments) throws IOException {
        try (KQueueSelector selector = KQueueSelector.open();
                ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).configureBlocking(false);
            listener.register(selector, SelectionKey.OP_ACCEPT);
            System.out.println("listening at " + listener.getLocalAddress());
            while (selector.isOpen()) {
                selector.select(
                        key -> {
                            if (key.isAcceptable()) {
                                accept(key);
                            } else {
                                echo(key);
                            }
                        });
            }
        }
    }

    private static void accept(SelectionKey key) throws IOException {
        SocketChannel connection = ((ServerSocketChannel) key.channel()).accept();
        if (connection != null) {
            connection.configureBlocking(false);
            connection.register(key.selector(), SelectionKey.OP_READ, ByteBuffer.allocate(4096));
        }
    }

    private static void echo(SelectionKey key) throws IOException {
        SocketChannel connection = (SocketChannel) key.channel();
        ByteBuffer buffer = (ByteBuffer) key.attachment();
        try {
            if (key.isReadable() && connection.read(buffer) < 0) {
                connection.close();
                return;
            }
            buffer.flip();
            connection.write(buffer);
            buffer.compact();
            // If there was no room for all, go on when there is. A change of interest costs no system call.
            key.interestOps(buffer.position() == 0 ? SelectionKey.OP_READ : SelectionKey.OP_WRITE);
        } catch (IOException reset) {
            // The peer has gone: that ends its connection, and not the loop.
            connection.close();
        }
    }
}
