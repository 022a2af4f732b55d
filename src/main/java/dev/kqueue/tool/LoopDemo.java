package dev.kqueue.tool;

import dev.kqueue.nio.KQueueSelector;
import dev.kqueue.nio.ProcessKey;
import dev.kqueue.nio.SelectorStatistics;
import dev.kqueue.nio.Signal;
import dev.kqueue.nio.SignalKey;
import dev.kqueue.nio.TimerKey;
import dev.kqueue.nio.UserKey;
import dev.kqueue.nio.VnodeEvent;
import dev.kqueue.nio.VnodeKey;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Selects a file, a child process, a signal, a timer and a user event in one loop with sockets, each through a
 * selection key. The loop ends when each of them has had an event.
 */
final class LoopDemo {
    private static final int MESSAGES = 2_000;
    private static final int LENGTH = 64;

    private final Narrator narrator;
    private final KQueueSelector selector;
    private final ByteBuffer buffer = ByteBuffer.allocate(LENGTH);
    private final Path file;

    /** The event sources that have had no event yet. */
    private final Set<String> expected = new HashSet<>(Set.of("file", "child", "signal", "timer", "client"));

    private long echoed;

    private LoopDemo(Narrator narrator, KQueueSelector selector, Path file) {
        this.narrator = narrator;
        this.selector = selector;
        this.file = file;
    }

    static void run(Narrator narrator) throws IOException {
        Path file = Files.createTempFile("kqueue-nio", ".txt");
        try (KQueueSelector selector = KQueueSelector.open();
                ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).configureBlocking(false);
            listener.register(selector, SelectionKey.OP_ACCEPT);
            LoopDemo demo = new LoopDemo(narrator, selector, file);
            demo.watch();
            UserKey finished = selector.addUserEvent();
            InetSocketAddress address = (InetSocketAddress) listener.getLocalAddress();
            CompletableFuture<Void> client = CompletableFuture.runAsync(() -> converse(address, finished));
            narrator.say("loop: " + selector);
            demo.loop();
            client.join();
            SelectorStatistics done = selector.statistics();
            narrator.say(
                    "loop: %d selections, %d system calls spared for interest changes"
                            .formatted(done.selections(), done.systemCallsSpared()));
        } finally {
            Files.delete(file);
        }
    }

    private void watch() throws IOException {
        selector.watchFile(file, EnumSet.of(VnodeEvent.WRITE));
        selector.scheduleAtFixedRate(Duration.ofMillis(100));
        String script = "read line; echo some >> \"$0\"; exit 7";
        try {
            // Its default action is to be ignored, unlike that of most signals, and the JVM does not use it.
            selector.watchSignal(Signal.WINCH);
            script = "read line; echo some >> \"$0\"; kill -WINCH $1; exit 7";
        } catch (IOException e) {
            narrator.say("loop: no signals: " + e.getMessage());
            expected.remove("signal");
        }
        Process child =
                new ProcessBuilder(
                                "/bin/sh", "-c", script, file.toString(), Long.toString(ProcessHandle.current().pid()))
                        .start();
        selector.watchProcess(child);
        child.getOutputStream().close(); // Now it may go on.
    }

    private void loop() throws IOException {
        while (!expected.isEmpty()) {
            selector.select();
            for (SelectionKey key : selector.selectedKeys()) {
                switch (key) {
                    case VnodeKey changed -> hear("file", "a file, " + changed.path() + " " + changed.events());
                    case ProcessKey child ->
                            hear("child", "a child process, exited with " + child.exitValue().orElse(-1));
                    case SignalKey signal -> hear("signal", "a signal, " + signal.signal().cName());
                    case TimerKey timer ->
                            hear("timer", "a timer, %d; %d messages so far".formatted(timer.expirations(), echoed));
                    case UserKey user -> hear("client", "a user event; %d messages in all".formatted(echoed));
                    default -> serve(key);
                }
            }
            selector.selectedKeys().clear();
        }
    }

    private void hear(String source, String what) {
        expected.remove(source);
        narrator.say("loop: " + what);
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
