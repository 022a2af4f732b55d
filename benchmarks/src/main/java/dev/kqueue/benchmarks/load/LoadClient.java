package dev.kqueue.benchmarks.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** A closed loop: many connections, each of which asks again as soon as it has been answered. */
public final class LoadClient {
    private final Selector selector;
    private volatile long answers;

    private LoadClient() throws IOException {
        selector = Selector.open();
    }

    /**
     * Arguments: "echo" or "http", port, connections, and the size of a message. Prints a line when all are connected;
     * any line of input starts the loop, and each is answered with the number of answers so far and the time in
     * nanoseconds.
     */
    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(arguments[1]);
        int connections = Integer.parseInt(arguments[2]);
        int size = Integer.parseInt(arguments[3]);
        LoadClient client = new LoadClient();
        Supplier<Conversation> conversations =
                arguments[0].equals("http") ? HttpConversation::new : () -> new EchoConversation(size);
        for (int i = 0; i < connections; i++) {
            client.connect(port, conversations.get());
        }
        System.out.println("connected");
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Thread loop = null;
        while (commands.readLine() != null) {
            if (loop == null) {
                loop = new Thread(client::run, "load");
                loop.start();
            }
            System.out.println(client.answers + " " + System.nanoTime());
        }
        System.exit(0);
    }

    private void connect(int port, Conversation conversation) throws IOException {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, conversation);
    }

    private void run() {
        try {
            for (SelectionKey key : selector.keys()) {
                send(key);
            }
            while (true) {
                selector.select(this::ready);
            }
        } catch (IOException | RuntimeException e) {
            // A broken load is no load: what is measured of it must not look like a result.
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    private void ready(SelectionKey key) {
        try {
            if (key.isReadable()) {
                receive(key);
            } else {
                send(key);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void send(SelectionKey key) throws IOException {
        Conversation conversation = (Conversation) key.attachment();
        ((SocketChannel) key.channel()).write(conversation.request());
        int ops =
                conversation.request().hasRemaining()
                        ? SelectionKey.OP_READ | SelectionKey.OP_WRITE
                        : SelectionKey.OP_READ;
        if (key.interestOps() != ops) {
            key.interestOps(ops);
        }
    }

    private void receive(SelectionKey key) throws IOException {
        Conversation conversation = (Conversation) key.attachment();
        if (((SocketChannel) key.channel()).read(conversation.space()) < 0) {
            throw new IOException("the server has closed a connection");
        }
        if (conversation.isComplete()) {
            answers++;
            send(key);
        } else if (conversation.request().hasRemaining()) {
            send(key);
        }
    }
}
