package dev.kqueue.internal.signal;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.libc.CSignal;
import dev.kqueue.internal.libc.Errno;

import java.util.Arrays;
import java.util.Set;

/**
 * One signal of this process, and what receives it: the knotes of all kqueues on Linux that count it, and on every
 * system the keys that take it over.
 *
 * <p>signalfd(2) would need the signal blocked in every thread, and the threads of a JVM are running before we are; so
 * the JVM's own delivery is used. While there is a receiver, the JVM's handler for the signal is a {@link SignalLink}.
 * It calls the receivers. If none of them takes the signal, it then does what was done before:
 *
 * <ul>
 *   <li>A handler in Java is called: one of the program, and the JVM's own one, which shuts the JVM down on HUP, INT
 *       and TERM.
 *   <li>An ignored signal has no other effect.
 *   <li>The default action, death for the most part, is withheld while there is a receiver. A kernel's kqueue would let
 *       the process die, and no receiver would see the event.
 * </ul>
 *
 * <p>With the last receiver what was there before comes back. A program that sets a handler while there is a receiver
 * takes the signal away from it; that handler is left alone. If it calls the handler that was there before, nothing
 * changes for the receiver.
 *
 * <p>Everything but {@link #receive} is synchronized by {@link JvmSignals#monitor}.
 */
public final class SignalDispatch {
    /**
     * The signals that the JVM or the kernel needs, beside those that the JVM refuses by itself (SEGV, ILL, FPE, QUIT):
     * for memory-mapped files (BUS), and the suspension of threads (USR2, unless moved by a variable of the
     * environment).
     */
    private static final Set<String> KEPT_BY_THE_JVM = Set.of("BUS", "TRAP", "USR2", "KILL", "STOP");

    /** The highest number of a signal. */
    public static final int HIGHEST = 64;

    private static final SignalDispatch[] ALL = new SignalDispatch[HIGHEST + 1];

    private final int number;

    /** Without SIG; null if the tables have none. Kept, as it takes a search, and each signal may need it. */
    private final String name;

    /** As long as there are receivers, unless taking it out failed for want of memory: then it passes signals on. */
    private volatile SignalLink link;

    /**
     * With holes, so that to remove a receiver takes no memory: {@code null} elements. Written under the monitor, and
     * written back after each change of an element, for {@link #receive}.
     */
    private volatile SignalReceiver[] receivers = new SignalReceiver[4];

    private volatile int size;

    private SignalDispatch(int number) {
        this.number = number;
        this.name = name(number);
    }

    /**
     * The dispatch of a signal.
     *
     * @param number from 1 to {@link #HIGHEST}
     */
    public static synchronized SignalDispatch of(int number) {
        if (ALL[number] == null) {
            ALL[number] = new SignalDispatch(number);
        }
        return ALL[number];
    }

    /** The signal's name without SIG, or null if the tables have none: a real-time signal, or a number between. */
    private static String name(int number) {
        return Abi.HOST.constants().stream()
                .filter(name -> name.startsWith("SIG") && name.charAt(3) != '_' && !name.startsWith("SIGRT"))
                .filter(name -> Abi.HOST.constant(name) == number)
                .min(String::compareTo)
                .map(name -> name.substring(3))
                .orElse(null);
    }

    /** Whether this JVM hands signals to Java at all: it has the module for it, and was not started with -Xrs. */
    public static boolean isSupported() {
        return JvmSignals.isPresent() && JvmSignals.areDelivered();
    }

    /** What an errno of {@link #add} means, or null if it is none of its own. */
    public static String reason(int number, int errno) {
        if (errno == Errno.EBUSY) {
            return "the JVM or the kernel keeps SIG" + name(number) + " for itself";
        }
        if (errno == Errno.EINVAL) {
            return number + " is no signal that a JVM can handle";
        }
        if (errno == Errno.ENOTSUP) {
            return "this JVM was started with -Xrs, and so hands no signal to a program";
        }
        return errno == Errno.ENOSYS
                ? "signals reach a JVM through the module jdk.unsupported only: --add-modules jdk.unsupported"
                : null;
    }

    /**
     * Adds a receiver. Returns 0, EINVAL if there is no such signal, EBUSY if the JVM keeps it for itself, ENOTSUP if
     * it hands no signal to Java, ENOSYS if it lacks the module for that.
     */
    public int add(SignalReceiver receiver) {
        if (name == null) {
            return Errno.EINVAL;
        }
        if (!JvmSignals.isPresent()) {
            return Errno.ENOSYS;
        }
        if (KEPT_BY_THE_JVM.contains(name)) {
            return Errno.EBUSY;
        }
        if (!JvmSignals.areDelivered()) {
            return Errno.ENOTSUP;
        }
        if (name.equals("CHLD")) {
            JvmSignals.prepareForChildren();
        }
        synchronized (JvmSignals.monitor()) {
            SignalReceiver[] present = receivers;
            if (size == present.length) {
                present = Arrays.copyOf(present, size * 2);
            }
            int error = size == 0 ? install() : 0;
            if (error != 0) {
                return error;
            }
            int hole = 0;
            while (present[hole] != null) {
                hole++;
            }
            present[hole] = receiver;
            receivers = present;
            size++;
            return 0;
        }
    }

    /** Removes a receiver, if it is there. Takes no memory. */
    @SuppressWarnings("ReferenceEquality") // this very receiver, by identity
    public void remove(SignalReceiver receiver) {
        if (!JvmSignals.isPresent()) {
            return;
        }
        synchronized (JvmSignals.monitor()) {
            SignalReceiver[] present = receivers;
            for (int i = 0; i < present.length; i++) {
                if (present[i] == receiver) {
                    present[i] = null;
                    receivers = present;
                    size--;
                }
            }
            if (size == 0 && link != null) {
                SignalLink unused = link;
                link = null;
                unused.remove();
            }
        }
    }

    private int install() {
        SignalLink made = new SignalLink(this, name);
        try {
            made.set();
        } catch (IllegalArgumentException kept) {
            return Errno.EBUSY;
        }
        link = made;
        if (CSignal.isIgnored(number)) {
            // The JVM does not handle HUP, INT and TERM if the process was started with them ignored (nohup).
            int error = CSignal.handleByNothing(number);
            if (error < 0) {
                link = null;
                made.remove();
                return -error;
            }
            made.setAgain();
        }
        return 0;
    }

    /** Sends the signal to this process. */
    void raise() {
        int error = CSignal.raise(number);
        if (error < 0) {
            throw new IllegalStateException("kill(2) of SIG" + name + " to itself: " + Errno.name(-error));
        }
    }

    /** Whether the link is the one that calls the receivers. */
    @SuppressWarnings("ReferenceEquality") // this very link
    boolean isReceiving(SignalLink asked) {
        return size > 0 && asked == link;
    }

    /**
     * The handler of a link has been called. The receivers are called first, then what was there before.
     *
     * @param takenAbove a link that was set later takes the signal
     * @return whether the link calls receivers, or the signal is taken
     */
    boolean receive(SignalLink called, boolean takenAbove) {
        boolean receiving = isReceiving(called);
        boolean taken = takenAbove;
        Throwable failure = null;
        if (receiving) {
            for (SignalReceiver receiver : receivers) {
                try {
                    taken |= receiver != null && receiver.signalled();
                } catch (RuntimeException | Error e) {
                    // A receiver that fails must not keep the signal from the others. They fail for want of memory
                    // only, so of several failures the last one is thrown: there may be no memory to add it to another.
                    failure = e;
                }
            }
        }
        called.pass(taken);
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
        return receiving || taken;
    }
}
