package dev.kqueue.benchmarks.events;

import java.lang.reflect.Proxy;
import java.util.concurrent.Semaphore;

/** Signals by sun.misc.Signal: by reflection, as the compiler's warning of it cannot be silenced. */
public final class JdkSignals implements Events {
    private final Semaphore seen = new Semaphore(0);
    private final int number;

    /** With a signal that the JVM has no use for. */
    public JdkSignals() throws ReflectiveOperationException {
        Class<?> type = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        Object signal = type.getConstructor(String.class).newInstance("URG");
        number = (int) type.getMethod("getNumber").invoke(signal);
        Object release =
                Proxy.newProxyInstance(
                        JdkSignals.class.getClassLoader(),
                        new Class<?>[] {handler},
                        (proxy, method, arguments) -> {
                            seen.release();
                            return null;
                        });
        type.getMethod("handle", type, handler).invoke(null, signal, release);
    }

    @Override
    public void causeAndAwait() throws Exception {
        Kill.send(number);
        seen.acquire();
    }

    @Override
    public void close() {}
}
