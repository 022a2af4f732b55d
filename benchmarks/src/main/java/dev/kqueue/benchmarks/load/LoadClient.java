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
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A closed loop: many connections, each of which asks again as soon as it has been answered. With several servers it
 * works with one of them at a time.
 */
public final class LoadClient {
    private final Selector selector;
    private long answers;
    private int outstanding;
    private long end;

    private LoadClient() throws IOException {
        selector = Selector.open();
    }

    /**
     * Arguments: "echo" or "http", connections to each server, the size of a message, and the servers' ports. Prints a
     * line when all are connected. Each line of input is the index of a server and a time in nanoseconds; when it is
     * over and all requests are answered, the client prints the number of answers and the time that it took.
     */
    public static void main(String[] arguments) throws IOException {
        int connections = Integer.parseInt(arguments[1]);
        int size = Integer.parseInt(arguments[2]);
        Supplier<Conversation> conversations =
                arguments[0].equals("http") ? HttpConversation::new : () -> new EchoConversation(size);
        List<LoadClient> clients = new ArrayList<>();
        for (String port : List.of(arguments).subList(3, arguments.length)) {
            LoadClient client = new LoadClient();
            for (int i = 0; i < connections; i++) {
                client.connect(Integer.parseInt(port), conversations.get());
            }
            clients.add(client);
        }
        System.out.println("connected");
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String[] words = line.split(" ");
            long start = System.nanoTime();
            long answers = clients.get(Integer.parseInt(words[0])).work(start + Long.parseLong(words[1]));
            System.out.println(answers + " " + (System.nanoTime() - start));
        }
        System.exit(0);
    }

    private void connect(int port, Conversation conversation) throws IOException {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, conversation);
    }

    /** Until the time has come and every request is answered: the next slice begins with nothing under way. */
    private long work(long until) throws IOException {
        answers = 0;
        end = until;
        for (SelectionKey key : selector.keys()) {
            outstanding++;
            send(key);
        }
        while (outstanding > 0) {
            selector.select(this::ready);
        }
        return answers;
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
            if (System.nanoTime() < end) {
                send(key);
            } else {
                outstanding--;
            }
        } else if (conversation.request().hasRemaining()) {
            send(key);
        }
    }
}
