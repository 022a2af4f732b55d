package dev.kqueue.benchmarks.jmh;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** The system call that asks for events without waiting, with nothing around it. */
final class BareWait {
    private static final boolean LINUX = System.getProperty("os.name").equals("Linux");
    private static final int EVENTS = 64;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    private static final MethodHandle WAIT =
            LINUX
                    ? function("epoll_wait", FunctionDescriptor.of(INT, INT, ValueLayout.ADDRESS, INT, INT))
                    : function(
                            "kevent",
                            FunctionDescriptor.of(
                                    INT, INT, ValueLayout.ADDRESS, INT, ValueLayout.ADDRESS, INT, ValueLayout.ADDRESS));

    private final MemorySegment events = Arena.ofAuto().allocate(EVENTS * 64L, 8);
    private final MemorySegment zero = Arena.ofAuto().allocate(16, 8);
    private final int queue;

    BareWait() {
        try {
            queue =
                    LINUX
                            ? (int) function("epoll_create1", FunctionDescriptor.of(INT, INT)).invokeExact(0)
                            : (int) function("kqueue", FunctionDescriptor.of(INT)).invokeExact();
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
        if (queue < 0) {
            throw new IllegalStateException("no queue");
        }
    }

    int call() throws Throwable {
        return LINUX
                ? (int) WAIT.invokeExact(queue, events, EVENTS, 0)
                : (int) WAIT.invokeExact(queue, MemorySegment.NULL, 0, events, EVENTS, zero);
    }

    @SuppressWarnings("restricted") // the point of this class
    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
        return Linker.nativeLinker()
                .downcallHandle(Linker.nativeLinker().defaultLookup().findOrThrow(name), descriptor);
    }
}
