package dev.kqueue.internal.wakeup;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.KQueue;
import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.libc.Errno;

import java.io.IOException;

/**
 * A waker by EVFILT_USER: one system call, no descriptor and nothing to drain.
 *
 * <p>EV_ADD comes first and the trigger apart, and EV_CLEAR stands in the former alone: FreeBSD and NetBSD ignore a
 * trigger that comes with EV_ADD, and all BSDs take EV_CLEAR of a triggering change as "reset" (FreeBSD
 * filt_usertouch()).
 */
public final class UserWakeupEvent implements WakeupEvent {
    /** The ident of the selector's own user event. */
    public static final long IDENT = 0;

    private static final int NOTE_TRIGGER = Abi.HOST.constant("NOTE_TRIGGER");

    private final KQueue kqueue;

    /** Written once, then only read: several threads may hand it to kevent at the same time. */
    private final KEventList trigger = KEventList.allocate(1);

    private UserWakeupEvent(KQueue kqueue) {
        this.kqueue = kqueue;
        trigger.add(IDENT, Filter.USER.value(), 0, NOTE_TRIGGER, 0, UDATA);
    }

    /** Null if the kernel has no more user events to give. */
    static UserWakeupEvent find(KQueue kqueue) throws IOException {
        int flags = KEvent.EV_ADD | KEvent.EV_CLEAR | KEvent.EV_RECEIPT;
        KEventList add = KEventList.allocate(1).add(IDENT, Filter.USER.value(), flags, 0, 0, UDATA);
        KEventList receipt = KEventList.allocate(1);
        kqueue.kevent(add, receipt, 0);
        int errno = (int) receipt.data(0);
        if (errno == Errno.ENOMEM) {
            return null;
        }
        if (errno != 0) {
            throw Errno.exception(errno, "kevent of EVFILT_USER");
        }
        return new UserWakeupEvent(kqueue);
    }

    @Override
    public void wake() throws IOException {
        kqueue.kevent(trigger, null, 0);
    }

    @Override
    public void close() {}
}
