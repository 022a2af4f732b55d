package dev.kqueue.internal.linux;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Signal;

import java.util.Arrays;
import java.util.Set;

/**
 * One signal of this process, and the knotes of all kqueues that count it.
 *
 * <p>signalfd(2) would need the signal blocked in every thread, and the threads of a JVM are running before we are; so
 * it is the JVM's own handling that tells. While a knote is there, the JVM's handler for the signal is ours. It counts,
 * and then does what was done before:
 *
 * <ul>
 *   <li>A handler in Java is called: one of the program, and the JVM's own one, which shuts the JVM down on HUP, INT
 *       and TERM. A program that wants these as mere events sets them to be ignored first.
 *   <li>An ignored signal is counted, and nothing else.
 *   <li>The default action, death for the most part, is withheld while a knote is there. A kernel's kqueue would let
 *       the process die, and nobody would see the event.
 * </ul>
 *
 * <p>With the last knote what was there before comes back. A program that sets a handler while a knote is there takes
 * the signal away from the knote; that handler is left alone.
 */
final class SignalDispatch {
    /**
     * What the JVM lives on, beside those that it refuses by itself (SEGV, ILL, FPE, QUIT): memory-mapped files (BUS),
     * and the suspension of threads (USR2, unless moved by a variable of the environment).
     */
    private static final Set<String> KEPT_BY_THE_JVM = Set.of("BUS", "TRAP", "USR2", "KILL", "STOP");

    private static final SignalDispatch[] ALL = new SignalDispatch[65];

    private final int number;

    /** Without SIG; null if the tables have none. Kept, as it takes a search, and each signal may need it. */
    private final String name;

    private Object handler;

    /** Replaced as a whole under this object's monitor; read by the handler without it. */
    private volatile Knote[] knotes = {};

    /** What handled the signal before us; guarded by this object's monitor for changes. */
    private volatile Object former;

    private SignalDispatch(int number) {
        this.number = number;
        this.name = name(number);
    }

    static synchronized SignalDispatch of(int number) {
        if (ALL[number] == null) {
            ALL[number] = new SignalDispatch(number);
        }
        return ALL[number];
    }

    /** The signal's name without SIG, or null if the tables have none: a real-time signal, or a number between. */
    static String name(int number) {
        return Abi.HOST.constants().stream()
                .filter(name -> name.startsWith("SIG") && name.charAt(3) != '_' && !name.startsWith("SIGRT"))
                .filter(name -> Abi.HOST.constant(name) == number)
                .min(String::compareTo)
                .map(name -> name.substring(3))
                .orElse(null);
    }

    /** One more knote counts the signal: 0, EINVAL if there is no such signal, EBUSY if the JVM keeps it for itself. */
    synchronized int add(Knote kn) {
        int error = knotes.length == 0 ? install() : 0;
        if (error == 0) {
            knotes = Arrays.copyOf(knotes, knotes.length + 1);
            knotes[knotes.length - 1] = kn;
            kn.setHook(this);
        }
        return error;
    }

    @SuppressWarnings("ReferenceEquality") // this very knote and this very handler, by identity
    synchronized void remove(Knote kn) {
        kn.setHook(null);
        knotes = Arrays.stream(knotes).filter(each -> each != kn).toArray(Knote[]::new);
        if (knotes.length == 0) {
            Object current = JvmSignals.handle(name, former);
            if (current != handler) {
                JvmSignals.handle(name, current);
            }
            former = null;
        }
    }

    private int install() {
        if (name == null) {
            return Errno.EINVAL;
        }
        if (KEPT_BY_THE_JVM.contains(name)) {
            return Errno.EBUSY;
        }
        if (handler == null) {
            handler = JvmSignals.handler(this::handle);
        }
        try {
            former = JvmSignals.handle(name, handler);
            if (Signal.isIgnored(number)) {
                // The JVM does not handle HUP, INT and TERM if the process was started with them ignored (nohup).
                Signal.handleByNothing(number);
                JvmSignals.handle(name, handler);
            }
            return 0;
        } catch (IllegalArgumentException kept) {
            return Errno.EBUSY;
        }
    }

    private void handle() {
        Object before = former;
        for (Knote kn : knotes) {
            kn.kq().signalled(kn);
        }
        if (before != null && JvmSignals.isCallable(before)) {
            try {
                JvmSignals.call(before, name);
            } catch (UnsupportedOperationException inC) {
                // The JVM's own handler in C, of SIGPIPE and SIGXFSZ, which does nothing. It cannot be called from
                // here.
            }
        }
    }
}
