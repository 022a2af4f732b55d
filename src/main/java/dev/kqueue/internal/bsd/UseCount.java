package dev.kqueue.internal.bsd;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A reference count of the threads inside a kqueue's calls, with a closed flag: the last thread to leave closes the
 * descriptor, once. No thread uses the number then, and the kernel may give it to another file.
 */
final class UseCount {
    private static final int CLOSED = Integer.MIN_VALUE;

    /** How many threads are inside; negative once closed. */
    private final AtomicInteger state = new AtomicInteger();

    /** Goes inside. False if it is closed: the caller is outside, and must not call {@link #leave}. */
    boolean enter() {
        int inside;
        do {
            inside = state.get();
            if (inside < 0) {
                return false;
            }
        } while (!state.compareAndSet(inside, inside + 1));
        return true;
    }

    /** Goes outside. True for the last one out of what is closed: the caller closes the descriptor. */
    boolean leave() {
        return state.decrementAndGet() == CLOSED;
    }

    /**
     * Closes, and goes inside to wake the others. False if it is closed already: the caller is outside, and must not
     * call {@link #leave}.
     */
    boolean closeAndEnter() {
        int inside;
        do {
            inside = state.get();
            if (inside < 0) {
                return false;
            }
        } while (!state.compareAndSet(inside, (inside + 1) | CLOSED));
        return true;
    }

    boolean isOpen() {
        return state.get() >= 0;
    }

    /** Whether the caller, who is inside, is not alone there. */
    boolean hasOthers() {
        return (state.get() & ~CLOSED) > 1;
    }
}
