package dev.kqueue.tool.doctor;

import dev.kqueue.KEvent;
import dev.kqueue.KQueue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** What a self-test asks of a kqueue of its own. */
final class Expectation {
    private Expectation() {}

    /** More than the busiest machine takes for an event that has its cause. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    interface Cause {
        void happen() throws Exception;
    }

    /** Adds the event, sees that it is not there yet, lets it happen, and returns it. */
    static KEvent eventOf(KEvent added, Cause cause) throws Exception {
        try (KQueue kqueue = KQueue.open()) {
            check(kqueue.kevent(List.of(added), 1, Duration.ZERO), List.of(), "before its cause");
            cause.happen();
            return next(kqueue, added);
        }
    }

    /** The next event, which is to be that one. */
    static KEvent next(KQueue kqueue, KEvent added) throws IOException {
        List<KEvent> events = kqueue.kevent(List.of(), 1, PATIENCE);
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

    static void none(KQueue kqueue, String when) throws IOException {
        check(kqueue.kevent(List.of(), 1, Duration.ZERO), List.of(), when);
    }

    private static void check(List<KEvent> events, List<KEvent> expected, String when) throws IOException {
        require(events.equals(expected), "there is an event " + when + ": " + events);
    }

    static void require(boolean met, String failure) throws IOException {
        if (!met) {
            throw new IOException(failure);
        }
    }
}
