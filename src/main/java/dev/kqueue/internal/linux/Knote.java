package dev.kqueue.internal.linux;

import dev.kqueue.KEvent;

/**
 * One event that a kqueue watches for: identified by ident and filter. Every field belongs to the kqueue's lock.
 *
 * <p>{@link DescriptorKnote} is one whose ident is a descriptor, of which there may be one for each connection of a
 * server, and {@link ListedKnote} any other. What only few need, therefore, is not here.
 *
 * <p>States, as in the BSD kernels: <i>active</i> if its condition has been met and not been reported; <i>queued</i> if
 * it stands in the {@link ReadyQueue}; <i>disabled</i> knotes may be active and are never queued. A knote that epoll
 * serves is neither active nor queued: epoll's own ready list is its queue. The exception is an edge that epoll has
 * handed over and that the eventlist had no room for.
 */
abstract class Knote {
    /** What the event's flags repeat of the registration, as on FreeBSD. */
    private static final int KEPT = KEvent.EV_ONESHOT | KEvent.EV_CLEAR | KEvent.EV_RECEIPT | KEvent.EV_DISPATCH;

    final FilterOps ops;

    /** Where the knote is attached; null if its ident is no descriptor. */
    final Descriptor descriptor;

    /** EV_ONESHOT, EV_CLEAR, EV_DISPATCH, EV_RECEIPT of the first EV_ADD; a filter may set more in attach. */
    int flags;

    long udata;

    /** What the program asked for. */
    int requestedFflags;

    long requestedData;

    /** What has happened since the last report. */
    boolean fired;

    int firedFflags;
    long firedData;
    boolean eof;

    boolean disabled;
    boolean active;
    boolean queued;

    /** The last kevent call that delivered it. */
    int pass;

    /** Neighbours in the {@link ReadyQueue}. */
    Knote next;

    Knote previous;

    /** The ident is not what it was when the knote was attached: the scan drops it. */
    boolean gone;

    /** The filter's own state. */
    Object hook;

    /** Of a descriptor's knote: what epoll or poll(2) said of it last. Their bits need no more room. */
    private short readiness;

    Knote(Descriptor descriptor, FilterOps ops, int flags, int fflags, long data, long udata) {
        this.descriptor = descriptor;
        this.ops = ops;
        this.flags = flags & KEPT;
        this.requestedFflags = fflags;
        this.requestedData = data;
        this.udata = udata;
    }

    abstract LinuxKQueue kq();

    abstract long ident();

    abstract int filter();

    int readiness() {
        return readiness;
    }

    void setReadiness(int bits) {
        readiness = (short) bits;
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** Whether epoll serves the knote; else the {@link ReadyQueue} does. */
    boolean isPolled() {
        return ops.interest() != 0 && descriptor.isPolled();
    }

    /** Whether one delivery ends the knote's interest, for good or until EV_ENABLE. */
    boolean once() {
        return has(KEvent.EV_ONESHOT | KEvent.EV_DISPATCH);
    }

    /** EV_CLEAR: what has been reported is forgotten. */
    void resetFired() {
        fired = false;
        firedFflags = 0;
        firedData = 0;
    }
}
