package dev.kqueue.internal.linux;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds the kqueues of this process by their descriptors, once these have been asked for. A kqueue that watches another
 * one asks it how many events are pending: epoll(7) reports that there are some, not how many.
 *
 * <p>A kqueue asks with its own lock held and takes the other's. That is safe, as the kernel refuses to let kqueues
 * watch each other in a circle.
 */
final class Nesting {
    private static final Map<Integer, LinuxKQueue> KNOWN = new ConcurrentHashMap<>();

    private Nesting() {}

    /** Whether the descriptor is that of a kqueue of this process. A duplicate of its number is not known. */
    static boolean isKQueue(int fd) {
        return !KNOWN.isEmpty() && KNOWN.containsKey(fd);
    }

    /** How many events are pending in the kqueue of the descriptor; 0 once it is closed. */
    static int pending(int fd) {
        LinuxKQueue kq = KNOWN.get(fd);
        return kq == null ? 0 : kq.pending();
    }

    /** Returns the key for {@link #forget}, which is not to need memory. */
    static Integer known(LinuxKQueue kq, int fd) {
        Integer key = fd;
        KNOWN.put(key, kq);
        return key;
    }

    /** Before the descriptor is closed. */
    static void forget(LinuxKQueue kq, Integer key) {
        KNOWN.remove(key, kq);
    }
}
