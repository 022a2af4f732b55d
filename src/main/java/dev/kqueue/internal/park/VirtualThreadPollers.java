package dev.kqueue.internal.park;

import dev.kqueue.KQueue;
import dev.kqueue.internal.thread.BriefLock;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The pollers of this JVM: one master, and about as many sub-pollers as carriers, among which the descriptors are
 * divided by their numbers. Opened when a virtual thread first waits, and retired when none has waited for a while. A
 * sub-poller that has failed is replaced by the next wait that is its, and all of them if the master has failed.
 *
 * <h2>No thread waits with a retired poller</h2>
 *
 * A wait takes a slot of its poller's {@link ParkedThreads}. Retiring closes those of all pollers, under {@link #LOCK},
 * and succeeds only if no slot of any is taken; else they are opened again. A thread that finds its poller closed asks
 * for another one under the same lock, and so after that has been decided.
 */
public final class VirtualThreadPollers implements MasterPoller.PollerGroup {
    /** More share no lock less: each wait holds its poller's for a microsecond. */
    private static final int MOST = 16;

    /**
     * Held while pollers are opened, replaced or closed. Not a monitor: a virtual thread that has waited for one is
     * resumed by a thread of the JVM which an OutOfMemoryError ends. To open pollers takes longer than other sections
     * of such a lock; a thread that meets that sleeps meanwhile.
     */
    private static final BriefLock LOCK = new BriefLock();

    private static volatile VirtualThreadPollers shared;

    private final MasterPoller master;

    /** A power of two. */
    private final AtomicReferenceArray<SubPoller> subPollers;

    /** How often threads had waited with each poller when {@link #retireIfIdle} looked last; the master's. */
    private final long[] seen;

    private VirtualThreadPollers() throws IOException {
        int count = Math.min(Integer.highestOneBit(Runtime.getRuntime().availableProcessors()), MOST);
        subPollers = new AtomicReferenceArray<>(count);
        seen = new long[count + 1];
        master = new MasterPoller(KQueue.open(), this);
        boolean started = false;
        try {
            for (int i = 0; i < count; i++) {
                subPollers.set(i, new SubPoller(KQueue.open(), master, i));
            }
            master.start(subPollers);
            for (int i = 0; i < count; i++) {
                subPollers.get(i).start();
            }
            started = true;
        } finally {
            if (!started) {
                retire();
            }
        }
    }

    /** The poller for waits for the descriptor of a channel. */
    static VirtualThreadPoller of(int descriptor) throws IOException {
        VirtualThreadPollers pollers = shared;
        if (pollers != null) {
            SubPoller poller = pollers.subPoller(descriptor);
            if (!poller.hasFailed()) {
                return poller;
            }
        }
        return successorOf(descriptor);
    }

    /** The poller for waits for a kqueue: the master, as there is none of its depth below. */
    public static VirtualThreadPoller ofKQueues() throws IOException {
        VirtualThreadPollers pollers = shared;
        return pollers != null && !pollers.master.hasFailed() ? pollers.master : successorOfKQueues();
    }

    /** {@link #of}, for a caller whose poller has failed, or may be about to be retired. */
    static SubPoller successorOf(int descriptor) throws IOException {
        boolean outermost = LOCK.enter();
        try {
            VirtualThreadPollers pollers = open();
            SubPoller poller = pollers.subPoller(descriptor);
            return poller.hasFailed() ? pollers.replace(descriptor) : poller;
        } finally {
            if (outermost) {
                LOCK.owner = null;
            }
        }
    }

    /** {@link #ofKQueues}, for a caller whose poller has failed, or may be about to be retired. */
    static MasterPoller successorOfKQueues() throws IOException {
        boolean outermost = LOCK.enter();
        try {
            return open().master;
        } finally {
            if (outermost) {
                LOCK.owner = null;
            }
        }
    }

    /** Under the lock. */
    private static VirtualThreadPollers open() throws IOException {
        // Sub-pollers end with the master by themselves, and close what is theirs.
        if (shared == null || shared.master.hasFailed()) {
            shared = new VirtualThreadPollers();
        }
        return shared;
    }

    private int place(int descriptor) {
        return descriptor & (subPollers.length() - 1);
    }

    private SubPoller subPoller(int descriptor) {
        return subPollers.get(place(descriptor));
    }

    private SubPoller replace(int descriptor) throws IOException {
        int place = place(descriptor);
        SubPoller poller = new SubPoller(KQueue.open(), master, place);
        boolean started = false;
        try {
            poller.start();
            started = true;
        } finally {
            if (!started) {
                poller.retire();
            }
        }
        subPollers.set(place, poller);
        return poller;
    }

    @Override
    public void retireIfIdle() {
        if (closeIfIdle()) {
            retire();
        }
    }

    private boolean closeIfIdle() {
        boolean outermost = LOCK.enter();
        try {
            boolean idle = master.parked().closeIfUnused(seen[seen.length - 1]);
            for (int i = 0; i < subPollers.length(); i++) {
                idle &= subPollers.get(i).parked().closeIfUnused(seen[i]);
            }
            if (idle) {
                if (shared == this) {
                    shared = null;
                }
                return true;
            }
            seen[seen.length - 1] = reopen(master);
            for (int i = 0; i < subPollers.length(); i++) {
                seen[i] = reopen(subPollers.get(i));
            }
            return false;
        } finally {
            if (outermost) {
                LOCK.owner = null;
            }
        }
    }

    private static long reopen(VirtualThreadPoller poller) {
        if (!poller.hasFailed()) {
            poller.parked().reopen();
        }
        return poller.parked().uses();
    }

    private void retire() {
        for (int i = 0; i < subPollers.length(); i++) {
            SubPoller poller = subPollers.get(i);
            if (poller != null) {
                poller.retire();
            }
        }
        master.retire();
    }
}
