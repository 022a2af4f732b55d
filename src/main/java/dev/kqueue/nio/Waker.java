package dev.kqueue.nio;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.KQueue;
import dev.kqueue.internal.abi.Abi;

import java.io.IOException;

/**
 * Ends a selector's wait from another thread, by an EVFILT_USER event of the selector's own kqueue: one system call, no
 * descriptor and nothing to drain.
 *
 * <p>EV_ADD comes first and the trigger apart, and EV_CLEAR stands in the former alone: FreeBSD and NetBSD ignore a
 * trigger that comes with EV_ADD, and all BSDs take EV_CLEAR of a triggering change as "reset" (FreeBSD
 * filt_usertouch()).
 */
final class Waker {
    /** The ident of the selector's own user event. */
    static final long IDENT = 0;

    /** The udata of the selector's own event: no key has it. */
    static final long UDATA = 0;

    private static final int NOTE_TRIGGER = Abi.HOST.constant("NOTE_TRIGGER");

    private final KQueue kqueue;

    /** Written once, then only read: several threads may hand it to kevent at the same time. */
    private final KEventList trigger = KEventList.allocate(1);

    Waker(KQueue kqueue) throws IOException {
        this.kqueue = kqueue;
        int user = Filter.USER.value();
        KEventList add = KEventList.allocate(1).add(IDENT, user, KEvent.EV_ADD | KEvent.EV_CLEAR, 0, 0, UDATA);
        kqueue.kevent(add, null, 0);
        trigger.add(IDENT, user, 0, NOTE_TRIGGER, 0, UDATA);
    }

    /** Makes the wait in progress return. */
    void wake() throws IOException {
        kqueue.kevent(trigger, null, 0);
    }
}
