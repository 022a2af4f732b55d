package dev.kqueue.tool;

import dev.kqueue.nio.KQueueSelector;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The command of {@code ./kq watch}: one process at a time. By the selecting thread. */
final class Rerun {
    private static final Path TERMINAL = Path.of("/dev/tty");
    private static final Path NOTHING = Path.of("/dev/null");

    private final KQueueSelector selector;
    private final ProcessBuilder builder;
    private final boolean answersLater;
    private boolean running;
    private boolean changed;

    /**
     * Makes it ready to run.
     *
     * @param inputIsTaken standard input has had the paths: the command reads the terminal, if there is one
     * @param answersLater changes that are made while the command runs are answered by one more run. Otherwise they are
     *     ignored, since they may be the command's own, and would make it run without an end
     */
    Rerun(KQueueSelector selector, List<String> command, boolean inputIsTaken, boolean answersLater) {
        this.selector = selector;
        this.answersLater = answersLater;
        builder = new ProcessBuilder(command).inheritIO();
        if (inputIsTaken) {
            builder.redirectInput((hasTerminal() ? TERMINAL : NOTHING).toFile());
        }
    }

    private static boolean hasTerminal() {
        try (FileInputStream terminal = new FileInputStream(TERMINAL.toFile())) {
            return terminal.getFD().valid();
        } catch (IOException none) {
            return false;
        }
    }

    /** Starts it, unless it runs: see {@link #answersLater}. */
    void run() throws IOException {
        if (running) {
            changed |= answersLater;
            return;
        }
        changed = false;
        selector.watchProcess(builder.start());
        running = true;
    }

    /** The process has ended: runs it once more if something has changed meanwhile that is to be answered. */
    void ended() throws IOException {
        running = false;
        if (changed) {
            run();
        }
    }

    @Override
    public String toString() {
        return builder.command().getFirst();
    }
}
