package dev.kqueue.internal.linux;

import dev.kqueue.Filter;
import dev.kqueue.KEventList;
import dev.kqueue.internal.backend.Counts;
import dev.kqueue.internal.backend.KQueueBackend;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Startup;
import dev.kqueue.internal.thread.BriefLock;
import dev.kqueue.internal.thread.StackReserve;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.nio.channels.ClosedChannelException;

/**
 * kqueue(2) on Linux, over epoll(7) and its relatives; shaped like the kernels' own.
 *
 * <pre>
 *   changelist --> {@link Changes} --> {@link Knote}, {@link FilterOps} --> {@link Registration}: epoll_ctl
 *   epoll_wait --> {@link Scan} --> eventlist        {@link ReadyQueue}: knotes without epoll; {@link PendingSignal}
 * </pre>
 *
 * <p>One lock for each kqueue owns everything here and in the objects behind it. It is never held while a thread waits:
 * a thread gives it up for an epoll_wait that may last, takes it again, and compares what epoll has reported with the
 * state by then (see {@link Registration}). So any number of threads may wait, and changes of others take effect
 * meanwhile.
 *
 * <h2>The lock is always given back</h2>
 *
 * It is a {@link BriefLock}: given back by a write of a field, which nothing that is thrown can prevent. No block
 * contains a loop around epoll_wait: {@link #kevent} leaves the block after each round, so that other threads get in
 * however often it has to look again ({@link Fetch} says why it ends).
 *
 * <h2>What is thrown leaves no damage</h2>
 *
 * OutOfMemoryError may come from any {@code new}, StackOverflowError from any call, in the middle of anything.
 * Therefore:
 *
 * <ul>
 *   <li>{@link Recovery#unfinished} is true while a thread changes something. A thread that takes the lock and finds it
 *       true knows that its predecessor did not come to the end, and repairs before it does anything else ({@link
 *       Recovery}): queues what is active, orders the timers, and has epoll look at every descriptor again. The common
 *       path pays two writes of a field.
 *   <li>Linked structures (the queue, the timers' heap, tables) are changed by methods that allocate first, and that
 *       write the links without a call in between. So they may be out of date, but not broken.
 *   <li>What takes several system calls (files, processes, signals; closing) makes sure first that there is stack left:
 *       {@link StackReserve}, {@link Closing#rehearse}.
 *   <li>A call that throws, or that keeps what was thrown for the next one, may hold what was meant for a thread that
 *       waits: an edge that it has fetched, the pending signal's included. So it wakes one, which repairs: {@link
 *       #handOver}.
 *   <li>An event in the eventlist is never lost: what is thrown after it was added is kept for the next call that
 *       brings no changes. Without memory for a change that change has failed, with ENOMEM, and no other one.
 * </ul>
 *
 * <h2>Errors of our own descriptors</h2>
 *
 * {@link Recovery} has the system calls made again that should not have failed. An error of epoll_wait ends the kevent
 * call that had no event to report; its changes have been applied.
 *
 * <p>The descriptors (epoll, eventfd, timerfd) are closed by the last thread to come back from epoll_wait, so that no
 * number of ours reaches a system call after it has been closed.
 */
public final class LinuxKQueue extends KQueueBackend {
    /** What {@link Fetch#await} has not returned. */
    private static final int NOTHING = Integer.MIN_VALUE;

    private static volatile boolean prepared;

    private final BriefLock lock = new BriefLock();

    // -- All below belongs to the lock, but for open and the number of epoll's descriptor, which may be read without
    // it.

    private final Core core;
    private final Recovery recovery;
    private final Counters counters;
    private final Changes changes;
    private final IdleFetches idle;
    private final Closing closing;

    private final Waiters waiters = new Waiters();

    private volatile boolean open = true;

    /** For tests; others call {@link #open}. */
    LinuxKQueue(Counters counters, Epoll epoll) {
        this.counters = counters;
        core = new Core(this, counters, epoll);
        recovery = core.recovery();
        changes = new Changes(core);
        idle = new IdleFetches(core);
        closing = new Closing(core);
    }

    /** Opens a kqueue: two descriptors, and a third and fourth with the first timer of either clock. */
    public static LinuxKQueue open() throws IOException {
        if (!prepared) {
            // What the first registration needs, which may come at a moment without memory.
            Startup.initialize(MethodHandles.lookup(), Registration.class, DescriptorRegistration.class, Nesting.class);
            prepared = true;
        }
        Counters counters = new Counters();
        // All objects first: without memory no descriptor is left open.
        LinuxKQueue kq = new LinuxKQueue(counters, new Epoll(counters));
        kq.core.openDescriptors();
        return kq;
    }

    // -- kevent.

