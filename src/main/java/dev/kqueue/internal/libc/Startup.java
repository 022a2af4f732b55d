package dev.kqueue.internal.libc;

import dev.kqueue.internal.abi.Abi;

import java.lang.invoke.MethodHandles;

/**
 * Checks that this process can make native calls, before any class of this package is used. So every entry point,
 * {@code KQueue.open} and the SelectorProvider's methods, asks here first.
 *
 * <p>The first check also initializes the classes of this package, which hold the C library's constants, and links the
 * shape of most calls: with enough stack and memory ({@link Headroom}), which a later call may not have. A class whose
 * initializer fails is lost for the life of the process. A kqueue on Linux needs few of them, {@link #checkKQueue}, so
 * that a program that has only opened a selector has not waited for the others.
 */
public final class Startup {
    private Startup() {}

    private static volatile boolean checked;
    private static volatile boolean initialized;

    /** Why nothing can work; null if all is well. Written before {@link #checked}. */
    private static String failure;

    /**
     * Throws if nothing can work in this process, in one sentence that says what to do: the system, its architecture,
     * the library or the ABI that the user chose, or denied access to native code.
     *
     * @throws UnsupportedOperationException with that sentence
     */
    public static void check() {
        checkKQueue();
        if (!initialized) {
            initialize();
            initialized = true;
        }
    }

    /** The same for a kqueue that has no filters but user events yet: the others begin with {@link #check}. */
    public static void checkKQueue() {
        if (!checked) {
            Headroom.ensure();
            failure = failure();
            checked = true;
        }
        if (failure != null) {
            throw new UnsupportedOperationException(failure);
        }
    }

    private static String failure() {
        try {
            Abi.check();
            Library.HOST.check();
            // Linking is what a JVM may forbid. Every C library has close(2).
            if (!CLibrary.has("close")) {
                return Library.HOST.lacks("close");
            }
            Shapes.ordinary();
            // Without it our own kqueue would be taken, with the numbers of the other.
            if (isLacking("kqueue")) {
                return Library.HOST.lacks("kqueue");
            }
            if (isLacking("kevent")) {
                return Library.HOST.lacks("kevent");
            }
            initializeKQueue();
            return null;
        } catch (UnsupportedOperationException e) {
            return e.getMessage();
        } catch (IllegalCallerException e) {
            String module = Startup.class.getModule().isNamed() ? Startup.class.getModule().getName() : "ALL-UNNAMED";
            return "kqueue-nio calls the C library, and this JVM forbids it: add --enable-native-access=" + module;
        }
    }

    private static boolean isLacking(String function) {
        return Abi.HOST.symbol(function).isPresent() && !CLibrary.has(function);
    }

    private static void initializeKQueue() {
        MethodHandles.Lookup caller = MethodHandles.lookup();
        initialize(caller, Errno.class, SysEvent.class, Unistd.class);
        if (!SysEvent.isPresent()) {
            initialize(caller, SysEpoll.class, SysEventfd.class);
        }
    }

    private static void initialize() {
        MethodHandles.Lookup caller = MethodHandles.lookup();
        initialize(
                caller,
                Fcntl.class,
                Poll.class,
                CSignal.class,
                SysIoctl.class,
                SysSocket.class,
                SysStat.class,
                SysUio.class);
        if (!SysEvent.isPresent()) {
            initialize(caller, SysInotify.class, SysPidfd.class, SysTimerfd.class, SysWait.class);
        }
    }

    /**
     * Initializes classes that a later call needs, which may have too little stack or memory. If there is too little
     * now, this throws before the first of them has begun.
     *
     * @param caller of their package, unless they are public
     */
    public static void initialize(MethodHandles.Lookup caller, Class<?>... types) {
        Headroom.ensure();
        try {
            for (Class<?> type : types) {
                caller.ensureInitialized(type);
            }
        } catch (IllegalAccessException e) {
            throw new AssertionError("a class that the caller cannot use", e);
        }
    }
}
