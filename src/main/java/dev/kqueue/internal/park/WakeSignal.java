package dev.kqueue.internal.park;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.WaitSignals;
import dev.kqueue.internal.libc.CSignal;
import dev.kqueue.internal.libc.Dlfcn;
import dev.kqueue.internal.libc.Errno;

import java.util.List;

/**
 * The signal that makes a blocked thread leave its system call. Its handler does nothing, and is installed without
 * SA_RESTART: the call ends with EINTR.
 *
 * <p>It is {@code -Dkqueue.signal=NUMBER} if that is given, otherwise the one that the JDK's own channels use for the
 * same purpose (62 on Linux, SIGIO elsewhere), which is therefore taken in every JVM: whether the JDK's handler is
 * there or this class's is all the same, as both do nothing. If the program has installed a handler of its own for it,
 * that stays, and the next signal of {@link WaitSignals} is used.
 */
final class WakeSignal {
    /** The system property. */
    static final String PROPERTY = "kqueue.signal";

    /** The files that the JDK's handlers are in. */
    private static final List<String> JDK_LIBRARIES = List.of("/libnio.", "/libnet.");

    private WakeSignal() {}

    /**
     * Chosen and installed when a thread first waits; 0 before. No initializer of a class: without memory that would
     * fail once and for all.
     */
    private static volatile int installed;

    /** Its number: that of a signal whose handler is installed. */
    static int number() {
        int number = installed;
        return number != 0 ? number : installOnce();
    }

    private static synchronized int installOnce() {
        if (installed == 0) {
            installed = install(Integer.getInteger(PROPERTY), WaitSignals.of(Abi.HOST));
        }
        return installed;
    }

    /**
     * Installs the handler for the first signal that is free.
     *
     * @param chosen by the user; null if the user chose none
     * @param others in the order of preference
     */
    static int install(Integer chosen, List<Integer> others) {
        if (chosen != null) {
            if (isFree(chosen)) {
                return installed(chosen);
            }
            System.getLogger(WakeSignal.class.getName())
                    .log(
                            System.Logger.Level.WARNING,
                            "-D{0}={1}: no such signal, or it has a handler already; another one is used",
                            PROPERTY,
                            chosen);
        }
        for (int signal : others) {
            if (isFree(signal)) {
                return installed(signal);
            }
        }
        throw new IllegalStateException(
                "each of the signals " + others + " has a handler: name another one by -D" + PROPERTY);
    }

    private static boolean isFree(int signal) {
        long handler = CSignal.handler(signal);
        return handler == CSignal.NO_HANDLER || handler == CSignal.nothing() || isOfJdk(handler);
    }

    private static boolean isOfJdk(long handler) {
        return handler > 0 && JDK_LIBRARIES.stream().anyMatch(Dlfcn.fileOf(handler)::contains);
    }

    private static int installed(int signal) {
        int result = CSignal.handler(signal) == CSignal.NO_HANDLER ? CSignal.handleByNothing(signal) : 0;
        if (result < 0) {
            throw new IllegalStateException("sigaction of signal " + signal + ": " + Errno.strerror(-result));
        }
        return signal;
    }
}
