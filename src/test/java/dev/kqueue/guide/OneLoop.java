package dev.kqueue.guide;

import dev.kqueue.nio.KQueueSelector;
import dev.kqueue.nio.PathKey;
import dev.kqueue.nio.ProcessKey;
import dev.kqueue.nio.Signal;
import dev.kqueue.nio.SignalKey;
import dev.kqueue.nio.TimerKey;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;

/** A listener, a file, a child process, a signal and a timer. */
public final class OneLoop {
    private OneLoop() {}

    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[0]);
        try (KQueueSelector selector = KQueueSelector.open();
                ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).configureBlocking(false);
            listener.register(selector, SelectionKey.OP_ACCEPT);
            selector.watchPath(file);
            selector.watchProcess(new ProcessBuilder("sleep", "0.1").start());
            SignalKey term = selector.handleSignal(Signal.TERM);
            selector.schedule(Duration.ofMillis(100));
            System.out.println("listening at " + listener.getLocalAddress());
            while (term.isValid()) {
                selector.select(
                        key -> {
                            switch (key) {
                                case PathKey path -> System.out.println("file " + path.events());
                                case ProcessKey child -> System.out.println("child " + child.exitValue().orElse(-1));
                                case TimerKey timer -> System.out.println("timer " + timer.expirations());
                                case SignalKey signal -> signal.cancel();
                                default -> {
                                    System.out.println("connection");
                                    listener.accept().close();
                                }
                            }
                        });
            }
        }
    }
}
