package dev.kqueue;

/**
 * Tells what a call that is still fetching events may have seen. One clock counts the beginnings of calls and whatever
 * else wants to be dated ({@link #tick}); what was dated before the oldest call in progress began is known to none of
 * them. Guarded by its user's lock.
 */
final class CallsInProgress {
    /** A call, from {@link #begin} to {@link #end}. */
    static final class Call {
        private long began;
        private Call previous = this;
        private Call next = this;
    }

    /** The ring's head; the calls follow it in the order in which they began. */
    private final Call ring = new Call();

    private long clock;

    long tick() {
        return ++clock;
    }

    /** Begins a call that is not in progress. Allocates nothing. */
    void begin(Call call) {
        call.began = tick();
        call.previous = ring.previous;
        call.next = ring;
        ring.previous.next = call;
        ring.previous = call;
    }

    void end(Call call) {
        call.previous.next = call.next;
        call.next.previous = call.previous;
    }

    /** When the oldest call in progress began; after everything if there is none. */
    long oldest() {
        return ring.next == ring ? Long.MAX_VALUE : ring.next.began;
    }
}
