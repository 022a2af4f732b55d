package dev.kqueue.internal.libc;

/** {@code <pthread.h>}. */
public final class Pthread {
    private Pthread() {}

    private static final CFunction PTHREAD_SELF = CFunction.of("pthread_self");

    /** {@code pthread_t pthread_self(void)}: a pointer or a number, 64 bits wide on all systems. */
    public static long pthread_self() {
        return PTHREAD_SELF.callLong(0, 0, 0);
    }
}
