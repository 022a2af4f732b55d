package dev.kqueue.nio;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_ONESHOT;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.internal.libc.Startup;
import dev.kqueue.internal.wakeup.UserWakeupEvent;

/**
 * A channel for any kqueue(2) event, of any filter that this system has.
 *
 * {@snippet :
 * KEvent exec = new KEvent(pid, Filter.PROC, EV_ADD | EV_CLEAR, NOTE_EXEC, 0);
 * KEventKey key = selector.watch(exec);
 * }
 *
 * <p>The ident is the caller's. A descriptor must stay open until the selector has let go of the key; a selector takes
 * one channel for each ident and filter, and {@code EVFILT_USER} 0 is its own.
 */
public final class KEventChannel extends EventChannel {
    private static final int FLAGS = EV_ADD | EV_CLEAR | EV_ONESHOT;

    private final KEvent event;

    private KEventChannel(KEvent event) {
        this.event = event;
    }

    /**
     * Makes a channel of an event.
     *
     * @param event what to add: its flags are {@link KEvent#EV_ADD}, and perhaps {@link KEvent#EV_CLEAR} or {@link
     *     KEvent#EV_ONESHOT}; its udata is not used, as a key has an attachment. Without EV_CLEAR a level is reported
     *     by every selection operation
     * @throws IllegalArgumentException if there are other flags, or if it is the selector's own event
     * @throws UnsupportedOperationException if this system does not define the filter
     */
    public static KEventChannel open(KEvent event) {
        Startup.check();
        event.filter().value();
        if ((event.flags() & EV_ADD) == 0 || (event.flags() & ~FLAGS) != 0) {
            throw new IllegalArgumentException(
                    "flags must be EV_ADD, with EV_CLEAR or EV_ONESHOT or neither: " + event);
        }
        if (event.filter() == Filter.USER && event.ident() == UserWakeupEvent.IDENT) {
            throw new IllegalArgumentException("this user event is the selector's own: " + event);
        }
        return new KEventChannel(event.withUdata(null));
    }

    /** The event, as it was given, without udata. */
    public KEvent event() {
        return event;
    }

    @Override
    public String toString() {
        return event.filter().cName() + " " + Long.toUnsignedString(event.ident());
    }

    @Override
    KEventKey newKey(KQueueSelector selector) {
        return new KEventKey(selector, this);
    }

    @Override
    KEvent knote(int attempt) {
        return event.withFlags(event.flags() & ~EV_ADD);
    }

    @Override
    boolean isUnique() {
        return false;
    }
}
