package dev.kqueue.benchmarks.startup;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;

/**
 * The floor of a first selectNow: a bare program that links nine functions of nine shapes, and waits once with
 * epoll_wait(2). No provider that calls the kernel through {@code java.lang.foreign} starts sooner with as many shapes.
 */
@SuppressWarnings("restricted")
public final class Floor {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final StructLayout STATE = Linker.Option.captureStateLayout();

    private Floor() {}

    /** Prints the nanoseconds that it took, and ends with its input. */
    public static void main(String[] arguments) throws Throwable {
        long start = System.nanoTime();
        MethodHandle create = link("epoll_create1", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
        MethodHandle wait = link("epoll_wait", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
        link("epoll_ctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
        link("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
        link("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
        link("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
        link("fstat", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
        link("ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
        link("getpid", FunctionDescriptor.of(JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int epoll = (int) create.invokeExact(state, 0);
            if ((int) wait.invokeExact(state, epoll, arena.allocate(12, 8), 1, 0) != 0) {
                throw new IOException("epoll_wait");
            }
        }
        System.out.println(System.nanoTime() - start);
        System.in.read();
        System.exit(0);
    }

    private static MethodHandle link(String name, FunctionDescriptor shape) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), shape, ERRNO);
    }
}
