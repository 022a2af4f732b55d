package dev.kqueue.tool.doctor;

import dev.kqueue.KEvent;
import dev.kqueue.KEventQueue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** An event that a self-test expects from a kqueue of its own. */
final class Expectation {
    private Expectation() {}

    /** More than the busiest machine takes for an event that has its cause. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    interface Cause {
        void happen() throws Exception;
    }

    /** Adds the event, sees that it is not there yet, lets it happen, and returns it. */
    static KEvent eventOf(KEvent added, Cause cause) throws Exception {
        try (KEventQueue queue = KEventQueue.open()) {
            queue.apply(added);
            none(queue, "before its cause");
            cause.happen();
            return next(queue, added);
        }
    }

    /** The next event, which is to be that one. */
    static KEvent next(KEventQueue queue, KEvent added) throws IOException {
        List<KEvent> events = queue.await(1, PATIENCE);
        if (events.isEmpty()) {
            throw new IOException("no event of " + added + " within " + PATIENCE.toSeconds() + " s");
        }
        KEvent event = events.getFirst();
        require(
                event.filter() == added.filter()
                        && event.ident() == added.ident()
                        && (event.flags() & KEvent.EV_ERROR) == 0,
                added + " was added, and what came is " + event);
        return event;
    }

    static void none(KEventQueue queue, String when) throws IOException {
        List<KEvent> events = queue.poll(1);
        require(events.isEmpty(), "there is an event " + when + ": " + events);
    }

    static void require(boolean met, String failure) throws IOException {
        if (!met) {
            throw new IOException(failure);
        }
    }
}
