package dev.kqueue;

import java.lang.reflect.Proxy;

/** {@code sun.misc.Signal} by reflection: javac warns of it, and warnings are errors. */
public final class JvmSignal {
    private JvmSignal() {}

    public static Object handler(Runnable action) {
        try {
            return Proxy.newProxyInstance(
                    null,
                    new Class<?>[] {Class.forName("sun.misc.SignalHandler")},
                    (proxy, method, arguments) -> {
                        action.run();
                        return null;
                    });
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    /** Sets a handler, and gives the former one. */
    public static Object handle(String name, Object handler) {
        return call("handle", name, type("sun.misc.SignalHandler"), handler);
    }

    /** Sets a handler until the result is closed, which sets the former one. */
    public static AutoCloseable replace(String name, Object handler) {
        Object former = handle(name, handler);
        return () -> handle(name, former);
    }

    /** Sends the signal to this process. */
    public static void raise(String name) {
        call("raise", name, null, null);
    }

    private static Class<?> type(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    private static Object call(String method, String name, Class<?> parameter, Object argument) {
        try {
            Class<?> type = type("sun.misc.Signal");
            Object signal = type.getConstructor(String.class).newInstance(name);
            return parameter == null
                    ? type.getMethod(method, type).invoke(null, signal)
                    : type.getMethod(method, type, parameter).invoke(null, signal, argument);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(name + ": " + e.getCause(), e);
        }
    }
}
