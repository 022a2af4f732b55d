package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;

/** Two thousand connections on one selector, of which some always come and go. */
class ManyConnectionsTest {
    private static final int CONNECTIONS = 2000;
    private static final int MESSAGES = 20_000;

    private final KQueueSelectorProvider provider = KQueueSelectorProvider.instance();

    /** Sends back what it reads; flips its interest for what it could not write at once. */
    private static final class EchoServer implements Runnable {
        final Selector selector;
        final ServerSocketChannel listener;
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        private final Thread thread;
        private volatile boolean stopped;

        EchoServer(KQueueSelectorProvider provider) throws IOException {
            selector = provider.openSelector();
            listener = provider.openServerSocketChannel();
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024).configureBlocking(false);
            listener.register(selector, SelectionKey.OP_ACCEPT);
            thread = Thread.ofPlatform().name("echo server").start(this);
        }

        @Override
        public void run() {
            try {
                while (!stopped) {
                    selector.select(this::serve);
                }
            } catch (Throwable thrown) {
                failure.set(thrown);
            }
        }

        private void serve(SelectionKey key) {
            try {
                if (key.isAcceptable()) {
                    for (SocketChannel channel; (channel = listener.accept()) != null; ) {
                        channel.configureBlocking(false);
                        channel.register(selector, SelectionKey.OP_READ, ByteBuffer.allocate(4096));
                    }
                } else {
                    echo(key, (SocketChannel) key.channel(), (ByteBuffer) key.attachment());
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void echo(SelectionKey key, SocketChannel channel, ByteBuffer buffer) throws IOException {
            if (key.isReadable() && channel.read(buffer) < 0) {
                channel.close();
                return;
            }
            buffer.flip();
            channel.write(buffer);
            key.interestOps(buffer.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
            buffer.compact();
        }

        void stop() throws Exception {
            stopped = true;
            selector.wakeup();
            thread.join(10_000);
            assertThat(thread.isAlive()).isFalse();
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
            assertThat(failure.get()).isNull();
        }
    }

    private SocketChannel connect(EchoServer server) throws IOException {
        SocketChannel channel = provider.openSocketChannel();
        channel.connect(server.listener.getLocalAddress());
        return channel;
    }

    @Test
    void everyMessageComesBackOnItsOwnConnectionAndNoDescriptorLeaks() throws Exception {
        exchange(2, 10); // opens what is opened once for all
        long before = OpenDescriptors.count();
        exchange(CONNECTIONS, MESSAGES);
        assertThat(OpenDescriptors.count()).isLessThanOrEqualTo(before);
    }

    private void exchange(int connections, int messages) throws Exception {
        Random random = new Random(42);
        List<SocketChannel> clients = new ArrayList<>();
        EchoServer server = new EchoServer(provider);
        try {
            for (int i = 0; i < connections; i++) {
                clients.add(connect(server));
            }
            ByteBuffer sent = ByteBuffer.allocate(16);
            ByteBuffer received = ByteBuffer.allocate(16);
            for (int message = 0; message < messages; message++) {
                int i = random.nextInt(connections);
                if (random.nextInt(20) == 0) {
                    clients.get(i).close();
                    clients.set(i, connect(server));
                }
                SocketChannel client = clients.get(i);
                sent.clear().putLong(message).putLong(i).flip();
                client.write(sent);
                received.clear();
                while (received.hasRemaining()) {
                    assertThat(client.read(received)).isPositive();
                }
                received.flip();
                assertThat(received.getLong()).isEqualTo(message);
                assertThat(received.getLong()).isEqualTo(i);
            }
        } finally {
            for (SocketChannel client : clients) {
                client.close();
            }
            server.stop();
        }
    }
}
