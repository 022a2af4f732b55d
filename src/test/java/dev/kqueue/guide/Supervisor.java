package dev.kqueue.guide;

import dev.kqueue.nio.KQueueSelector;
import dev.kqueue.nio.ProcessKey;
import dev.kqueue.nio.Signal;
import dev.kqueue.nio.SignalKey;
import dev.kqueue.nio.TimerKey;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.time.Duration;

/** Runs a command, and runs it again, after a pause, whenever it ends. TERM ends both. */
public final class Supervisor {
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final KQueueSelector selector;
    private final ProcessBuilder command;
    private Process child;
    private boolean ending;

    private Supervisor(KQueueSelector selector, String[] command) {
        this.selector = selector;
        this.command = new ProcessBuilder(command).inheritIO();
    }

    public static void main(String[] arguments) throws IOException {
        try (KQueueSelector selector = KQueueSelector.open()) {
            new Supervisor(selector, arguments).run();
        }
    }

    private void run() throws IOException {
        selector.handleSignal(Signal.TERM);
        start();
        while (!ending || child != null) {
            selector.select(this::handle);
        }
    }

    private void start() throws IOException {
        child = command.start();
        // However early it ends: the exit of a child is always reported.
        selector.watchProcess(child);
        System.out.println("started");
    }

    private void handle(SelectionKey key) throws IOException {
        switch (key) {
            case ProcessKey exited -> {
                System.out.println(
                        exited.terminationSignal().isPresent()
                                ? "ended by " + Signal.of(exited.terminationSignal().getAsInt())
                                : "exited with " + exited.exitValue().orElse(-1));
                child = null;
                if (!ending) {
                    selector.schedule(PAUSE);
                }
            }
            case TimerKey pause -> {
                if (!ending) {
                    start();
                }
            }
            case SignalKey end -> {
                ending = true;
                if (child != null) {
                    child.destroy();
                }
            }
            default -> throw new AssertionError(key);
        }
    }
}
