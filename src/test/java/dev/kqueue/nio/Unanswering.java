package dev.kqueue.nio;

import dev.kqueue.Ability;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** A listener whose queue is full: a further connection is neither made nor refused. */
final class Unanswering implements AutoCloseable {
    private final ServerSocketChannel listener = ServerSocketChannel.open();
    private final List<SocketChannel> queue = new ArrayList<>();

    Unanswering() throws IOException, InterruptedException {
        Ability.SILENT_FULL_LISTENER.assume();
        listener.bind(new InetSocketAddress(TcpPair.LOOPBACK, 0), 1);
        while (true) {
            SocketChannel waiting = SocketChannel.open();
            queue.add(waiting);
            waiting.configureBlocking(false);
            if (!waiting.connect(listener.getLocalAddress())) {
                Thread.sleep(20);
                if (!waiting.finishConnect()) {
                    return;
                }
            }
        }
    }

    SocketAddress address() throws IOException {
        return listener.getLocalAddress();
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel waiting : queue) {
            waiting.close();
        }
        listener.close();
    }
}
