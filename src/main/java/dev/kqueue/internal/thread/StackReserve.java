package dev.kqueue.internal.thread;

/**
 * Makes sure that the calling thread has some kilobytes of stack left, by using as many: a StackOverflowError then
 * comes before an operation of several steps and not in the middle of it. For operations that a few hundred nanoseconds
 * do not make slower: the kqueue's own lock, and the common paths under it, do without.
 */
public final class StackReserve {
    /** Frames of 100 bytes and more, compiled or not: what a change of a file's or a process's knote needs. */
    private static final int DEPTH = 128;

    private StackReserve() {}

    /** Throws StackOverflowError if there is too little. */
    public static void ensure() {
        ensure(1);
    }

    /** As {@link #ensure()}, for an operation with so many others inside of it. */
    public static void ensure(int times) {
        if (use(DEPTH * times, 1, 2, 3, 4, 5, 6, 7, 8) == 0) {
            throw new AssertionError("the sum of positive numbers is positive");
        }
    }

    /** All the numbers are needed after the call, and so stay on the stack meanwhile. */
    private static long use(int depth, long a, long b, long c, long d, long e, long f, long g, long h) {
        long deeper = depth == 0 ? 1 : use(depth - 1, b, c, d, e, f, g, h, a);
        return Math.max(1, deeper ^ a ^ b ^ c ^ d ^ e ^ f ^ g ^ h);
    }
}
