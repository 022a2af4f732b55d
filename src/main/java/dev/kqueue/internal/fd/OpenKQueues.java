package dev.kqueue.internal.fd;

import dev.kqueue.KQueue;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The open kqueues of selectors, watch services and pollers of virtual threads. Before a descriptor is closed whose
 * open file description others hold, too, it is taken out of all of them.
 *
 * <p>A kqueue over epoll(7) keeps a registration when its last knote goes (it is cheap to take up again), and it relies
 * on close(2) to end it. Of a shared description close(2) does not, so every kqueue that may have such a rest is asked
 * to take it out, whether or not a key or a wait of the descriptor is left in it. A kernel's own kqueue ends the knotes
 * of a number at close(2), even if other descriptors refer to the description, and has nothing to do.
 */
public final class OpenKQueues {

    /** Strong references: an open kqueue without other references keeps its descriptor in any case. */
    private static final Set<KQueue> ALL = ConcurrentHashMap.newKeySet();

    private OpenKQueues() {}

    /** Adds a kqueue, before it gets its first change. */
    public static void opened(KQueue kqueue) {
        ALL.add(kqueue);
    }

    /** Removes a kqueue, after it was closed. */
    public static void closed(KQueue kqueue) {
        ALL.remove(kqueue);
    }

    /**
     * Takes a descriptor out of all kqueues, before its close(2). The caller sees to it that the number is still its.
     */
    static void closing(int fd) {
        for (KQueue kqueue : ALL) {
            try {
                kqueue.beforeClose(fd, true);
            } catch (RuntimeException failure) {
                // The descriptor must be taken out of the other kqueues, and closed, all the same.
                System.getLogger(OpenKQueues.class.getName())
                        .log(
                                System.Logger.Level.WARNING,
                                "a closed descriptor stays registered with " + kqueue,
                                failure);
            }
        }
    }
}
