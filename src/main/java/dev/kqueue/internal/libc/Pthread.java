package dev.kqueue.internal.libc;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** {@code <pthread.h>}. */
public final class Pthread {
    private Pthread() {}

    private static final MethodHandle PTHREAD_SELF =
            CLibrary.function("pthread_self", FunctionDescriptor.of(JAVA_LONG));

    /** {@code pthread_t pthread_self(void)}: a pointer or a number, 64 bits wide on all systems. */
    public static long pthread_self() {
        MemorySegment errno = CLibrary.errno();
        try {
            return (long) PTHREAD_SELF.invokeExact(errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }
}
