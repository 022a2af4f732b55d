package dev.kqueue.faults;

import dev.kqueue.nio.KQueueSelectorProvider;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Channels in blocking mode, on one kind of thread: accept, connect, reads that wait, a timeout, a close. */
final class BlockingScenario extends Scenario {
    private static final KQueueSelectorProvider PROVIDER = new KQueueSelectorProvider();

    private final boolean virtual;
    private ServerSocketChannel listener;

    BlockingScenario(boolean virtual) {
        this.virtual = virtual;
    }

    @Override
    void open() throws Exception {
        listener = own(PROVIDER.openServerSocketChannel());
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private <T> FutureTask<T> start(Callable<T> code) {
        FutureTask<T> task = new FutureTask<>(code);
        (virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon()).name("blocking").start(task);
        return task;
    }

    private static <T> T result(FutureTask<T> task) throws Exception {
        try {
            return task.get(2L * PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception exception) {
                throw exception;
            }
            throw e;
        }
    }

    @Override
    void act() throws Exception {
        result(start(this::conversation));
        result(start(this::connecting));
    }

    @Override
    void after() throws Exception {
        result(start(this::conversation));
    }

    private Socket client() throws IOException {
        InetSocketAddress address = (InetSocketAddress) listener.getLocalAddress();
        Socket client = own(new Socket(address.getAddress(), address.getPort()));
        client.setSoTimeout(PATIENCE_MILLIS);
        return client;
    }

    /** Bytes that come while somebody already waits for them. */
    private static void later(Socket client, byte[] bytes) {
        Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            try {
                                Thread.sleep(3);
                                client.getOutputStream().write(bytes);
                            } catch (IOException | InterruptedException e) {
                                // The connection has been closed, after an exception that the other end reports.
                                Thread.currentThread().interrupt();
                            }
                        });
    }

    private Void conversation() throws Exception {
        Socket client = client();
        SocketChannel server = own(listener.accept());
        // After a failure the connection of the one before may still be waiting.
        while (((InetSocketAddress) server.getRemoteAddress()).getPort() != client.getLocalPort()) {
            server.close();
            server = own(listener.accept());
        }
        later(client, new byte[] {1, 2, 3});
        ByteBuffer[] parts = {ByteBuffer.allocate(1), ByteBuffer.allocate(2)};
        while (parts[1].hasRemaining()) {
            expect(server.read(parts) >= 0, "the stream has ended");
        }
        expect(parts[1].get(1) == 3, "read something else");
        server.write(new ByteBuffer[] {parts[0].flip(), parts[1].flip()});
        expect(client.getInputStream().readNBytes(3)[2] == 3, "written something else");
        server.socket().setSoTimeout(5);
        try {
            server.socket().getInputStream().read();
            throw new AssertionError("read what was not sent");
        } catch (SocketTimeoutException expected) {
            server.socket().setSoTimeout(0);
        }
        closedWhileReading(server);
        return null;
    }

    private void closedWhileReading(SocketChannel server) throws Exception {
        FutureTask<Integer> read = start(() -> server.read(ByteBuffer.allocate(1)));
        Thread.sleep(3);
        server.close();
        try {
            int n = result(read);
            throw new AssertionError("a read that was closed gave " + n);
        } catch (java.nio.channels.ClosedChannelException expected) {
            expect(
                    expected instanceof AsynchronousCloseException || !server.isOpen(),
                    "the read has ended without a close");
        }
    }

    private Void connecting() throws Exception {
        try (ServerSocket peers = SelectorScenario.listener()) {
            SocketChannel channel = own(PROVIDER.openSocketChannel());
            channel.connect(peers.getLocalSocketAddress());
            Socket peer = own(peers.accept());
            channel.write(ByteBuffer.wrap(new byte[] {7}));
            expect(peer.getInputStream().read() == 7, "written something else");
            channel.shutdownOutput();
            expect(peer.getInputStream().read() == -1, "the stream has not ended");
        }
        return null;
    }
}