    @Override
    public int kevent(KEventList changelist, KEventList events, long timeoutNanos) throws IOException {
        if (changelist != null && changelist == events) {
            throw new IllegalArgumentException("one list as changelist and as eventlist");
        }
        boolean complete = false;
        try {
            int count = call(changelist, events, timeoutNanos);
            complete = true;
            return count;
        } finally {
            if (!complete) {
                handOver();
            }
        }
    }

    private int call(KEventList changelist, KEventList events, long timeoutNanos) throws IOException {
        Fetch fetch = null;
        boolean over = true;
        int round = Waiters.NONE;
        boolean outermost = lock.enter();
        try {
            enterOpen();
            counters.calls++;
            if (events == null) {
                apply(changelist);
            } else {
                int nchanges = changelist == null ? 0 : changelist.size();
                if (nchanges == 0) {
                    recovery.throwDeferred();
                }
                events.clear();
                events.ensureCapacity(nchanges);
                // Before a change is made: without memory nothing has been done.
                fetch = idle.take(events.capacity());
                over = begin(fetch, changelist, events, timeoutNanos);
                round = over ? Waiters.NONE : enterWait(fetch, events);
            }
        } finally {
            if (outermost) {
                lock.owner = null;
            }
        }
        // A waiter that is counted is counted out in any case: outside of a try only enter() is called, which has been
        // rehearsed.
        while (!over) {
            int n = NOTHING;
            try {
                n = round != Waiters.NONE ? fetch.await() : 0;
            } finally {
                if (n == NOTHING) {
                    outermost = lock.enter();
                    try {
                        waiters.count--;
                        waiters.limited -= round == waiters.round ? 1 : 0;
                        recovery.unfinished = true;
                    } finally {
                        if (outermost) {
                            lock.owner = null;
                        }
                    }
                }
            }
            outermost = lock.enter();
            try {
                // First of all, and without a call: whatever is thrown from here on, epoll's events have been fetched.
                boolean broken = recovery.unfinished;
                recovery.unfinished = true;
                waiters.count -= round != Waiters.NONE ? 1 : 0;
                waiters.limited -= round == waiters.round ? 1 : 0;
                over = proceed(fetch, events, n, broken);
                round = over ? Waiters.NONE : enterWait(fetch, events);
            } finally {
                if (outermost) {
                    lock.owner = null;
                }
            }
        }
        return events == null ? 0 : events.size();
    }

    /** Changes of a caller that has no room for events. */
    private void apply(KEventList changelist) throws IOException {
        try {
            if (changelist != null && changelist.size() > 0) {
                changes.apply(changelist, null);
            }
        } catch (IOException failure) {
            leave(false);
            throw failure;
        }
        int error = leave(false);
        if (error != 0 && waiters.count > 0) {
            throw Errno.exception(error, "the changes are made, but a waiting thread could not be woken");
        }
    }

    /** The changes, and the first round. Whether the call is over. */
    private boolean begin(Fetch fetch, KEventList changelist, KEventList events, long timeoutNanos) throws IOException {
        if (changelist != null && changelist.size() > 0) {
            changes.apply(changelist, events);
        }
        boolean over = events.size() > 0;
        if (!over) {
            catchUp();
            try {
                over = fetch.begin(events, timeoutNanos, core.nextPass());
            } catch (IOException failure) {
                leave(false);
                throw failure;
            } catch (RuntimeException | Error thrown) {
                recovery.defer(thrown, events);
                over = true;
            }
        }
        end(fetch, over);
        return over;
    }

    /** Takes what has happened by now into the knotes, so that the events which are about to be made have it. */
    private void catchUp() {
        if (!core.queue().isEmpty()) {
            // Also, files that are gone take their knotes along, before another file is taken for one of them.
            core.readQueues();
        }
    }

    /** A further round. Whether the call is over. */
    private boolean proceed(Fetch fetch, KEventList events, int n, boolean broken) throws IOException {
        if (!resume(broken)) {
            throw new ClosedChannelException();
        }
        boolean over;
        try {
            over = fetch.next(events, n);
        } catch (IOException failure) {
            leave(false);
            throw failure;
        } catch (RuntimeException | Error thrown) {
            recovery.defer(thrown, events);
            over = true;
        }
        end(fetch, over);
        return over;
    }

    private void end(Fetch fetch, boolean over) {
        leave(!over);
        if (over) {
            idle.giveBack(fetch);
        }
    }

    /**
     * A call has thrown. If it has left something undone, a thread that waits is to see to it; if the kqueue was closed
     * and this was the last thread to wait, its descriptors are to be closed.
     */
    private void handOver() {
        boolean outermost = lock.enter();
        try {
            if (!open) {
                closeDescriptors();
            } else if (recovery.unfinished && waiters.count > 0) {
                core.pendingSignal().alarm();
            }
        } finally {
            if (outermost) {
                lock.owner = null;
            }
        }
    }

