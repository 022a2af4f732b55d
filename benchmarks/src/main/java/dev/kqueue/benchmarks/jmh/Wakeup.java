package dev.kqueue.benchmarks.jmh;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Selector;

/** Waking a selector: before it waits, while it does not, while it does. */
@State(Scope.Thread)
public class Wakeup {
    private Selector selector;

    @Setup
    public void open() throws IOException {
        selector = Selector.open();
    }

    @TearDown
    public void close() throws IOException {
        selector.close();
    }

    /** The select that follows returns at once. */
    @Benchmark
    public int ownThread() throws IOException {
        selector.wakeup();
        return selector.select();
    }

    /** A thread that polls its selector, as a busy loop does, and so never waits. */
    @State(Scope.Thread)
    public static class Busy {
        private Selector selector;
        private Thread thread;

        @Setup(Level.Iteration)
        public void start() throws IOException {
            selector = Selector.open();
            thread = Thread.ofPlatform().start(this::poll);
        }

        private void poll() {
            try {
                while (selector.isOpen()) {
                    selector.selectNow();
                }
            } catch (java.nio.channels.ClosedSelectorException e) {
                return;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @TearDown(Level.Iteration)
        public void stop() throws IOException, InterruptedException {
            selector.close();
            thread.join();
        }
    }

    /** From another thread than the busy one. */
    @Benchmark
    public Selector notWaiting(Busy busy) {
        return busy.selector.wakeup();
    }

    /** A thread that waits, and when woken wakes back. */
    @State(Scope.Thread)
    public static class Waiting {
        private Selector mine;
        private Selector theirs;
        private Thread thread;

        @Setup
        public void start() throws IOException {
            mine = Selector.open();
            theirs = Selector.open();
            thread = Thread.ofPlatform().start(this::wakeBack);
        }

        private void wakeBack() {
            try {
                while (true) {
                    theirs.select();
                    mine.wakeup();
                }
            } catch (java.nio.channels.ClosedSelectorException e) {
                return;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @TearDown
        public void stop() throws IOException, InterruptedException {
            theirs.close();
            thread.join();
            mine.close();
        }
    }

    /** There and back: two threads, each waiting in its selector until the other wakes it. */
    @Benchmark
    public int waiting(Waiting waiting) throws IOException {
        waiting.theirs.wakeup();
        return waiting.mine.select();
    }
}
