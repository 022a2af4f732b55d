package dev.kqueue.benchmarks.startup;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The floor of a first selectNow: a bare program that links the one shape that ours links until then, six numbers of 64
 * bits and errno, and calls the same functions by it. No provider that calls the kernel through {@code
 * java.lang.foreign} starts sooner.
 */
@SuppressWarnings("restricted")
public final class Floor {
    private static final Linker LINKER = Linker.nativeLinker();

    private Floor() {}

    /** Prints the nanoseconds that it took, and ends with its input. */
    public static void main(String[] arguments) throws Throwable {
        long start = System.nanoTime();
        FunctionDescriptor shape =
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
        MethodHandle call = LINKER.downcallHandle(shape, Linker.Option.captureCallState("errno"));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(JAVA_INT);
            MemorySegment event = arena.allocate(12, 8);
            long epoll = (long) call.invokeExact(function("epoll_create1"), errno, 0L, 0L, 0L, 0L, 0L, 0L);
            long signal = (long) call.invokeExact(function("eventfd"), errno, 0L, 0L, 0L, 0L, 0L, 0L);
            long added =
                    (long) call.invokeExact(function("epoll_ctl"), errno, epoll, 1L, signal, event.address(), 0L, 0L);
            long ready = (long) call.invokeExact(function("epoll_wait"), errno, epoll, event.address(), 1L, 0L, 0L, 0L);
            if (added != 0 || ready != 0) {
                throw new IOException("epoll");
            }
        }
        System.out.println(System.nanoTime() - start);
        System.in.read();
        System.exit(0);
    }

    private static MemorySegment function(String name) {
        return LINKER.defaultLookup().findOrThrow(name);
    }
}
