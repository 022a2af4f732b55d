package dev.kqueue.internal.park;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_ONESHOT;

import dev.kqueue.Filter;
import dev.kqueue.KEventList;
import dev.kqueue.KQueue;
import dev.kqueue.internal.libc.Errno;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/**
 * A poller whose thread is virtual, so that it takes turns with the threads that it unparks: while there is something
 * to do, an event reaches its thread without a switch between threads of the system. When there is nothing, it has the
 * {@link MasterPoller} wait for its kqueue. (Karsten and Barghi, "User-level Threading: Have Your Cake and Eat It Too",
 * 2020; the JDK's own pollers are of that kind.)
 *
 * <h2>Who wakes it</h2>
 *
 * {@link #armed} is set before its kqueue becomes a knote of the master's, and cleared by the master when that knote
 * has fired, and is gone: so it is armed at most once at a time, and while it is armed, the master's kernel event
 * reports every event here. While it is not, it polls, or the master polls for it.
 *
 * <p>Between the two, the thread may lose its carrier: only when it has come back from adding the knote, which {@link
 * #added} says, does the master rely on that.
 *
 * <p>It may park without a look at its kqueue before ({@link Looks}), and loses nothing by that. EV_ADD looks at the
 * kqueue as it is: an event that has come at any time since the last poll, and was not fetched, makes the knote fire at
 * once. One that comes later makes it fire then. The threads that wait add their knotes here by themselves, so whether
 * the thread is parked makes no difference to them; nor do a close or an interrupt, which unpark the thread that waits,
 * and after which that thread removes its own knote.
 */
final class SubPoller extends VirtualThreadPoller {
    private static final int EVENTS = 64;

    private final MasterPoller master;

    /**
     * Its place among the sub-pollers; the complement is its udata in the master's kqueue, negative as no ticket is.
     */
    private final int number;

    private volatile Thread thread;
    private volatile boolean armed;
    private volatile boolean added;

    /** Counts the polls; written by the thread alone. */
    private volatile int polls;

    // -- of the thread
    private KEventList events;
    private final Looks looks = new Looks();

    /** Whether the last poll has unparked threads: their turn comes first. */
    private boolean found;

    /**
     * Whether the last turn has thrown: the master's kqueue had no memory to watch this one, say. Then the next turn
     * polls, and does not park before.
     */
    private boolean failed;

    /** What {@link #polls} was when the master last looked; the master's. */
    private int seen;

    SubPoller(KQueue kqueue, MasterPoller master, int number) {
        super(kqueue);
        this.master = master;
        this.number = number;
    }

    /** Starts the thread. */
    void start() {
        start(Thread.ofVirtual().name("kqueue-nio virtual thread sub-poller " + number));
    }

    @Override
    // Yields to the threads that it has unparked, and counts alone.
    @SuppressWarnings({"ThreadPriorityCheck", "NonAtomicVolatileUpdate"})
    void serve() throws IOException {
        thread = Thread.currentThread();
        if (events == null) {
            events = KEventList.withoutData(EVENTS);
        }
        boolean parks = !failed && !looks.again();
        if (!parks || found) {
            Thread.yield();
        }
        failed = true;
        if (parks) {
            long since = System.nanoTime();
            awaitEvents();
            looks.parked(System.nanoTime() - since);
        }
        if (!isRetired() && orphaned() == null) {
            polls = polls + 1;
            int n = poll(events, 0);
            found = n > 0;
            looks.polled(found, n == EVENTS);
        }
        failed = false;
    }

    /** Parks until the kqueue has events, or the master has taken care of them, or the thread is to end. */
    private void awaitEvents() throws IOException {
        added = false;
        armed = true;
        int errno = master.submit(kqueue().descriptor(), Filter.READ, EV_ADD | EV_ONESHOT, ~number);
        if (errno != 0) {
            throw Errno.exception(errno, "kevent: waiting for a kqueue");
        }
        added = true;
        while (armed && !isRetired() && orphaned() == null) {
            LockSupport.park(this);
        }
    }

    @Override
    Throwable orphaned() {
        return master.failure();
    }

    @Override
    void failed() {
        // The knote of this poller's kqueue there: the number is about to be closed.
        master.kqueue().beforeClose(kqueue().descriptor());
    }

    @Override
    void retire() {
        super.retire();
        wake();
    }

    @Override
    VirtualThreadPoller successor(int fd) throws IOException {
        return VirtualThreadPollers.successorOf(fd);
    }

    /** Ends {@link #awaitEvents}; called by the master. */
    void wake() {
        armed = false;
        LockSupport.unpark(thread);
    }

    /**
     * Polls for the thread if that has not polled since the last call; called by the master.
     *
     * @return false if the thread waits, and the master's kqueue reports the next event
     */
    boolean standIn(KEventList events) throws IOException {
        if (armed && added) {
            return false;
        }
        int now = polls;
        if (now == seen) {
            poll(events, 0);
        }
        seen = now;
        return true;
    }
}
