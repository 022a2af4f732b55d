package dev.kqueue.tool;

import dev.kqueue.nio.KQueueSelector;
import dev.kqueue.nio.TimerKey;
import dev.kqueue.nio.UserKey;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * What no other selector does: a timer and a user event in one loop with sockets, each a key as the sockets' keys are.
 */
final class LoopDemo {
    private static final int MESSAGES = 2_000;
    private static final int LENGTH = 64;

    private final Narrator narrator;
    private final KQueueSelector selector;
    private final ByteBuffer buffer = ByteBuffer.allocate(LENGTH);
    private long echoed;
    private boolean done;

    private LoopDemo(Narrator narrator, KQueueSelector selector) {
        this.narrator = narrator;
        this.selector = selector;
    }

    static void run(Narrator narrator) throws IOException {
        try (KQueueSelector selector = KQueueSelector.open();
                ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).configureBlocking(false);
            listener.register(selector, SelectionKey.OP_ACCEPT);
            selector.schedule(Duration.ofMillis(100), Duration.ofMillis(100), null);
            UserKey finished = selector.userEvent(null);
            InetSocketAddress address = (InetSocketAddress) listener.getLocalAddress();
            CompletableFuture<Void> client = CompletableFuture.runAsync(() -> converse(address, finished));
            narrator.say("loop: " + selector);
            new LoopDemo(narrator, selector).loop();
            client.join();
        }
    }

    private void loop() throws IOException {
        while (!done) {
            selector.select();
            for (SelectionKey key : selector.selectedKeys()) {
                switch (key) {
                    case TimerKey timer ->
                            narrator.say(
                                    "loop: a timer, %d; %d messages so far".formatted(timer.expirations(), echoed));
                    case UserKey user -> {
                        narrator.say("loop: a user event; %d messages in all".formatted(echoed));
                        done = true;
                    }
                    default -> serve(key);
                }
            }
            selector.selectedKeys().clear();
        }
    }

    private void serve(SelectionKey key) throws IOException {
        if (key.isAcceptable()) {
            SocketChannel accepted = ((ServerSocketChannel) key.channel()).accept();
            if (accepted != null) {
                accepted.configureBlocking(false);
                accepted.register(selector, SelectionKey.OP_READ);
                narrator.say("loop: a connection, " + accepted.getRemoteAddress());
            }
            return;
        }
        SocketChannel channel = (SocketChannel) key.channel();
        if (key.isReadable()) {
            if (channel.read(buffer) < 0) {
                channel.close();
                return;
            }
            // Interest goes from reading to writing and back with each message: no system call is made for it.
            key.interestOps(buffer.hasRemaining() ? SelectionKey.OP_READ : SelectionKey.OP_WRITE);
        } else {
            buffer.flip();
            channel.write(buffer);
            if (!buffer.hasRemaining()) {
                echoed++;
                key.interestOps(SelectionKey.OP_READ);
            }
            buffer.compact();
        }
    }

    /** The other end: a plain blocking program, in a thread of its own. */
    private static void converse(InetSocketAddress address, UserKey finished) {
        try (SocketChannel channel = SocketChannel.open(address)) {
            ByteBuffer message = ByteBuffer.allocate(LENGTH);
            for (int i = 0; i < MESSAGES; i++) {
                message.clear().putInt(0, i);
                channel.write(message);
                message.clear();
                while (message.hasRemaining()) {
                    if (channel.read(message) < 0) {
                        throw new IOException("the echo ended after " + i + " messages");
                    }
                }
                if (message.getInt(0) != i) {
                    throw new IOException("message " + i + " came back as " + message.getInt(0));
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } finally {
            finished.trigger();
        }
    }
}
