package dev.kqueue.benchmarks.events;

import dev.kqueue.nio.Signal;
import dev.kqueue.nio.SignalKey;

import java.io.IOException;

/** Signals in a selector. */
public final class OurSignals extends Selection {
    private final SignalKey key = selector.watchSignal(Signal.URG);

    /** With a signal that the JVM has no use for. */
    public OurSignals() throws IOException {
        selector.selectNow();
    }

    @Override
    public void causeAndAwait() throws Exception {
        Kill.send(key.signal().number());
        await(key);
    }
}
