package dev.kqueue.guide;

import dev.kqueue.nio.KQueueSelector;
import dev.kqueue.nio.TimerKey;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/** A clock that does not drift: a tick that the loop was too late for is counted, not put off. */
public final class Ticker {
    private Ticker() {}

    public static void main(String[] arguments) throws IOException {
        try (KQueueSelector selector = KQueueSelector.open()) {
            TimerKey ticks = selector.scheduleAtFixedRate(Duration.ofMillis(10));
            TimerKey idle = selector.schedule(Duration.ofMillis(200));
            TimerKey end = selector.schedule(Instant.now().plusMillis(500));
            long[] count = {0};
            while (end.isValid()) {
                selector.select(
                        key -> {
                            if (key == ticks) {
                                count[0] += ticks.expirations();
                                // One timer, put off with each message: an idle timeout costs no key of its own.
                                idle.reset(Duration.ofMillis(200));
                            } else if (key == idle) {
                                System.out.println("idle");
                            } else {
                                end.cancel();
                            }
                        });
            }
            System.out.println(count[0] + " ticks");
        }
    }
}
