package dev.kqueue.faults;

import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** A connection that is made, with options, while a selector waits for it. */
final class ConnectScenario extends SelectorScenario {
    private SocketChannel current;
    private boolean isConnected;
    private int received;

    @Override
    void act() throws Exception {
        isConnected = false;
        received = 0;
        try (ServerSocket listener = listener()) {
            SocketChannel channel = own(PROVIDER.openSocketChannel());
            current = channel;
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            channel.setOption(StandardSocketOptions.SO_LINGER, 5);
            expect(channel.getOption(StandardSocketOptions.SO_LINGER) == 5, "the option has another value");
            SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT);
            if (channel.connect(listener.getLocalSocketAddress())) {
                connected(key);
            }
            serveUntil("the connection is made", () -> isConnected);
            Socket peer = own(listener.accept());
            expect(channel.getRemoteAddress().equals(listener.getLocalSocketAddress()), "connected elsewhere");
            expect(channel.getLocalAddress().equals(peer.getRemoteSocketAddress()), "bound elsewhere");
            peer.getOutputStream().write(new byte[] {1, 2});
            serveUntil("bytes arrive", () -> received == 2);
            channel.shutdownInput();
            key.cancel();
            selector.selectNow();
            channel.configureBlocking(true);
            channel.close();
            expect(peer.getInputStream().read() == -1, "the connection has not ended");
        }
    }

    private void connected(SelectionKey key) {
        isConnected = true;
        key.interestOps(SelectionKey.OP_READ);
    }

    @Override
    void handle(SelectionKey key) throws Exception {
        SocketChannel channel = (SocketChannel) key.channel();
        if (key.isConnectable()) {
            if (channel.finishConnect()) {
                connected(key);
            }
        } else if (key.isReadable()) {
            received += Math.max(0, channel.read(ByteBuffer.allocate(10)));
        }
    }

    /** A connection that has failed is closed, as programs do. */
    @Override
    void after() throws Exception {
        if (current != null) {
            current.close();
        }
        super.after();
        act();
    }
}
