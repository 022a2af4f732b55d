package dev.kqueue.nio;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_ONESHOT;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.internal.libc.Startup;

/**
 * A channel for any kqueue(2) event, of any filter that this system has.
 *
 * {@snippet :
 * KEventKey key = selector.watch(KEvent.proc(pid, EV_CLEAR, NOTE_EXEC, null));
 * }
 *
 * <p>The ident is the caller's. A descriptor must stay open until the selector has let go of the key; a selector takes
 * one channel for each ident and filter. User events are not added in this way, as the program has no means to trigger
 * one in a selector's kqueue: {@link KQueueSelector#addUserEvent()} is for them.
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
     * @param event what to add: its flags are {@link KEvent#EV_CLEAR}, {@link KEvent#EV_ONESHOT} or none; {@link
     *     KEvent#EV_ADD} may be among them, and is meant in any case. Its udata is not used, as a key has an
     *     attachment. Without EV_CLEAR a level is reported by every selection operation
     * @throws IllegalArgumentException if there are other flags, or if it is a user event
     * @throws UnsupportedOperationException if this system does not define the filter
     */
    public static KEventChannel open(KEvent event) {
        Startup.check();
        event.filter().value();
        if ((event.flags() & ~FLAGS) != 0) {
            throw new IllegalArgumentException("flags other than EV_ADD, EV_CLEAR and EV_ONESHOT: " + event);
        }
        if (event.filter() == Filter.USER) {
            throw new IllegalArgumentException(
                    "a user event is added by KQueueSelector.addUserEvent(), and triggered by its key: " + event);
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
