package dev.kqueue.nio;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_DELETE;
import static dev.kqueue.KEvent.EV_DISABLE;
import static dev.kqueue.KEvent.EV_ENABLE;

import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.internal.channel.Pollable;

/**
 * The one knote of an {@link EventKey}, as the selector sees it. Without interest it is disabled, not deleted: the
 * kernel goes on collecting, and reports when it is enabled again.
 */
final class EventKnote implements Pollable {
    /** There is none: not registered, or removed by the kernel with its last event. */
    static final int NONE = 0;

    static final int ENABLED = 1;
    static final int DISABLED = 2;

    /** The kernel has removed it, and it is to be added again: a timer's next expiration. */
    static final int SPENT = 3;

    private final EventChannel channel;

    /** Set once, by the key's own constructor. */
    EventKey key;

    EventKnote(EventChannel channel) {
        this.channel = channel;
    }

    @Override
    public boolean hold() {
        return channel.hold();
    }

    @Override
    public void release() {
        channel.release();
    }

    @Override
    public int descriptor() {
        return channel.descriptor();
    }

    static int wanted(int interestOps) {
        return interestOps != 0 ? ENABLED : DISABLED;
    }

    @Override
    public int knotes(int present, int interestOps) {
        // Added when it is registered, and never again once the kernel has let go of it.
        return present == NONE || !key.isRegistered() ? present : wanted(interestOps);
    }

    @Override
    public void changes(int from, int to, long udata, KEventList changelist) {
        boolean present = from == ENABLED || from == DISABLED;
        if (to == NONE) {
            if (present) {
                add(changelist, key.knote(), EV_DELETE, udata);
            }
        } else if (present) {
            add(changelist, key.knote(), to == ENABLED ? EV_ENABLE : EV_DISABLE, udata);
        } else {
            if (key.replacesKnote()) {
                // Not all kernels restart a timer that is added again (DragonFly BSD, NetBSD 7.99.34).
                add(changelist, key.knote(), EV_DELETE, udata);
            }
            KEvent knote = key.knote();
            add(changelist, knote, EV_ADD | (to == DISABLED ? EV_DISABLE : 0) | knote.flags(), udata);
        }
    }

    /** All fields every time: some systems replace them with every change (FreeBSD kqueue_register()). */
    private static void add(KEventList changelist, KEvent knote, int flags, long udata) {
        changelist.add(knote.ident(), knote.filter().value(), flags, knote.fflags(), knote.data(), udata);
    }

    @Override
    public int readyOps(KEventList events, int index, int interestOps) {
        return interestOps;
    }
}
