package dev.kqueue.benchmarks.peer;

import dev.kqueue.KQueueStatistics;
import dev.kqueue.nio.KQueueSelector;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** Counts exactly what a selector asks of its kqueue, in one of several situations. */
public final class KeventCounts {
    private static final int KEYS = 100;
    private static final int TIMES = 1_000;

    private final Selector selector = Selector.open();
    private final Connections connections = new Connections(KEYS);
    private int writable;

    private KeventCounts() throws IOException {
        for (SocketChannel channel : connections.channels()) {
            channel.register(selector, SelectionKey.OP_READ);
        }
        selector.selectNow();
    }

    private interface Situation {
        void run() throws IOException;
    }

    /** Argument: the situation. Prints, a time: kevent calls, changes, events, and system calls. */
    public static void main(String[] arguments) throws IOException, ReflectiveOperationException {
        KeventCounts counts = new KeventCounts();
        Situation situation =
                switch (arguments[0]) {
                    case "idle" -> counts::idle;
                    case "ready" -> {
                        counts.connections.makeReadable(KEYS);
                        yield counts::idle;
                    }
                    case "wakeup" -> counts::wakeup;
                    case "pause" -> counts::pause;
                    case "answer" -> counts::answer;
                    case "register" -> counts::register;
                    default -> throw new IllegalArgumentException(arguments[0]);
                };
        situation.run(); // what is done only once
        KQueueStatistics before = counts.statistics();
        for (int i = 0; i < TIMES; i++) {
            situation.run();
        }
        KQueueStatistics after = counts.statistics();
        System.out.printf(
                "%s %s %s %s%n",
                (after.calls() - before.calls()) / (double) TIMES,
                (after.changes() - before.changes()) / (double) TIMES,
                (after.events() - before.events()) / (double) TIMES,
                (after.systemCalls() - before.systemCalls()) / (double) TIMES);
        counts.selector.close();
        counts.connections.close();
    }

    /** Of our selector's kqueue, or of the one under the JDK's. */
    private KQueueStatistics statistics() throws ReflectiveOperationException {
        if (selector instanceof KQueueSelector ours) {
            return ours.statistics().kqueue();
        }
        return (KQueueStatistics)
                Class.forName("dev.kqueue.benchmarks.bridge.Bridge").getMethod("statistics").invoke(null);
    }

    private void idle() throws IOException {
        selector.selectNow();
        selector.selectedKeys().clear();
    }

    private void wakeup() throws IOException {
        selector.wakeup();
        selector.select();
    }

    private void pause() throws IOException {
        change(0);
        idle();
        change(SelectionKey.OP_READ);
        idle();
    }

    private void answer() throws IOException {
        change(SelectionKey.OP_WRITE);
        writable = 0;
        while (writable < KEYS) {
            selector.selectNow(key -> writable++);
        }
        change(SelectionKey.OP_READ);
        idle();
    }

    private void change(int ops) {
        for (SelectionKey key : selector.keys()) {
            key.interestOps(ops);
        }
    }

    private void register() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.cancel();
        }
        idle();
        for (SocketChannel channel : connections.channels()) {
            channel.register(selector, SelectionKey.OP_READ);
        }
        idle();
    }
}
