package dev.kqueue.benchmarks.peer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Accepts connections and holds them. */
public final class Holder {
    private static final int PIECE = 64 * 1024;

    private Holder() {}

    /**
     * Prints its port, then obeys: "accept N"; "write N" a byte to each of the first N; "drink" and "pour" read and
     * write the last connection for as long as it lasts.
     */
    public static void main(String[] arguments) throws IOException {
        ServerSocketChannel listener =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4096);
        System.out.println(((InetSocketAddress) listener.getLocalAddress()).getPort());
        List<SocketChannel> connections = new ArrayList<>();
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "accept" -> {
                    for (int i = Integer.parseInt(words[1]); i > 0; i--) {
                        connections.add(listener.accept());
                    }
                }
                case "write" -> {
                    for (SocketChannel channel : connections.subList(0, Integer.parseInt(words[1]))) {
                        channel.write(ByteBuffer.allocate(1));
                    }
                }
                case "drink" -> inBackground(() -> drink(connections.getLast()));
                case "pour" -> inBackground(() -> pour(connections.getLast()));
                default -> throw new IllegalArgumentException(line);
            }
            System.out.println("ok");
        }
        System.exit(0);
    }

    private static void drink(SocketChannel channel) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(PIECE * 4);
        try {
            while (channel.read(buffer.clear()) >= 0) {
                // drunk
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void pour(SocketChannel channel) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(PIECE * 4);
        try {
            while (true) {
                channel.write(buffer.clear());
            }
        } catch (IOException closedByTheOtherEnd) {
            return;
        }
    }

    private static void inBackground(Runnable action) {
        Thread thread = new Thread(action);
        thread.setDaemon(true);
        thread.start();
    }
}
