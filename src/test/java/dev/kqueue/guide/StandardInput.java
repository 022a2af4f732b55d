package dev.kqueue.guide;

import dev.kqueue.nio.FdChannel;
import dev.kqueue.nio.KQueueSelector;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;

/** Lines from standard input beside a listener, in one thread, until the input ends. */
public final class StandardInput {
    private StandardInput() {}

    public static void main(String[] arguments) throws IOException {
        try (KQueueSelector selector = KQueueSelector.open();
                ServerSocketChannel listener = ServerSocketChannel.open();
                FdChannel input = FdChannel.adopt(0)) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).configureBlocking(false);
            listener.register(selector, SelectionKey.OP_ACCEPT);
            // The mode is the channel's alone: programs that share the terminal do not notice.
            input.configureBlocking(false);
            input.register(selector, SelectionKey.OP_READ);
            System.out.println("listening at " + listener.getLocalAddress());
            ByteBuffer bytes = ByteBuffer.allocate(4096);
            boolean[] ended = {false};
            while (!ended[0]) {
                selector.select(
                        key -> {
                            if (key.channel().equals(listener)) {
                                System.out.println("connection");
                                listener.accept().close();
                            } else {
                                ended[0] = input.read(bytes) < 0;
                                printLines(bytes);
                            }
                        });
            }
            System.out.println("end of input");
        }
    }

    /** Prints the whole lines, and leaves the rest for the next read. A line must not be longer than the buffer. */
    private static void printLines(ByteBuffer bytes) {
        int start = 0;
        for (int i = 0; i < bytes.position(); i++) {
            if (bytes.get(i) == '\n') {
                System.out.println("line " + StandardCharsets.UTF_8.decode(bytes.slice(start, i - start)));
                start = i + 1;
            }
        }
        bytes.limit(bytes.position()).position(start).compact();
    }
}
