package dev.kqueue.internal.libc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Field;
import dev.kqueue.internal.abi.Struct;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** {@code <signal.h>}. */
public final class Signal {
    private Signal() {}

    private static final long SIG_IGN = Abi.HOST.constant("SIG_IGN");

    private static final Struct SIGACTION = Abi.HOST.struct("sigaction");
    private static final Field SA_HANDLER = SIGACTION.field("sa_handler");

    private static final MethodHandle SIGACTION_CALL =
            CLibrary.function("sigaction", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));

    private static final MethodHandle KILL =
            CLibrary.function("kill", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    /** Whether the process ignores the signal; false for a number that is no signal. */
    public static boolean isIgnored(int signal) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment old = arena.allocate(SIGACTION.size(), SIGACTION.alignment());
            return sigaction(signal, MemorySegment.NULL, old) == 0 && SA_HANDLER.get(old, 0) == SIG_IGN;
        }
    }

    /** Lets the process do nothing about a signal without ignoring it: by a handler that computes abs(3) of it. */
    public static int handleByNothing(int signal) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment action = arena.allocate(SIGACTION.size(), SIGACTION.alignment());
            SA_HANDLER.set(action, 0, CLibrary.address("abs"));
            return sigaction(signal, action, MemorySegment.NULL);
        }
    }

    /** {@code int kill(getpid(), int sig)}: sends a signal to this process. */
    public static int raise(int signal) {
        MemorySegment errno = CLibrary.errno();
        try {
            int pid = (int) ProcessHandle.current().pid();
            return CLibrary.result((int) KILL.invokeExact(errno, pid, signal), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    private static int sigaction(int signal, MemorySegment action, MemorySegment old) {
        MemorySegment errno = CLibrary.errno();
        try {
            return CLibrary.result((int) SIGACTION_CALL.invokeExact(errno, signal, action, old), errno);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }
}
