package dev.kqueue.guide;

import dev.kqueue.nio.KQueueSelector;
import dev.kqueue.nio.PassedChannels;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;

/**
 * A server that the next one takes the listener from: started again, with the same path, it gets the listening socket
 * from the process before, which then ends. No connection is refused meanwhile: the queue belongs to the socket.
 */
public final class Handover {
    private final UnixDomainSocketAddress control;

    private Handover(UnixDomainSocketAddress control) {
        this.control = control;
    }

    public static void main(String[] arguments) throws IOException {
        new Handover(UnixDomainSocketAddress.of(arguments[0])).run();
    }

    private void run() throws IOException {
        try (ServerSocketChannel listener = Files.exists(control.getPath()) ? take() : bind();
                ServerSocketChannel next = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(control);
                KQueueSelector selector = KQueueSelector.open()) {
            listener.configureBlocking(false).register(selector, SelectionKey.OP_ACCEPT);
            SelectionKey successor = next.configureBlocking(false).register(selector, SelectionKey.OP_ACCEPT);
            System.out.println("listening at " + listener.getLocalAddress());
            while (successor.isValid()) {
                selector.select(
                        key -> {
                            if (key.channel().equals(listener)) {
                                serve(listener);
                            } else {
                                give(listener, next);
                                successor.cancel();
                            }
                        });
            }
        }
        System.out.println("handed over");
    }

    private static ServerSocketChannel bind() throws IOException {
        return ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private ServerSocketChannel take() throws IOException {
        try (SocketChannel former = SocketChannel.open(control);
                PassedChannels passed = PassedChannels.receive(former, ByteBuffer.allocate(1))) {
            return (ServerSocketChannel) passed.take();
        }
    }

    private void give(ServerSocketChannel listener, ServerSocketChannel next) throws IOException {
        try (SocketChannel successor = next.accept()) {
            // Before it has the listener, and binds this path.
            Files.delete(control.getPath());
            PassedChannels.send(successor, ByteBuffer.allocate(1), listener);
        }
    }

    private static void serve(ServerSocketChannel listener) throws IOException {
        SocketChannel connection = listener.accept();
        // The other process may have been quicker.
        if (connection != null) {
            try (connection) {
                connection.write(StandardCharsets.US_ASCII.encode("process " + ProcessHandle.current().pid()));
            }
        }
    }
}
