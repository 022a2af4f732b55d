package dev.kqueue;

import dev.kqueue.internal.libc.Unistd;

import java.util.ArrayDeque;
import java.util.Deque;

/** What a test has opened: closed with this object, the last one first. */
public final class Opened {
    private final Deque<AutoCloseable> all = new ArrayDeque<>();

    public <T extends AutoCloseable> T add(T resource) {
        all.push(resource);
        return resource;
    }

    /** Adds a descriptor. */
    public int add(int fd) {
        all.push(() -> Unistd.close(fd));
        return fd;
    }

    /** Throws the first exception of what was opened, once all of it is closed. */
    public void close() throws Exception {
        Exception first = null;
        while (!all.isEmpty()) {
            try {
                all.pop().close();
            } catch (Exception e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
