package dev.kqueue.internal.wakeup;

import dev.kqueue.nio.KQueueSelector;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether a wakeup is pending, and whether a thread waits for it: the part of {@link KQueueSelector#wakeup} that costs
 * no system call.
 *
 * <pre>
 *            beginWait                 wakeup: true, send an event
 *   IDLE ---------------> WAITING ---------------------------+
 *    |  ^                    | endWait: false                 v
 *    |  +--------------------+                            NOTIFIED
 *    |  +-------------------- endWait: true -----------------+ ^
 *    +----------------------- wakeup: false -------------------+
 * </pre>
 *
 * <p><b>No wakeup is lost.</b> A wakeup before beginWait makes beginWait fail: the selector polls and does not wait. A
 * wakeup after it sees WAITING and sends an event, which ends the wait, or, if the wait has just ended for another
 * reason, is seen by endWait.
 *
 * <p><b>None counts twice.</b> In the last case the event is still to come, and meets a later wait that no wakeup is
 * due for. That wait sees by endWait's false that the event is an old one, and goes on waiting.
 *
 * <p><b>At most one event for each wait</b>: only the transition WAITING to NOTIFIED sends one.
 */
public final class WakeupState {
    private static final int IDLE = 0;
    private static final int WAITING = 1;
    private static final int NOTIFIED = 2;

    private final AtomicInteger state = new AtomicInteger(IDLE);

    /**
     * Asks for a wakeup. True if a thread waits, or is about to: the caller must then send the event that ends the
     * wait.
     */
    public boolean wakeup() {
        // A read first: many calls for one wait stay on a shared cache line.
        return state.get() != NOTIFIED && state.getAndSet(NOTIFIED) == WAITING;
    }

    /** Whether a wakeup is pending: {@link #beginWait} would fail. */
    public boolean isOwed() {
        return state.get() == NOTIFIED;
    }

    /**
     * To be called before waiting. False if a wakeup is pending already: do not wait then, but call {@link #endWait}
     * all the same.
     */
    public boolean beginWait() {
        return state.compareAndSet(IDLE, WAITING);
    }

    /**
     * To be called after waiting, and by an operation that does not wait: takes the pending wakeup. True if one was.
     */
    public boolean endWait() {
        return state.get() != IDLE && state.getAndSet(IDLE) == NOTIFIED;
    }
}
