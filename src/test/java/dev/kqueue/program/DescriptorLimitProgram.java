package dev.kqueue.program;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** Runs out of descriptors in every way that there is, and goes on afterwards. */
final class DescriptorLimitProgram {
    private DescriptorLimitProgram() {}

    public static void main(String[] args) throws Exception {
        try (Selector selector = Selector.open();
                ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).configureBlocking(false);
            listener.register(selector, SelectionKey.OP_ACCEPT);
            // A class that is first needed when no descriptor is left cannot be loaded from a folder.
            Pipe pipe = Pipe.open();
            pipe.source().close();
            pipe.sink().close();
            SocketChannel client = SocketChannel.open();
            SocketChannel first = exchange(selector, listener, client);

            SocketChannel waiting = SocketChannel.open();
            List<Channel> hoard = new ArrayList<>();
            say("socket", fails(() -> hoard(hoard)));
            say("selector", fails(Selector::open));
            say("pipe", fails(Pipe::open));
            say("listener", fails(ServerSocketChannel::open));
            waiting.connect(listener.getLocalAddress());
            while (selector.select() == 0) {
                Thread.onSpinWait();
            }
            selector.selectedKeys().clear();
            say("accept", fails(listener::accept));

            for (Channel channel : hoard) {
                channel.close();
            }
            while (selector.select() == 0) {
                Thread.onSpinWait();
            }
            try (SocketChannel second = listener.accept()) {
                System.out.println("accepted afterwards " + (second != null));
            }
            waiting.close();
            client.close();
            first.close();
        }
    }

    private static SocketChannel exchange(Selector selector, ServerSocketChannel listener, SocketChannel client)
            throws IOException {
        client.connect(listener.getLocalAddress());
        while (selector.select() == 0) {
            Thread.onSpinWait();
        }
        selector.selectedKeys().clear();
        SocketChannel accepted = listener.accept();
        client.write(ByteBuffer.allocate(1));
        accepted.read(ByteBuffer.allocate(1));
        return accepted;
    }

    private static Object hoard(List<Channel> hoard) throws IOException {
        while (hoard.size() < 100_000) {
            hoard.add(SocketChannel.open());
        }
        return null;
    }

    private static IOException fails(Callable<?> operation) throws Exception {
        try {
            operation.call();
        } catch (IOException e) {
            return e;
        }
        throw new AssertionError("there were descriptors left");
    }

    private static void say(String what, IOException failure) {
        System.out.println(what + ": " + failure.getMessage());
    }
}
