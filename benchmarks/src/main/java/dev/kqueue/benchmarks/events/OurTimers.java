package dev.kqueue.benchmarks.events;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.time.Duration;

/** Timers in a selector. */
public final class OurTimers extends Selection {
    /** With so many timers in all. */
    public OurTimers(int sources) throws IOException {
        for (int i = 1; i < sources; i++) {
            selector.schedule(Duration.ofHours(1));
        }
    }

    @Override
    public void causeAndAwait() throws IOException {
        SelectionKey key = selector.schedule(Duration.ofMillis(1));
        await(key);
        key.cancel();
    }
}
