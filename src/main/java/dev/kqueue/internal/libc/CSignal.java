package dev.kqueue.internal.libc;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Field;
import dev.kqueue.internal.abi.Struct;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** {@code <signal.h>}; {@code Signal} is the enum of the public API. */
public final class CSignal {
    private CSignal() {}

    private static final long SIG_IGN = Abi.HOST.constant("SIG_IGN");

    private static final Struct SIGACTION = Abi.HOST.struct("sigaction");
    private static final Field SA_HANDLER = SIGACTION.field("sa_handler");

    private static final long SIG_DFL = Abi.HOST.constant("SIG_DFL");
    private static final int SIG_UNBLOCK = Abi.HOST.constant("SIG_UNBLOCK");

    private static final CFunction SIGACTION_CALL = CFunction.of("sigaction");
    private static final CFunction PTHREAD_KILL = CFunction.of("pthread_kill");
    private static final CFunction PTHREAD_SIGMASK = CFunction.of("pthread_sigmask");

    /** No function: the process leaves the signal to its default action, or ignores it. */
    public static final long NO_HANDLER = 0;

    private static final CFunction KILL = CFunction.of("kill");

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
        return KILL.callInt(ProcessHandle.current().pid(), signal);
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
        return -PTHREAD_KILL.callInt(thread, sig);
    }

    /** {@code int pthread_sigmask(SIG_UNBLOCK, {sig}, NULL)}: 0 or -errno. */
    public static int unblock(int sig) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment set = arena.allocate(Abi.HOST.sizeof("sigset_t"), Long.BYTES);
            // Words of 32 or of 64 bits, little-endian: bit by bit the same.
            set.set(JAVA_BYTE, (sig - 1) / Byte.SIZE, (byte) (1 << (sig - 1) % Byte.SIZE));
            int result = PTHREAD_SIGMASK.callInt(SIG_UNBLOCK, set.address(), 0);
            // NetBSD's has the convention of sigprocmask(2), the others' return the errno.
            return result < 0 ? result : -result;
        }
    }

    private static int sigaction(int signal, MemorySegment action, MemorySegment old) {
        return CFunction.keeping(SIGACTION_CALL.callInt(signal, action.address(), old.address()), action, old);
    }
}
