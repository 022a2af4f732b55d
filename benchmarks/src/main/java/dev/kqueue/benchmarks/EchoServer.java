package dev.kqueue.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** A textbook echo server: one thread, one selector. */
final class EchoServer {
    private final Selector selector;
    private final ServerSocketChannel listener;
    private final boolean flip;
    private final Thread thread = new Thread(this::serve, "echo");

    private EchoServer(boolean flip) throws IOException {
        this.flip = flip;
        selector = Selector.open();
        listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 128);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
    }

    static EchoServer start(boolean flip) throws IOException {
        EchoServer server = new EchoServer(flip);
        server.thread.start();
        return server;
    }

    InetSocketAddress address() throws IOException {
        return (InetSocketAddress) listener.getLocalAddress();
    }

    void stop() throws IOException, InterruptedException {
        selector.close();
        thread.join();
        listener.close();
    }

    private void serve() {
        try {
            while (selector.isOpen()) {
                selector.select(this::ready);
            }
        } catch (ClosedSelectorException e) {
            // stop() was called between the two
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void ready(SelectionKey key) {
        try {
            if (key.isAcceptable()) {
                accept();
            } else {
                echo(key);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() throws IOException {
        SocketChannel channel = listener.accept();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.register(selector, SelectionKey.OP_READ, ByteBuffer.allocateDirect(1024));
    }

    private void echo(SelectionKey key) throws IOException {
        SocketChannel channel = (SocketChannel) key.channel();
        ByteBuffer buffer = (ByteBuffer) key.attachment();
        if (key.isReadable() && channel.read(buffer.clear()) < 0) {
            channel.close();
            return;
        }
        if (flip && key.isReadable()) {
            key.interestOps(SelectionKey.OP_WRITE);
            return;
        }
        // 64 bytes always fit: a connection has one message under way.
        channel.write(buffer.flip());
        if (flip) {
            key.interestOps(SelectionKey.OP_READ);
        }
    }
}
