package dev.kqueue.internal.io;

import dev.kqueue.internal.libc.Unistd;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/**
 * Descriptors that came from another process and that the program has not taken yet. Whatever is thrown, each is closed
 * once, here or by the code that took it.
 */
public final class PassedDescriptors implements Runnable {
    // Under the monitor.
    private final Queue<Integer> left = new ArrayDeque<>();
    private boolean cut;
    private boolean closed;

    /**
     * @param cut whether some were sent that did not come
     */
    synchronized void add(List<Integer> descriptors, boolean cut) {
        left.addAll(descriptors);
        this.cut |= cut;
    }

    public synchronized boolean isCut() {
        return cut;
    }

    public synchronized int count() {
        return left.size();
    }

    public synchronized boolean isClosed() {
        return closed;
    }

    /** The next one, now the caller's; null if there is none. */
    public synchronized Integer take() {
        return left.poll();
    }

    /** Closes what is left. */
    public synchronized void close() {
        closed = true;
        for (Integer fd = left.poll(); fd != null; fd = left.poll()) {
            // Nothing was written to it here that an error could be about.
            Unistd.close(fd);
        }
    }

    /** For the cleaner. */
    @Override
    public void run() {
        close();
    }
}
