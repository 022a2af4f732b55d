package dev.kqueue.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** A server that accepts connections, reads requests, and answers them once it may write, all by one selector. */
final class EchoScenario extends SelectorScenario {
    private static final byte[] REQUEST = {1, 2, 3, 4};

    private InetSocketAddress address;
    private Socket first;
    private boolean isAnswered;

    /** Connections that had an exception, and were closed. */
    private int failed;

    @Override
    void open() throws Exception {
        super.open();
        ServerSocketChannel listener = own(PROVIDER.openServerSocketChannel());
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        listener.configureBlocking(false);
        address = (InetSocketAddress) listener.getLocalAddress();
        listener.register(selector, SelectionKey.OP_ACCEPT);
    }

    private Socket client() throws IOException {
        Socket client = own(new Socket(address.getAddress(), address.getPort()));
        client.setSoTimeout(PATIENCE_MILLIS);
        client.getOutputStream().write(REQUEST);
        return client;
    }

    private void answered(Socket client) throws Exception {
        serveUntil("the answer arrives", () -> client.getInputStream().available() == REQUEST.length);
        expect(client.getInputStream().readNBytes(REQUEST.length)[3] == 4, "the answer is wrong");
    }

    @Override
    void act() throws Exception {
        first = client();
        answered(first);
        isAnswered = true;
    }

    @Override
    void after() throws Exception {
        if (!isAnswered && failed == 0) {
            answered(first);
        }
        answered(client());
        super.after();
    }

    @Override
    void handle(SelectionKey key) throws IOException {
        if (key.channel() instanceof ServerSocketChannel listener) {
            SocketChannel accepted = listener.accept();
            if (accepted != null) {
                own(accepted);
                guarded(accepted, () -> begin(accepted));
            }
            return;
        }
        SocketChannel channel = (SocketChannel) key.channel();
        guarded(channel, () -> answer(channel, key));
    }

    private void begin(SocketChannel accepted) throws IOException {
        accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
        accepted.configureBlocking(false);
        accepted.register(selector, SelectionKey.OP_READ, ByteBuffer.allocate(100));
    }

    private static void answer(SocketChannel channel, SelectionKey key) throws IOException {
        ByteBuffer buffer = (ByteBuffer) key.attachment();
        if (key.isReadable() && channel.read(buffer) > 0) {
            key.interestOps(SelectionKey.OP_WRITE);
        } else if (key.isWritable() && buffer.position() > 0) {
            channel.write(buffer.flip());
            buffer.compact();
            key.interestOps(buffer.position() > 0 ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        }
    }

    /** As a server does it: a connection with an exception is closed. */
    private void guarded(SocketChannel channel, Io work) throws IOException {
        try {
            work.run();
        } catch (IOException e) {
            failed++;
            channel.close();
            throw e;
        }
    }

    private interface Io {
        void run() throws IOException;
    }
}
