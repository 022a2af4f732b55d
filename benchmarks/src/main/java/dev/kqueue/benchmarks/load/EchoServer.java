package dev.kqueue.benchmarks.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** A textbook echo server: one thread, one selector; or blocking, with a thread for each connection. */
public final class EchoServer {
    private static final int BACKLOG = 4096;

    private final ServerSocketChannel listener;
    private final boolean flip;
    private final boolean direct;
    private final int size;

    private EchoServer(String mode, String buffer, int size) throws IOException {
        flip = mode.equals("flip");
        direct = buffer.equals("direct");
        this.size = size;
        listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    }

    /**
     * Arguments: "plain", "flip" (interest in reading, writing, reading, for each message), "platform" or "virtual";
     * "heap" or "direct"; and the size of a message. Prints the port; ends with its input.
     */
    public static void main(String[] arguments) throws IOException {
        EchoServer server = new EchoServer(arguments[0], arguments[1], Integer.parseInt(arguments[2]));
        Servers.announce(((InetSocketAddress) server.listener.getLocalAddress()).getPort());
        switch (arguments[0]) {
            case "platform" -> server.serveBlocking(Thread.ofPlatform().daemon());
            case "virtual" -> server.serveBlocking(Thread.ofVirtual());
            default -> server.serve();
        }
    }

    private ByteBuffer buffer() {
        return direct ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size);
    }

    private void serve() throws IOException {
        try (Selector selector = Selector.open()) {
            listener.configureBlocking(false);
            listener.register(selector, SelectionKey.OP_ACCEPT);
            while (true) {
                selector.select(
                        key -> {
                            try {
                                if (key.isAcceptable()) {
                                    accept(selector);
                                } else if (flip) {
                                    flip(key);
                                } else {
                                    echo(key);
                                }
                            } catch (IOException e) {
                                throw new java.io.UncheckedIOException(e);
                            }
                        });
            }
        }
    }

    private void accept(Selector selector) throws IOException {
        for (SocketChannel channel = listener.accept(); channel != null; channel = listener.accept()) {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.register(selector, SelectionKey.OP_READ, buffer());
        }
    }

    /** Reads and writes at once. A socket that takes no more is waited for. */
    private static void echo(SelectionKey key) throws IOException {
        SocketChannel channel = (SocketChannel) key.channel();
        ByteBuffer buffer = (ByteBuffer) key.attachment();
        if (key.isReadable()) {
            if (channel.read(buffer.clear()) < 0) {
                channel.close();
                return;
            }
            buffer.flip();
        }
        channel.write(buffer);
        int ops = buffer.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ;
        if (key.interestOps() != ops) {
            key.interestOps(ops);
        }
    }

    /** Writes only when the selector says so. */
    private static void flip(SelectionKey key) throws IOException {
        SocketChannel channel = (SocketChannel) key.channel();
        ByteBuffer buffer = (ByteBuffer) key.attachment();
        if (key.isReadable()) {
            if (channel.read(buffer.clear()) < 0) {
                channel.close();
                return;
            }
            buffer.flip();
            key.interestOps(SelectionKey.OP_WRITE);
            return;
        }
        channel.write(buffer);
        if (!buffer.hasRemaining()) {
            key.interestOps(SelectionKey.OP_READ);
        }
    }

    private void serveBlocking(Thread.Builder threads) throws IOException {
        while (true) {
            SocketChannel channel = listener.accept();
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            threads.start(() -> serveBlocking(channel));
        }
    }

    private void serveBlocking(SocketChannel channel) {
        ByteBuffer buffer = buffer();
        try (channel) {
            while (channel.read(buffer.clear()) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
