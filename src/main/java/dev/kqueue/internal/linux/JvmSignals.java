package dev.kqueue.internal.linux;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

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

    /** Makes a handler. */
    @SuppressWarnings("ReferenceEquality") // the equals of a proxy
    static Object handler(Runnable action) {
        return Proxy.newProxyInstance(
                HANDLER.getClassLoader(),
                new Class<?>[] {HANDLER},
                (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "handle" -> action.run();
                        case "equals" -> {
                            return proxy == arguments[0];
                        }
                        case "hashCode" -> {
                            return System.identityHashCode(proxy);
                        }
                        default -> {
                            return "kqueue's count of a signal";
                        }
                    }
                    return null;
                });
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
        Class<?> type = method.equals("handle") && target != null ? HANDLER : SIGNAL;
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
