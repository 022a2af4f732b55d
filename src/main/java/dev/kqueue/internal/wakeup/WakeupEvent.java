package dev.kqueue.internal.wakeup;

import dev.kqueue.Filter;
import dev.kqueue.KQueue;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;

/** Ends a selector's wait from another thread, by an event of the selector's own kqueue. */
public sealed interface WakeupEvent permits UserWakeupEvent, PipeWakeupEvent {
    /** The udata of the selector's own event: no key has it. */
    long UDATA = 0;

    /**
     * The cheaper one, EVFILT_USER, if this kernel has it (NetBSD from 10 on, OpenBSD from 7.8 on) and one to spare
     * (OpenBSD limits timers and user events together).
     */
    static WakeupEvent of(KQueue kqueue) throws IOException {
        WakeupEvent waker = kqueue.supports(Filter.USER) ? UserWakeupEvent.find(kqueue) : null;
        return waker != null ? waker : new PipeWakeupEvent(kqueue);
    }

    /**
     * Makes the wait in progress return; any number of threads at a time.
     *
     * @throws ClosedChannelException if the selector has been closed
     */
    void wake() throws IOException;

    /** Gives up what the kqueue's closing does not. */
    void close() throws IOException;
}
