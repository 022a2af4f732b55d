package dev.kqueue.nio;

import dev.kqueue.KEventList;
import dev.kqueue.KQueue;

import java.io.IOException;

/**
 * The poller with a platform thread, which waits in its kqueue: for the {@link SubPoller}s that have nothing to do, and
 * for virtual threads that select.
 *
 * <h2>No wait is forgotten</h2>
 *
 * A sub-poller is a virtual thread and needs a carrier. When all carriers are taken, by threads that compute or that
 * are pinned while they wait for this very poller's events, it does not run. So the master looks after those that it
 * has woken: one that has not polled for {@link #PATIENCE} is polled in its stead, as often as it takes.
 */
final class MasterPoller extends VirtualThreadPoller {
    /** Events that one kevent call brings at most; with more ready, the rest comes with the next. */
    private static final int EVENTS = 256;

    /** Long enough for a busy scheduler to come round, short enough for people. */
    private static final long PATIENCE = 20_000_000;

    private SubPoller[] subPollers = new SubPoller[0];

    MasterPoller(KQueue kqueue) {
        super(kqueue);
    }

    /**
     * Starts the thread.
     *
     * @param subPollers those that wait here, each with its place in the array as its number
     */
    Thread start(SubPoller... subPollers) {
        this.subPollers = subPollers;
        return start(Thread.ofPlatform().name("kqueue-nio virtual thread poller").daemon());
    }

    @Override
    void serve() throws IOException {
        KEventList events = KEventList.withoutData(EVENTS);
        KEventList others = KEventList.withoutData(EVENTS);
        boolean anyAwake = false;
        long looked = System.nanoTime();
        while (true) {
            int n = poll(events, anyAwake ? PATIENCE : KQueue.FOREVER);
            if (n > 0 && !anyAwake) {
                anyAwake = true;
                looked = System.nanoTime();
            } else if (anyAwake && System.nanoTime() - looked >= PATIENCE) {
                anyAwake = false;
                for (SubPoller subPoller : subPollers) {
                    anyAwake |= subPoller.standIn(others);
                }
                looked = System.nanoTime();
            }
        }
    }

    @Override
    void fire(long udata) {
        if (udata < 0) {
            subPollers[(int) ~udata].wake();
        } else {
            super.fire(udata);
        }
    }

    @Override
    void failed() {
        for (SubPoller subPoller : subPollers) {
            subPoller.wake();
        }
    }
}
