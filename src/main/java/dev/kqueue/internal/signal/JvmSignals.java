package dev.kqueue.internal.signal;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.function.BiConsumer;

/**
 * {@code sun.misc.Signal} of the module jdk.unsupported, which is exported for this use: the one door to signals in a
 * JVM. By reflection, since a runtime image may lack the module, and since javac warns of each use of the class in a
 * way that cannot be turned off. A handler is an opaque object here.
 */
final class JvmSignals {
    private static final Class<?> SIGNAL = find("sun.misc.Signal");
    private static final Class<?> HANDLER = find("sun.misc.SignalHandler");
    private static final Object DEFAULT = isPresent() ? constant("SIG_DFL") : null;
    private static final Object IGNORED = isPresent() ? constant("SIG_IGN") : null;

    private JvmSignals() {}

    private static Class<?> find(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException absent) {
            return null;
        }
    }

    /** Whether this JVM has the module. */
    static boolean isPresent() {
        return SIGNAL != null;
    }

    /**
     * The monitor for exchanging handlers: one object for all copies of this class in the JVM, whatever class loader
     * they are from.
     */
    static Object monitor() {
        return SIGNAL;
    }

    /**
     * Whether handlers are called: not with -Xrs, although all but HUP, INT and TERM may be set then. HotSpot calls
     * them on a thread that it starts at the beginning or never; other JVMs are taken at their word.
     */
    static boolean areDelivered() {
        String vm = System.getProperty("java.vm.name", "");
        return !(vm.startsWith("OpenJDK") || vm.startsWith("Java HotSpot")) || Dispatcher.FOUND;
    }

    /** Initialized when it is first asked about. */
    private static final class Dispatcher {
        static final boolean FOUND = find();

        private static boolean find() {
            ThreadGroup root = Thread.currentThread().getThreadGroup();
            while (root.getParent() != null) {
                root = root.getParent();
            }
            // Threads of the root group itself, of which there are few: the JVM's own. If the array is full there may
            // be
            // more.
            Thread[] threads = new Thread[64];
            int count;
            while ((count = root.enumerate(threads, false)) == threads.length) {
                threads = new Thread[threads.length * 2];
            }
            return Arrays.stream(threads, 0, count).anyMatch(thread -> thread.getName().equals("Signal Dispatcher"));
        }
    }

    /**
     * Has the JDK do now what it does for the first process that a program starts: it sets SIGCHLD to its default, in
     * C, and the handler that was there before is never called again. Nothing is started: before that, the file for the
     * standard input is opened, and there is none of an empty name.
     */
    static void prepareForChildren() {
        try {
            Process unexpected = new ProcessBuilder("true").redirectInput(new File("")).start();
            unexpected.destroy();
        } catch (IOException expected) {
            // The class that starts processes has been initialized by now.
        }
    }

    /** Makes a handler. It also takes the calls of {@link BiConsumer}, a type that class loaders have in common. */
    static Object handler(InvocationHandler calls) {
        return Proxy.newProxyInstance(HANDLER.getClassLoader(), new Class<?>[] {HANDLER, BiConsumer.class}, calls);
    }

    /**
     * Sets the handler of a signal and returns the former one.
     *
     * @param name without SIG
     * @throws IllegalArgumentException if the JVM does not know the signal, or keeps it for itself
     */
    static Object handle(String name, Object handler) {
        return call(null, "handle", new Class<?>[] {SIGNAL, HANDLER}, signal(name), handler);
    }

    static boolean isDefault(Object handler) {
        return DEFAULT.equals(handler);
    }

    /** Whether the handler is one to call: neither the default action nor SIG_IGN. */
    static boolean isCallable(Object handler) {
        return !DEFAULT.equals(handler) && !IGNORED.equals(handler);
    }

    /**
     * Calls a handler that is one to call.
     *
     * @throws UnsupportedOperationException if the handler is one in C
     */
    static void call(Object handler, String name) {
        call(handler, "handle", new Class<?>[] {SIGNAL}, signal(name));
    }

    private static Object signal(String name) {
        try {
            return SIGNAL.getConstructor(String.class).newInstance(name);
        } catch (InvocationTargetException e) {
            throw unchecked(e);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    private static Object constant(String name) {
        try {
            return HANDLER.getField(name).get(null);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    private static Object call(Object target, String method, Class<?>[] types, Object... arguments) {
        Class<?> type = target != null ? HANDLER : SIGNAL;
        try {
            return type.getMethod(method, types).invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw unchecked(e);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    private static RuntimeException unchecked(InvocationTargetException e) {
        if (e.getCause() instanceof RuntimeException exception) {
            return exception;
        }
        if (e.getCause() instanceof Error error) {
            throw error;
        }
        throw new AssertionError(e);
    }
}
