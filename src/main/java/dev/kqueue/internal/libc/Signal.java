package dev.kqueue.internal.libc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

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

    private static final long SIG_DFL = Abi.HOST.constant("SIG_DFL");
    private static final int SIG_UNBLOCK = Abi.HOST.constant("SIG_UNBLOCK");

    private static final MethodHandle SIGACTION_CALL =
            CLibrary.function("sigaction", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle PTHREAD_KILL =
            CLibrary.function("pthread_kill", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle PTHREAD_SIGMASK =
            CLibrary.function("pthread_sigmask", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));

    /** No function: the process leaves the signal to its default action, or ignores it. */
    public static final long NO_HANDLER = 0;

    private static final MethodHandle KILL =
            CLibrary.function("kill", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    /** Whether the process ignores the signal; false for a number that is no signal. */
    public static boolean isIgnored(int signal) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment old = arena.allocate(SIGACTION.size(), SIGACTION.alignment());
            return sigaction(signal, MemorySegment.NULL, old) == 0 && SA_HANDLER.get(old, 0) == SIG_IGN;
        }
    }

    /** Installs a no-op handler: the C function abs, which has the right signature and no effect. */
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

    /**
     * The address of the function that handles the signal; {@link #NO_HANDLER} if there is none.
     *
     * @return the address, which is positive, or -errno; EINVAL if there is no such signal
     */
    public static long handler(int signal) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment old = arena.allocate(SIGACTION.size(), SIGACTION.alignment());
            int result = sigaction(signal, MemorySegment.NULL, old);
            if (result < 0) {
                return result;
            }
            long handler = SA_HANDLER.get(old, 0);
            return handler == SIG_DFL || handler == SIG_IGN ? NO_HANDLER : handler;
        }
    }

    /** The address of the function that {@link #handleByNothing} installs. */
    public static long nothing() {
        return CLibrary.address("abs");
    }

    /** {@code int pthread_kill(pthread_t thread, int sig)}: 0 or -errno. The thread must not have ended. */
    public static int pthread_kill(long thread, int sig) {
        MemorySegment errno = CLibrary.errno();
        try {
            return -(int) PTHREAD_KILL.invokeExact(errno, thread, sig);
        } catch (Throwable thrown) {
            throw CLibrary.unexpected(thrown);
        }
    }

    /** {@code int pthread_sigmask(SIG_UNBLOCK, {sig}, NULL)}: 0 or -errno. */
    public static int unblock(int sig) {
        MemorySegment errno = CLibrary.errno();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment set = arena.allocate(Abi.HOST.sizeof("sigset_t"), Long.BYTES);
            // Words of 32 or of 64 bits, little-endian: bit by bit the same.
            set.set(JAVA_BYTE, (sig - 1) / Byte.SIZE, (byte) (1 << (sig - 1) % Byte.SIZE));
            int result = (int) PTHREAD_SIGMASK.invokeExact(errno, SIG_UNBLOCK, set, MemorySegment.NULL);
            // NetBSD's has the convention of sigprocmask(2), the others' return the errno.
            return result == -1 ? -errno.get(JAVA_INT, 0) : -result;
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
