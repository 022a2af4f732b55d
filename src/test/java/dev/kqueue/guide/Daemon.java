package dev.kqueue.guide;

import dev.kqueue.nio.KQueueSelector;
import dev.kqueue.nio.Signal;
import dev.kqueue.nio.SignalKey;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Ends gracefully on TERM: takes no more connections, and serves those that it has to their end. HUP reloads. */
public final class Daemon {
    private final KQueueSelector selector;
    private final ServerSocketChannel listener;
    private int connections;

    private Daemon(KQueueSelector selector, ServerSocketChannel listener) {
        this.selector = selector;
        this.listener = listener;
    }

    public static void main(String[] arguments) throws IOException {
        try (KQueueSelector selector = KQueueSelector.open();
                ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).configureBlocking(false);
            new Daemon(selector, listener).run();
        }
    }

    private void run() throws IOException {
        listener.register(selector, SelectionKey.OP_ACCEPT);
        SignalKey reload = selector.handleSignal(Signal.HUP);
        SignalKey end = selector.handleSignal(Signal.TERM);
        System.out.println("listening at " + listener.getLocalAddress());
        while (listener.isOpen() || connections > 0) {
            selector.select(
                    key -> {
                        if (key == reload) {
                            System.out.println("reading the configuration");
                        } else if (key == end) {
                            // From now on the signal is the JVM's again: a second one ends it at once.
                            end.cancel();
                            listener.close();
                            System.out.println("ending");
                        } else if (key.isAcceptable()) {
                            accept();
                        } else {
                            answer((SocketChannel) key.channel());
                        }
                    });
        }
        System.out.println("ended");
    }

    private void accept() throws IOException {
        SocketChannel connection = listener.accept();
        if (connection != null) {
            connections++;
            connection.configureBlocking(false).register(selector, SelectionKey.OP_READ);
        }
    }

    /** Whatever a client says is answered by a few bytes, for which there is room. */
    private void answer(SocketChannel connection) throws IOException {
        try {
            if (connection.read(ByteBuffer.allocate(512)) >= 0) {
                connection.write(ByteBuffer.wrap(new byte[] {'o', 'k'}));
                return;
            }
        } catch (IOException reset) {
            // The client has gone without a word.
        }
        connections--;
        connection.close();
    }
}
