package dev.kqueue.internal.libc;

import java.lang.ref.Reference;

/**
 * Lets a call that has too little stack or memory fail before it begins to link. Linking initializes classes of the JDK
 * and of this package, and a class whose initializer meets StackOverflowError or OutOfMemoryError is lost for the life
 * of the process. Thrown from here, the same error costs one call.
 */
final class Headroom {
    private Headroom() {}

    /**
     * Linking takes about 60 KiB of stack. A frame of {@link #descend} has 130 bytes or more: few large frames, as C2
     * compiles what a program's start calls 5,000 times.
     */
    private static final int FRAMES = 480;

    /** Linking allocates some 100 KiB, in small objects: more than one array, as a heap may be in pieces. */
    private static final int CHUNK = 32 * 1024;

    /** Throws StackOverflowError or OutOfMemoryError if there is not enough. */
    @SuppressWarnings("ReachabilityFenceUsage") // What matters is that the arrays have been made.
    static void ensure() {
        descend(FRAMES, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        byte[] first = new byte[CHUNK];
        byte[] second = new byte[CHUNK];
        byte[] third = new byte[CHUNK];
        byte[] fourth = new byte[CHUNK];
        Reference.reachabilityFence(first);
        Reference.reachabilityFence(second);
        Reference.reachabilityFence(third);
        Reference.reachabilityFence(fourth);
    }

    /** Uses its numbers after the call, so that compiled frames keep them as well. */
    private static long descend(int frames, long a, long b, long c, long d, long e, long f, long g, long h, long i) {
        return frames == 0 ? a : descend(frames - 1, b, c, d, e, f, g, h, i, a + 1) + a + b + c + d + e + f + g + h + i;
    }
}
