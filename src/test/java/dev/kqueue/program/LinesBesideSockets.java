package dev.kqueue.program;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kqueue.nio.FdChannel;
import dev.kqueue.nio.KQueueSelector;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * An example: one thread that reads lines of standard input beside a listening socket, and sends each line to all who
 * are connected. At the end of standard input it ends. Standard input may be a terminal, a pipe or a file.
 */
public final class LinesBesideSockets {
    private final List<SocketChannel> clients = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(8192);

    /** The beginning of a line whose end has not been read: bytes, as a character may be cut, too. */
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    private LinesBesideSockets() {}

    public static void main(String[] arguments) throws IOException {
        new LinesBesideSockets().run();
    }

    private void run() throws IOException {
        try (KQueueSelector selector = KQueueSelector.open();
                ServerSocketChannel listener = ServerSocketChannel.open();
                FdChannel input = FdChannel.adopt(0)) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            System.out.println("listening at " + listener.socket().getLocalPort());
            listener.configureBlocking(false).register(selector, SelectionKey.OP_ACCEPT);
            input.configureBlocking(false).register(selector, SelectionKey.OP_READ);
            while (input.isOpen()) {
                selector.select(
                        key -> {
                            if (key.channel().equals(input)) {
                                readLines(input);
                            } else {
                                clients.add(listener.accept());
                                System.out.println("connected: " + clients.size());
                            }
                        });
            }
        }
        for (SocketChannel client : clients) {
            client.close();
        }
    }

    private void readLines(FdChannel input) throws IOException {
        if (input.read(buffer.clear()) < 0) {
            input.close();
            if (line.size() > 0) {
                send();
            }
            return;
        }
        buffer.flip();
        while (buffer.hasRemaining()) {
            byte next = buffer.get();
            if (next == '\n') {
                send();
            } else {
                line.write(next);
            }
        }
    }

    private void send() throws IOException {
        ByteBuffer message = ByteBuffer.wrap((line.toString(UTF_8) + "\n").getBytes(UTF_8));
        line.reset();
        for (SocketChannel client : clients) {
            client.write(message.rewind());
        }
    }
}
