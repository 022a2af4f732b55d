package dev.kqueue.nio;

import dev.kqueue.internal.abi.Abi;

import java.util.OptionalInt;

/**
 * The signals of Unix, of every system, by name: systems do not agree on their numbers.
 *
 * {@snippet :
 * SignalKey term = selector.handleSignal(Signal.TERM); // an event instead of the end of the JVM
 * SignalKey resized = selector.watchSignal(Signal.WINCH); // an event beside what happens anyway
 * }
 *
 * <h2>To watch and to handle</h2>
 *
 * A signal that is <i>watched</i> ({@link KQueueSelector#watchSignal}) is counted, and otherwise does what it does
 * without: the JVM shuts down on HUP, INT and TERM, a handler of the program is called. A default action that ends the
 * process still does so on macOS and the BSDs; on Linux it is withheld while the signal is watched.
 *
 * <p>A signal that is <i>handled</i> ({@link KQueueSelector#handleSignal}) is an event and nothing else, on every
 * system. The handler that was there before, the JVM's or the program's, is back as soon as no valid key handles the
 * signal; a default action is, with the selection operation that lets go of the last key, or when the selector is
 * closed.
 *
 * <ul>
 *   <li>Two keys of one signal, in two selectors or in two copies of this library in class loaders of their own: each
 *       has the event, and the signal is handled as long as one of them handles it.
 *   <li>A handler that the program sets by {@code sun.misc.Signal} while there is a key is called in place of all that.
 *       Then the kqueue of Linux does not count any more, unless that handler calls the one that it replaced; a
 *       kernel's kqueue counts in any case.
 *   <li>{@code SIGCHLD} may be watched and handled: {@link Process} does not need it. Several children that end at one
 *       time may be one signal.
 *   <li>Signals that cannot be caught (KILL, STOP) or that the JVM needs for itself (SEGV, BUS, ILL, FPE, TRAP, QUIT,
 *       USR2) cannot be handled, nor watched on Linux: {@link java.io.IOException}.
 *   <li>A JVM that was started with {@code -Xrs} leaves signals alone: none can be handled, nor watched on Linux.
 *   <li>A process that was started with HUP or INT ignored ({@code nohup}, a shell's {@code &}) still gets them as
 *       events.
 *   <li>A child process begins with the default action of a signal that is watched or handled.
 * </ul>
 *
 * @see <a href="https://man.freebsd.org/sigaction/2">sigaction(2)</a>
 */
public enum Signal {
    /** {@code SIGHUP}: the terminal is gone; a daemon: read the configuration again. */
    HUP,
    /** {@code SIGINT}: interrupt from the keyboard. */
    INT,
    /** {@code SIGQUIT}: quit from the keyboard; the JVM prints its threads. */
    QUIT,
    /** {@code SIGILL}: illegal instruction; the JVM's own. */
    ILL,
    /** {@code SIGTRAP}: trace trap. */
    TRAP,
    /** {@code SIGABRT}: abort(3). */
    ABRT,
    /** {@code SIGEMT}: emulator trap (not on Linux). */
    EMT,
    /** {@code SIGFPE}: arithmetic error; the JVM's own. */
    FPE,
    /** {@code SIGKILL}: ends the process; cannot be watched. */
    KILL,
    /** {@code SIGBUS}: bad memory access; the JVM's own. */
    BUS,
    /** {@code SIGSEGV}: bad memory access; the JVM's own. */
    SEGV,
    /** {@code SIGSYS}: bad system call. */
    SYS,
    /** {@code SIGPIPE}: a pipe or socket without a reader was written to. */
    PIPE,
    /** {@code SIGALRM}: alarm(3). */
    ALRM,
    /** {@code SIGTERM}: please end. */
    TERM,
    /** {@code SIGURG}: out-of-band data has come. */
    URG,
    /** {@code SIGSTOP}: stops the process; cannot be watched. */
    STOP,
    /** {@code SIGTSTP}: stop from the keyboard. */
    TSTP,
    /** {@code SIGCONT}: go on after a stop. */
    CONT,
    /** {@code SIGCHLD}: a child has stopped or ended. */
    CHLD,
    /** {@code SIGTTIN}: a background process read from the terminal. */
    TTIN,
    /** {@code SIGTTOU}: a background process wrote to the terminal. */
    TTOU,
    /** {@code SIGIO}: input or output is possible. */
    IO,
    /** {@code SIGXCPU}: too much processor time. */
    XCPU,
    /** {@code SIGXFSZ}: a file too large. */
    XFSZ,
    /** {@code SIGVTALRM}: a timer of processor time. */
    VTALRM,
    /** {@code SIGPROF}: a profiling timer. */
    PROF,
    /** {@code SIGWINCH}: the terminal has another size. */
    WINCH,
    /** {@code SIGINFO}: status from the keyboard (not on Linux). */
    INFO,
    /** {@code SIGUSR1}: the program's own. */
    USR1,
    /** {@code SIGUSR2}: the program's own. */
    USR2,
    /** {@code SIGPWR}: power failure (Linux, NetBSD). */
    PWR,
    /** {@code SIGSTKFLT}: not used (Linux). */
    STKFLT,
    /** {@code SIGTHR}: threads library (FreeBSD, OpenBSD, DragonFly BSD). */
    THR,
    /** {@code SIGLIBRT}: real-time library (FreeBSD). */
    LIBRT,
    /** {@code SIGCKPT}: checkpoint (DragonFly BSD). */
    CKPT,
    /** {@code SIGCKPTEXIT}: checkpoint and exit (DragonFly BSD). */
    CKPTEXIT;

    private static final Signal[] ALL = values();

    private final OptionalInt number = Abi.HOST.find("SIG" + name());

    /** The C name: {@code SIGHUP} for {@link #HUP}. */
    public String cName() {
        return "SIG" + name();
    }

    /** Whether this system has the signal. */
    public boolean isDefined() {
        return number.isPresent();
    }

    /**
     * This system's number of the signal.
     *
     * @throws UnsupportedOperationException if this system does not have it
     */
    public int number() {
        return number.orElseThrow(
                () -> new UnsupportedOperationException(cName() + " is not defined on " + Abi.HOST.system()));
    }

    /**
     * The signal of a number.
     *
     * @throws IllegalArgumentException if this system has no signal of that number and of a name
     */
    public static Signal of(int number) {
        for (Signal signal : ALL) {
            if (signal.number.isPresent() && signal.number.getAsInt() == number) {
                return signal;
            }
        }
        throw new IllegalArgumentException(Abi.HOST.system() + " has no signal " + number + " with a name");
    }

    /**
     * The signal of a name: {@code HUP} or {@code SIGHUP}.
     *
     * @throws IllegalArgumentException if there is no such name
     */
    public static Signal of(String name) {
        String shortName = name.startsWith("SIG") ? name.substring(3) : name;
        for (Signal signal : ALL) {
            if (signal.name().equals(shortName)) {
                return signal;
            }
        }
        throw new IllegalArgumentException("there is no signal " + name);
    }
}
