package dev.kqueue.benchmarks.events;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** kill(2), to oneself. */
final class Kill {
    private static final MethodHandle KILL = kill();
    private static final int SELF = (int) ProcessHandle.current().pid();

    private Kill() {}

    @SuppressWarnings("restricted") // the JDK has no way to send a signal to anybody
    private static MethodHandle kill() {
        FunctionDescriptor descriptor =
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
        return Linker.nativeLinker()
                .downcallHandle(Linker.nativeLinker().defaultLookup().findOrThrow("kill"), descriptor);
    }

    static void send(int signal) throws Exception {
        try {
            if ((int) KILL.invokeExact(SELF, signal) != 0) {
                throw new IllegalStateException("kill");
            }
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
