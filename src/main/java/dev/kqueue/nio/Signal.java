package dev.kqueue.nio;

import dev.kqueue.internal.abi.Abi;

import java.util.OptionalInt;

/**
 * The signals of Unix, of every system, by name: systems do not agree on their numbers.
 *
 * <p>Watching a signal does not change its action: a signal whose default is to end the process still ends it on macOS
 * and the BSDs, unless it is handled or ignored. On Linux a watched signal is handled by being counted. Signals that
 * cannot be caught, or that the JVM needs for itself, are refused when they are registered; on Linux all are by a JVM
 * that was started with {@code -Xrs}.
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
    /** {@code SIGPIPE}: a pipe or socket that nobody reads was written to. */
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
