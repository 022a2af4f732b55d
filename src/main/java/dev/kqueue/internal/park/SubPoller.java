package dev.kqueue.internal.park;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_DELETE;
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
 * <p>If its looks are in vain ({@link Looks}), the knote is one that stays, and each of its events has the master
 * {@link #fetch} events here and unpark their threads, while this thread stays parked. The master unparks it now and
 * then; it then removes the knote before it polls ({@link #takeOver}). In between both may poll: an event of the kqueue
 * is given to one of them, and the one that fetches it unparks its thread.
 *
 * <p>Between setting {@link #armed} and adding the knote, the thread may lose its carrier: only when it has come back
 * from adding the knote, which {@link #added} says, does the master rely on that.
 *
 * <p>It may park without a look at its kqueue before ({@link Looks}), and loses nothing by that. EV_ADD looks at the
 * kqueue as it is: an event that has come at any time since the last poll, and was not fetched, makes the knote fire at
 * once. One that comes later makes it fire then. The threads that wait add their knotes here by themselves, so whether
 * the thread is parked makes no difference to them; nor do a close or an interrupt, which unpark the thread that waits,
 * and after which that thread removes its own knote.
 */
final class SubPoller extends VirtualThreadPoller {
    private static final int EVENTS = 64;

    /** Added to a sub-poller's number, if the master is to fetch the events. */
    static final int BY_MASTER = 1 << 16;

    private final MasterPoller master;

    /**
     * Its place among the sub-pollers; the complement is its udata in the master's kqueue, negative as no ticket is.
     */
    private final int number;

    /** The descriptor of its kqueue; -1 before the first wait, since asking for it has a price. */
    private int descriptor = -1;

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

    /** Whether the master has a knote of this one's kqueue that stays, to fetch the events. */
    private boolean byMaster;

    /** What {@link #polls} was when the master last looked; the master's. */
    private int seen;

    /** How often the master has fetched events; written by the master alone. */
    private volatile int fetches;

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
            awaitEvents();
        }
        if (!isRetired() && orphaned() == null) {
            if (byMaster) {
                takeOver();
            }
            polls = polls + 1;
            int n = poll(events, 0);
            found = n > 0;
            looks.polled(found, n == EVENTS);
        }
        failed = false;
    }

    /** Parks until the kqueue has events, or the master has taken care of them, or the thread is to end. */
    private void awaitEvents() throws IOException {
        byMaster = looks.areForTheMaster(parked().count());
        int fetched = fetches;
        long since = System.nanoTime();
        added = false;
        armed = true;
        int errno = byMaster ? changeKnote(EV_ADD, ~(number | BY_MASTER)) : changeKnote(EV_ADD | EV_ONESHOT, ~number);
        if (errno != 0) {
            throw Errno.exception(errno, "kevent: waiting for a kqueue");
        }
        added = true;
        while (armed && !isRetired() && orphaned() == null) {
            LockSupport.park(this);
        }
        looks.parked((System.nanoTime() - since) / Math.max(1, fetches - fetched));
    }

    /** Removes the knote by which the master fetches events. Until then both fetch them, which does no harm. */
    private void takeOver() throws IOException {
        int errno = changeKnote(EV_DELETE, ~(number | BY_MASTER));
        if (errno != 0 && errno != Errno.ENOENT) {
            throw Errno.exception(errno, "kevent: waiting for a kqueue no more");
        }
        byMaster = false;
        looks.tryAgain();
    }

    /** 0 or an errno. */
    private int changeKnote(int flags, int udata) throws IOException {
        if (descriptor < 0) {
            descriptor = kqueue().descriptor();
        }
        return master.submit(descriptor, Filter.READ, flags, udata);
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
     * Fetches events while the thread is parked; called by the master.
     *
     * @return whether it is time for the thread to look by itself
     */
    boolean fetch(KEventList events) throws IOException {
        poll(events, 0);
        int count = fetches + 1;
        fetches = count;
        return count % Looks.TRIAL == 0;
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
