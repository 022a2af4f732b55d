package dev.kqueue.internal.linux;

import dev.kqueue.KEvent;

/**
 * One event that a kqueue watches for: identified by ident and filter. Every field belongs to the kqueue's lock.
 *
 * <p>{@link DescriptorKnote} is one whose ident is a descriptor, of which there may be one for each connection of a
 * server, and {@link ListedKnote} any other. So the fields are as narrow as they can be, and what a connection does
 * without is in a {@link Detail}, which is made when there is something to put there.
 *
 * <p>States, as in the BSD kernels: <i>active</i> if its condition has been met and not been reported; <i>queued</i> if
 * it stands in the {@link ReadyQueue}; <i>disabled</i> knotes may be active and are never queued. A knote that epoll
 * serves is neither active nor queued: epoll's own ready list is its queue. The exception is an edge that epoll has
 * handed over and that the eventlist had no room for.
 */
abstract class Knote {
    /** What the event's flags repeat of the registration, as on FreeBSD. All fit in a byte. */
    private static final int KEPT = KEvent.EV_ONESHOT | KEvent.EV_CLEAR | KEvent.EV_RECEIPT | KEvent.EV_DISPATCH;

    /** A number that {@link Filters} has a filter for: it fits. */
    private final byte filter;

    private byte flags;

    /** The last answer of epoll or poll(2) about the descriptor. Their bits need no more room. */
    private short readiness;

    long udata;

    boolean eof;
    boolean disabled;
    boolean active;
    boolean queued;

    /** The last kevent call that delivered it. */
    int pass;

    /** Neighbours in the {@link ReadyQueue}. */
    Knote next;

    Knote previous;

    /** Null as long as all in it would be 0. */
    private Detail detail;

    /**
     * A knote that asks for nothing yet: {@link #request} is to follow.
     *
     * @param detail null if the knote may do without
     */
    Knote(int filter, int flags, long udata, Detail detail) {
        this.filter = (byte) filter;
        this.flags = (byte) (flags & KEPT);
        this.udata = udata;
        this.detail = detail;
    }

    abstract FilterHost kq();

    abstract long ident();

    /** Where the knote is attached; null if its ident is no descriptor. */
    abstract DescriptorRegistration descriptor();

    abstract FilterOps ops();

    final int filter() {
        return filter;
    }

    /** EV_ONESHOT, EV_CLEAR, EV_DISPATCH, EV_RECEIPT of the first EV_ADD, and what the filter has added. */
    final int flags() {
        return flags & 0xff;
    }

    /** A filter's own EV_ONESHOT or EV_CLEAR. */
    final void addFlag(int flag) {
        flags |= (byte) (flag & KEPT);
    }

    final boolean has(int flag) {
        return (flags() & flag) != 0;
    }

    final int readiness() {
        return readiness;
    }

    final void setReadiness(int bits) {
        readiness = (short) bits;
    }

    /** Whether epoll serves the knote; else the {@link ReadyQueue} does. */
    final boolean isPolled() {
        return ops().interest() != 0 && descriptor().isPolled();
    }

    /** Whether one delivery ends the knote's interest, for good or until EV_ENABLE. */
    final boolean once() {
        return has(KEvent.EV_ONESHOT | KEvent.EV_DISPATCH);
    }

    // -- What the program asks for.

    final int requestedFflags() {
        return detail == null ? 0 : detail.requestedFflags;
    }

    final long requestedData() {
        return detail == null ? 0 : detail.requestedData;
    }

    void request(int fflags, long data) {
        if (detail != null || fflags != 0 || data != 0) {
            Detail made = detail();
            made.requestedFflags = fflags;
            made.requestedData = data;
        }
    }

    // -- What has happened since the last report.

    final int firedFflags() {
        return detail == null ? 0 : detail.firedFflags;
    }

    final long firedData() {
        return detail == null ? 0 : detail.firedData;
    }

    /** In place of what has happened before. */
    final void setFired(int fflags, long data) {
        if (detail != null || fflags != 0 || data != 0) {
            Detail made = detail();
            made.firedFflags = fflags;
            made.firedData = data;
        }
    }

    /** On top of what has happened before. */
    final void addFired(int fflags, long data) {
        setFired(firedFflags() | fflags, firedData() + data);
    }

    final boolean isTriggered() {
        return detail != null && detail.triggered;
    }

    final void trigger() {
        detail().triggered = true;
    }

    /** EV_CLEAR: what has been reported is forgotten. */
    final void resetFired() {
        if (detail != null) {
            detail.firedFflags = 0;
            detail.firedData = 0;
            detail.triggered = false;
        }
    }

    /** Whether the ident is not what it was when the knote was attached: the scan drops it. */
    final boolean isGone() {
        return detail != null && detail.gone;
    }

    final void setGone(boolean gone) {
        if (detail != null || gone) {
            detail().gone = gone;
        }
    }

    // -- The filter's own state.

    final Object hook() {
        return detail == null ? null : detail.hook;
    }

    final void setHook(Object hook) {
        if (detail != null || hook != null) {
            detail().hook = hook;
        }
    }

    private Detail detail() {
        if (detail == null) {
            detail = new Detail();
        }
        return detail;
    }

    /** Rarely used fields, allocated on first use to keep a connection's knote small. */
    static final class Detail {
        private int requestedFflags;
        private long requestedData;

        private int firedFflags;
        private long firedData;

        /** By NOTE_TRIGGER. */
        private boolean triggered;

        private boolean gone;
        private Object hook;
    }
}
