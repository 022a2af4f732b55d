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
 * it is the JVM's own handling that tells. While a knote is there, the JVM's handler for the signal is a {@link
 * SignalLink}. It counts, and then does what was done before:
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
 * the signal away from the knote; that handler is left alone. If it calls the handler that was there before, nothing
 * changes for the knote.
 *
 * <p>Everything but {@link #count} is synchronized by {@link JvmSignals#monitor}.
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

    /** As long as there are knotes, unless taking it out failed for want of memory: then it passes signals on. */
    private volatile SignalLink link;

    /**
     * With holes, so that to remove a knote takes no memory: {@code null} elements. Written under the monitor, and
     * written back after each change of an element, for {@link #count}.
     */
    private volatile Knote[] knotes = new Knote[4];

    private volatile int size;

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

    /**
     * One more knote counts the signal: 0, EINVAL if there is no such signal, EBUSY if the JVM keeps it for itself,
     * ENOTSUP if it hands no signal to Java.
     */
    int add(Knote kn) {
        if (name == null) {
            return Errno.EINVAL;
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
            Knote[] counting = knotes;
            if (size == counting.length) {
                counting = Arrays.copyOf(counting, size * 2);
            }
            int error = size == 0 ? install() : 0;
            if (error != 0) {
                return error;
            }
            int hole = 0;
            while (counting[hole] != null) {
                hole++;
            }
            counting[hole] = kn;
            knotes = counting;
            size++;
            kn.setHook(this);
            return 0;
        }
    }

    @SuppressWarnings("ReferenceEquality") // this very knote, by identity
    void remove(Knote kn) {
        synchronized (JvmSignals.monitor()) {
            kn.setHook(null);
            Knote[] counting = knotes;
            for (int i = 0; i < counting.length; i++) {
                if (counting[i] == kn) {
                    counting[i] = null;
                    knotes = counting;
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
        if (Signal.isIgnored(number)) {
            // The JVM does not handle HUP, INT and TERM if the process was started with them ignored (nohup).
            int error = Signal.handleByNothing(number);
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
        int error = Signal.raise(number);
        if (error < 0) {
            throw new IllegalStateException("kill(2) of SIG" + name + " to itself: " + Errno.name(-error));
        }
    }

    /** Whether the link is the one that counts. */
    @SuppressWarnings("ReferenceEquality") // this very link
    boolean isCounting(SignalLink asked) {
        return size > 0 && asked == link;
    }

    /**
     * The handler of a link has been called.
     *
     * @return whether the link is the one that counts
     */
    boolean count(SignalLink called) {
        if (!isCounting(called)) {
            return false;
        }
        Throwable failure = null;
        for (Knote kn : knotes) {
            try {
                if (kn != null) {
                    kn.kq().signalled(kn);
                }
            } catch (RuntimeException | Error e) {
                // One kqueue's trouble is not to keep the signal from the others.
                failure = e;
            }
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
        return true;
    }
}