    /** Counts the calling thread among those that wait, and returns its round; or {@link Waiters#NONE}. */
    private int enterWait(Fetch fetch, KEventList events) {
        long limit = recovery.limit();
        if (!fetch.prepare(events, limit)) {
            return Waiters.NONE;
        }
        lock.rehearse();
        counters.waits++;
        return waiters.enter(limit);
    }

    // -- The lock: everything between enter (or resume) and leave.

    /** Begins a change: false if the kqueue is closed. */
    private boolean enter() {
        boolean broken = recovery.unfinished;
        recovery.unfinished = true;
        return resume(broken);
    }

    private void enterOpen() throws ClosedChannelException {
        if (!enter()) {
            throw new ClosedChannelException();
        }
    }

    private boolean resume(boolean broken) {
        if (open) {
            recovery.begin(broken);
        } else {
            closeDescriptors();
        }
        return open;
    }

    /**
     * Ends a change: what has changed reaches the timerfds and the pending signal. Returns 0, or the errno with which
     * the pending signal failed.
     *
     * @param goesOn whether the calling thread will look again, after a wait that has a limit if there is something to
     *     try again. Then no other thread is woken for that: the caller could be back in epoll_wait before it, take the
     *     pending signal's edge itself, and ring once more
     */
    private int leave(boolean goesOn) {
        core.armTimers();
        int error = core.pendingSignal().settle(!core.queue().isEmpty(), waiters.count > 0);
        recovery.retryAfter(error);
        boolean repair = recovery.end();
        // A thread that is back in time makes the call again: no other one needs to be woken for that.
        boolean unattended = recovery.isRetrying() && !goesOn && !waiters.isOneBackWithin(recovery.limit());
        if (waiters.count > 0 && (repair || unattended)) {
            recovery.retryAfter(core.pendingSignal().alarm());
        }
        return error;
    }

    Core core() {
        return core;
    }

    /** How many events are pending; for the kqueue that watches this one. */
    int pending() {
        boolean outermost = lock.enter();
        try {
            if (!enter()) {
                return 0;
            }
            int count = 0;
            try {
                count = core.scan().pending();
            } catch (RuntimeException | Error thrown) {
                handOver();
                throw thrown;
            }
            leave(false);
            return count;
        } finally {
            if (outermost) {
                lock.owner = null;
            }
        }
    }

    /** A signal has come, to be counted by the knote: called without the lock. */
    void signalled(Knote kn) {
        boolean outermost = lock.enter();
        try {
            // The knote may have been detached since the handler has seen it.
            if (enter()) {
                if (kn.hook() != null) {
                    count(kn);
                }
                leave(false);
            }
        } finally {
            if (outermost) {
                lock.owner = null;
            }
        }
    }

    private void count(Knote kn) {
        try {
            kn.addFired(0, 1);
            core.activate(kn);
        } catch (RuntimeException | Error thrown) {
            // It may be counted and not queued.
            handOver();
            throw thrown;
        }
    }

    // -- Public.

    @Override
    public void beforeClose(int descriptor, boolean shared) {
        boolean outermost = lock.enter();
        try {
            if (enter()) {
                DescriptorRegistration known = core.descriptors().find(descriptor);
                if (known != null) {
                    if (shared) {
                        known.takeOut();
                    }
                    core.forget(known);
                }
                leave(false);
            }
        } finally {
            if (outermost) {
                lock.owner = null;
            }
        }
    }

    @Override
    public String reason(Filter filter, long ident, int errno) {
        String reason = core.reasons().of(filter, ident, errno);
        String name = super.reason(filter, ident, errno);
        return reason == null ? name : name + ": " + reason;
    }

    @Override
    public boolean supports(Filter filter) {
        return Filters.has(filter);
    }

    @Override
    public int descriptor() {
        boolean outermost = lock.enter();
        try {
            if (enter()) {
                int error = core.pendingSignal().watch();
                leave(false);
                if (error != 0) {
                    throw new UncheckedIOException(Errno.exception(error, "epoll_ctl"));
                }
                closing.nest();
            }
            return core.epoll().fd();
        } finally {
            if (outermost) {
                lock.owner = null;
            }
        }
    }

    @Override
    public Counts counts() {
        boolean outermost = lock.enter();
        try {
            return counters.snapshot();
        } finally {
            if (outermost) {
                lock.owner = null;
            }
        }
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        boolean outermost = lock.enter();
        try {
            if (open) {
                closing.rehearse();
                open = false;
            }
            closeDescriptors();
        } finally {
            if (outermost) {
                lock.owner = null;
            }
        }
    }

    /** The kqueue is closed: wakes the threads that wait, or, if none does, closes the descriptors. */
    private void closeDescriptors() {
        if (waiters.count > 0) {
            core.pendingSignal().ringForAll();
        } else {
            closing.closeDescriptors();
        }
    }

    @Override
    public String toString() {
        return "kqueue over epoll(7)";
    }
}
