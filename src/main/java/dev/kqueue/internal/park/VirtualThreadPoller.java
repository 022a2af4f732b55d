package dev.kqueue.internal.park;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_DELETE;
import static dev.kqueue.KEvent.EV_ONESHOT;
import static dev.kqueue.KEvent.EV_RECEIPT;

import dev.kqueue.Filter;
import dev.kqueue.KEventList;
import dev.kqueue.KQueue;
import dev.kqueue.internal.fd.OpenKQueues;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.thread.Pause;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Unparks virtual threads when their descriptors are ready: one kqueue, and a thread that looks after it.
 *
 * <p>A wait is one knote, added with EV_ONESHOT by the virtual thread itself before it parks: an event removes the
 * knote, so a wait that ends by its event costs one kevent call. A wait that ends otherwise removes its knote before
 * the descriptor is let go of. An event that was fetched before that is dropped: its udata names a {@link
 * ParkedThreads} ticket that is not valid any more.
 *
 * <h2>It goes on</h2>
 *
 * Other threads wait for what a poller fetches, so want of memory or descriptors does not end it: what fails is tried
 * again, after a pause. A poller that has failed {@link #MOST_FAILURES} times in a row, for half a second at least,
 * gives up: its waits end with an exception, its kqueue is closed, and the next wait has another poller opened.
 */
public abstract sealed class VirtualThreadPoller permits MasterPoller, SubPoller {
    private final KQueue kqueue;

    private final ParkedThreads parked = new ParkedThreads();

    /** Lists for the changes of virtual threads, for the thread that takes one out first: waiting threads keep none. */
    private final AtomicReferenceArray<Change> changes = new AtomicReferenceArray<>(CHANGES_KEPT);

    /** A power of two, and more than threads submit at once, mostly. */
    private static final int CHANGES_KEPT = 16;

    /** Calls that may fail in a row before the poller gives up. */
    private static final int MOST_FAILURES = 20;

    /** The pause after a failure, in nanoseconds; it doubles from one to the next, up to {@link #MOST_DOUBLINGS}. */
    private static final long PAUSE = 1_000_000;

    private static final int MOST_DOUBLINGS = 5;

    /** Why the poller's thread has ended; null while it runs. */
    private volatile Throwable failure;

    /** Whether the poller is not needed any more: its thread ends. */
    private volatile boolean retired;

    private record Change(KEventList changelist, KEventList receipt) {}

    VirtualThreadPoller(KQueue kqueue) {
        this.kqueue = kqueue;
        OpenKQueues.opened(kqueue);
    }

    KQueue kqueue() {
        return kqueue;
    }

    /** Starts the thread that looks after this poller's kqueue. */
    Thread start(Thread.Builder builder) {
        Thread thread = builder.inheritInheritableThreadLocals(false).unstarted(this::run);
        // The poller must not retain the context class loader of the thread that happens to wait first.
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        thread.start();
        return thread;
    }

    private void run() {
        Throwable last = null;
        int failures = 0;
        try {
            while (!retired && failures <= MOST_FAILURES) {
                try {
                    last = orphaned();
                    if (last != null) {
                        break;
                    }
                    serve();
                    failures = 0;
                } catch (IOException | RuntimeException | Error thrown) {
                    last = thrown;
                    pause(++failures, thrown);
                }
            }
        } finally {
            if (!retired) {
                // Every wait ends with this as its cause, and the next one opens another poller.
                failure = last != null ? last : new IllegalStateException("the poller's thread has ended");
                parked.close();
                end(last);
            } else {
                closeKQueue();
            }
        }
    }

    /** Ends all waits and closes the kqueue: whatever one of the steps throws, the others are made. */
    private void end(Throwable last) {
        try {
            fireAllSurely();
            failed();
            System.getLogger(VirtualThreadPoller.class.getName())
                    .log(System.Logger.Level.WARNING, "waiting for virtual threads' descriptors failed", last);
        } finally {
            closeKQueue();
        }
    }

    /** A thread that is not unparked now would stay parked without end. */
    private void fireAllSurely() {
        for (int attempt = 1; ; attempt++) {
            try {
                parked.fireAll();
                return;
            } catch (RuntimeException | Error noMemory) {
                // Tried until it succeeds, as in fireSurely.
                pause(attempt, noMemory);
            }
        }
    }

    /** Lets time pass after a failure: for want of memory or descriptors, say, which others may give back. */
    private void pause(int failures, Throwable last) {
        try {
            System.getLogger(VirtualThreadPoller.class.getName())
                    .log(
                            System.Logger.Level.DEBUG,
                            "polling for virtual threads is tried again; failures: " + failures,
                            last);
            Pause.of(this, PAUSE << Math.min(failures, MOST_DOUBLINGS));
        } catch (RuntimeException | Error noMemory) {
            // Neither a message nor a pause: then the next attempt comes at once.
            Thread.onSpinWait();
        }
    }

    private void closeKQueue() {
        try {
            kqueue.close();
        } catch (IOException e) {
            System.getLogger(VirtualThreadPoller.class.getName())
                    .log(System.Logger.Level.WARNING, "a poller's kqueue could not be closed", e);
        } finally {
            OpenKQueues.closed(kqueue);
        }
    }

    /**
     * Polls, and returns now and then. What it throws is not the end: it is called again. So it keeps its state in
     * fields, and each state is one to go on from.
     */
    abstract void serve() throws IOException;

    /** Why another poller's end is this one's as well; null if it is not. */
    Throwable orphaned() {
        return null;
    }

    /** Why the thread has ended; null while it runs. */
    final Throwable failure() {
        return failure;
    }

    /** Called when the thread ends by a failure, before the kqueue is closed. */
    void failed() {}

    /** Ends the thread, and closes the kqueue; called by the master, or if the pollers could not be started. */
    void retire() {
        retired = true;
        closeKQueue();
    }

    final boolean isRetired() {
        return retired;
    }

    /** The threads that wait for this poller's events. */
    final ParkedThreads parked() {
        return parked;
    }

    /** The poller for waits of this poller's kind, now that this one is closed. */
    abstract VirtualThreadPoller successor(int fd) throws IOException;

    /** Throws if the poller's thread has ended. */
    final void ensureRunning() throws IOException {
        if (failure != null) {
            throw new IOException("waiting for virtual threads' descriptors failed", failure);
        }
    }

    final boolean hasFailed() {
        return failure != null;
    }

    /**
     * Fetches events, having waited for some as long as that, and unparks their threads; how many events.
     *
     * <p>An event removes its knote in the kernel, so the thread of each event that has been fetched must be unparked,
     * whatever is thrown: also if kevent threw when it had fetched some.
     */
    final int poll(KEventList events, long timeoutNanos) throws IOException {
        events.clear();
        try {
            kqueue.kevent(null, events, timeoutNanos);
        } finally {
            for (int i = 0; i < events.size(); i++) {
                fireSurely(events.udata(i));
            }
        }
        return events.size();
    }

    private void fireSurely(long udata) {
        for (int attempt = 1; ; attempt++) {
            try {
                fire(udata);
                return;
            } catch (RuntimeException | Error noMemory) {
                // The scheduler of virtual threads had no memory for the thread: there is none for others either, and
                // some of them will end or fail.
                pause(attempt, noMemory);
            }
        }
    }

    /** An event has come. */
    void fire(long udata) {
        parked.fire(udata);
    }

    /**
     * Parks the calling virtual thread until the descriptor is ready, or is not wanted any more, or the time has
     * passed. The caller sees to it that the number stays the descriptor's meanwhile. No two threads wait for the same
     * descriptor and filter at once.
     *
     * <p>An interrupt does not end the wait by itself, but {@code stillWanted} is asked again.
     *
     * @param filter {@link Filter#READ} or {@link Filter#WRITE}; READ of a kqueue's own descriptor waits for its events
     * @param nanos how long to wait at most; {@link Long#MAX_VALUE} without limit
     * @param stillWanted asked before each parking. The thread that makes it false unparks this thread afterwards
     * @throws IOException if the kernel cannot watch such a descriptor, or has no room to
     */
    public final void await(int fd, Filter filter, long nanos, BooleanSupplier stillWanted) throws IOException {
        int errno = tryAwait(fd, filter, nanos, stillWanted);
        if (errno != 0) {
            throw refused(errno, fd);
        }
    }

    /**
     * As {@link #await}, for a descriptor of any kind.
     *
     * @return 0, or the errno with which the kernel refuses to watch it: nothing was waited for then
     */
    final int tryAwait(int fd, Filter filter, long nanos, BooleanSupplier stillWanted) throws IOException {
        ParkedThreads.Slot slot = parked.take(Thread.currentThread());
        if (slot == null) {
            return successor(fd).tryAwait(fd, filter, nanos, stillWanted);
        }
        try {
            int errno = submit(fd, filter, EV_ADD | EV_ONESHOT, slot.ticket());
            if (errno == Errno.EPIPE || (errno == Errno.EBADF && filter == Filter.WRITE)) {
                // A pipe without a reader, on FreeBSD and DragonFly, and on NetBSD: a write will tell the caller.
                return 0;
            }
            if (errno != 0) {
                return errno;
            }
            park(slot, nanos, stillWanted);
            if (!slot.isFired()) {
                errno = submit(fd, filter, EV_DELETE, slot.ticket());
                // ENOENT: the event has just been fetched, and will be dropped.
                if (errno != 0 && errno != Errno.ENOENT) {
                    throw refused(errno, fd);
                }
            }
        } finally {
            parked.giveBack(slot);
        }
        ensureRunning();
        return 0;
    }

    private static IOException refused(int errno, int fd) {
        return Errno.exception(errno, "kevent: waiting for descriptor " + fd);
    }

    private void park(ParkedThreads.Slot slot, long nanos, BooleanSupplier stillWanted) {
        long deadline = System.nanoTime() + nanos;
        boolean interrupted = false;
        while (!slot.isFired() && stillWanted.getAsBoolean() && failure == null) {
            if (nanos == Long.MAX_VALUE) {
                LockSupport.park(this);
            } else {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    break;
                }
                LockSupport.parkNanos(this, left);
            }
            // A thread cannot park while its interrupt status is set: it would spin here.
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Makes one change; its errno, or 0. EV_RECEIPT, so that the call does not fetch an event of another thread. */
    final int submit(int fd, Filter filter, int flags, long udata) throws IOException {
        int place = (int) Thread.currentThread().threadId() & (CHANGES_KEPT - 1);
        Change change = changes.getAndSet(place, null);
        if (change == null) {
            change = new Change(KEventList.allocate(1), KEventList.withoutData(1));
        }
        try {
            change.changelist.clear();
            change.changelist.add(fd, filter.value(), flags | EV_RECEIPT, 0, 0, udata);
            int n = kqueue.kevent(change.changelist, change.receipt, 0);
            return n == 0 ? 0 : (int) change.receipt.data(0);
        } catch (ClosedChannelException closed) {
            // Not the channel of the thread that waits: the poller has failed since.
            ensureRunning();
            throw closed;
        } finally {
            changes.set(place, change);
        }
    }
}
