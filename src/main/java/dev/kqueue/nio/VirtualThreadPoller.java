package dev.kqueue.nio;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_DELETE;
import static dev.kqueue.KEvent.EV_ONESHOT;
import static dev.kqueue.KEvent.EV_RECEIPT;

import dev.kqueue.Filter;
import dev.kqueue.KEventList;
import dev.kqueue.KQueue;
import dev.kqueue.internal.libc.Errno;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Unparks virtual threads when their descriptors are ready: one kqueue, and one daemon thread that waits in it for all
 * of them.
 *
 * <p>A wait is one knote, added with EV_ONESHOT by the virtual thread itself before it parks: an event removes the
 * knote, so a wait that ends well costs one kevent call. A wait that ends otherwise removes its knote before the
 * descriptor is let go of. An event that was fetched before that is dropped: its udata names a {@link ParkedThreads}
 * ticket that is not valid any more.
 *
 * <p>One thread serves all waits. For each event it reads one array element and unparks a thread; the system calls of
 * the events' consequences are made by the unparked threads on their own carriers. A second poller would need a rule
 * for dividing descriptors, and would halve how many events one kevent call brings.
 */
final class VirtualThreadPoller {
    private static final System.Logger LOG = System.getLogger(VirtualThreadPoller.class.getName());

    /** Events that one kevent call brings at most; with more ready, the rest comes with the next. */
    private static final int EVENTS = 256;

    private static VirtualThreadPoller shared;

    private final KQueue kqueue;
    private final ParkedThreads parked = new ParkedThreads();

    /** More than there are carriers on most machines: so many threads may be submitting at once. */
    private static final int CHANGES_KEPT = 64;

    /** Lists for the changes of virtual threads, under its own monitor: those that wait have none. */
    private final ArrayDeque<Change> changes = new ArrayDeque<>();

    /** Why the poller's thread has ended; null while it runs. */
    private volatile Throwable failure;

    private record Change(KEventList changelist, KEventList receipt) {}

    VirtualThreadPoller(KQueue kqueue) {
        this.kqueue = kqueue;
    }

    /** The one of this JVM, opened when first needed, and anew after a failure. */
    static synchronized VirtualThreadPoller shared() throws IOException {
        if (shared == null || shared.failure != null) {
            VirtualThreadPoller poller = new VirtualThreadPoller(KQueue.open());
            poller.start();
            shared = poller;
        }
        return shared;
    }

    /** Starts the thread that serves this poller's waits. */
    Thread start() {
        Thread thread =
                Thread.ofPlatform()
                        .name("kqueue-nio virtual thread poller")
                        .daemon()
                        .inheritInheritableThreadLocals(false)
                        .unstarted(this::serve);
        // Whichever program's thread happens to wait first, its class loader is not to be kept for ever.
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        thread.start();
        return thread;
    }

    private void serve() {
        KEventList events = KEventList.withoutData(EVENTS);
        try {
            while (true) {
                int n = kqueue.kevent(null, events, KQueue.FOREVER);
                for (int i = 0; i < n; i++) {
                    parked.fire(events.udata(i));
                }
            }
        } catch (IOException | RuntimeException | Error thrown) {
            // Every wait ends with this as its cause, and the next one opens a new poller.
            failure = thrown;
            parked.fireAll();
            LOG.log(System.Logger.Level.WARNING, "waiting for virtual threads' descriptors failed", thrown);
        }
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
     * @param stillWanted asked before each parking. Whoever makes it false unparks the thread afterwards
     * @throws IOException if the kernel cannot watch such a descriptor, or has no room to
     */
    void await(int fd, Filter filter, long nanos, BooleanSupplier stillWanted) throws IOException {
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
    int tryAwait(int fd, Filter filter, long nanos, BooleanSupplier stillWanted) throws IOException {
        ParkedThreads.Slot slot = parked.take(Thread.currentThread());
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
        if (failure != null) {
            throw new IOException("waiting for virtual threads' descriptors failed", failure);
        }
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
    private int submit(int fd, Filter filter, int flags, long udata) throws IOException {
        Change change = takeChange();
        try {
            change.changelist.clear();
            change.changelist.add(fd, filter.value(), flags | EV_RECEIPT, 0, 0, udata);
            int n = kqueue.kevent(change.changelist, change.receipt, 0);
            return n == 0 ? 0 : (int) change.receipt.data(0);
        } finally {
            giveBack(change);
        }
    }

    private Change takeChange() {
        synchronized (changes) {
            Change change = changes.pollFirst();
            if (change != null) {
                return change;
            }
        }
        return new Change(KEventList.allocate(1), KEventList.withoutData(1));
    }

    private void giveBack(Change change) {
        synchronized (changes) {
            if (changes.size() < CHANGES_KEPT) {
                changes.addFirst(change);
            }
        }
    }
}
