package dev.kqueue.internal.park;

import dev.kqueue.KEventList;
import dev.kqueue.KQueue;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The poller with a platform thread, which waits in its kqueue: for the {@link SubPoller}s that have nothing to do, and
 * for virtual threads that select.
 *
 * <h2>No wait is forgotten</h2>
 *
 * A sub-poller is a virtual thread and needs a carrier. When all carriers are taken, by threads that compute or that
 * are pinned while they wait for this very poller's events, it does not run. So the master looks after those that are
 * awake, as they are until they wait here for the first time: the master polls the kqueue of one that has not polled
 * for {@link #PATIENCE}, as often as needed.
 *
 * <h2>Nothing is kept</h2>
 *
 * A thread of this class keeps the class loader, and all that its classes hold. So when all sub-pollers wait here, and
 * no virtual thread has waited for a while, the master retires all pollers, itself included.
 */
final class MasterPoller extends VirtualThreadPoller {
    /** Events that one kevent call brings at most; with more ready, the rest comes with the next. */
    private static final int EVENTS = 256;

    /** Long enough for a busy scheduler to come round, short enough for people. */
    private static final long PATIENCE = 20_000_000;

    /** After one to two of these without any wait the pollers end; to open them again takes less than a millisecond. */
    private static final long IDLE = 2_000_000_000;

    /** All pollers of this process, which end together. */
    interface PollerGroup {
        /** Ends the pollers if they are idle. */
        void retireIfIdle();
    }

    private final PollerGroup group;
    private AtomicReferenceArray<SubPoller> subPollers = new AtomicReferenceArray<>(0);

    // -- of the thread
    private KEventList events;
    private KEventList others;
    private boolean anyAwake = true;

    /** Whether a sub-poller has been woken since this was last looked at. */
    private boolean woken;

    private long looked = System.nanoTime();

    MasterPoller(KQueue kqueue, PollerGroup group) {
        super(kqueue);
        this.group = group;
    }

    /**
     * Starts the thread.
     *
     * @param subPollers those that wait here, each with its place in the array as its number
     */
    Thread start(AtomicReferenceArray<SubPoller> subPollers) {
        this.subPollers = subPollers;
        return start(Thread.ofPlatform().name("kqueue-nio virtual thread poller").daemon());
    }

    @Override
    void serve() throws IOException {
        if (events == null) {
            events = KEventList.withoutData(EVENTS);
        }
        if (others == null) {
            others = KEventList.withoutData(EVENTS);
        }
        poll(events, anyAwake ? PATIENCE : IDLE);
        long now = System.nanoTime();
        if (woken) {
            woken = false;
            if (!anyAwake) {
                anyAwake = true;
                looked = now;
            }
        }
        if (now - looked >= (anyAwake ? PATIENCE : IDLE)) {
            // Also of those that wait, now and then: one that has failed may have been replaced.
            boolean idle = !anyAwake;
            standIn();
            looked = System.nanoTime();
            if (idle && !anyAwake) {
                group.retireIfIdle();
            }
        }
    }

    private void standIn() throws IOException {
        boolean awake = false;
        for (int i = 0; i < subPollers.length(); i++) {
            SubPoller subPoller = subPollers.get(i);
            try {
                awake |= subPoller.standIn(others);
            } catch (IOException | RuntimeException | Error failure) {
                // A sub-poller that has failed will be replaced; any other is looked at again. A failure that lasts is
                // met by its own thread, too, which logs it when it gives up.
                awake |= !subPoller.hasFailed();
            }
        }
        anyAwake = awake;
    }

    @Override
    void fire(long udata) {
        if (udata >= 0) {
            super.fire(udata);
            return;
        }
        int number = (int) ~udata;
        boolean fetches = number >= SubPoller.BY_MASTER;
        SubPoller subPoller = subPollers.get(fetches ? number - SubPoller.BY_MASTER : number);
        try {
            if (fetches && !subPoller.fetch(others)) {
                return;
            }
        } catch (IOException failure) {
            // The sub-poller's own poll will show it: it is the one to try again, or to end.
        }
        woken = true;
        subPoller.wake();
    }

    @Override
    void failed() {
        for (int i = 0; i < subPollers.length(); i++) {
            subPollers.get(i).wake();
        }
    }

    @Override
    VirtualThreadPoller successor(int fd) throws IOException {
        return VirtualThreadPollers.successorOfKQueues();
    }
}
