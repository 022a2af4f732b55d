package dev.kqueue;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.thread.StackReserve;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A kqueue whose changes and events are values, with any object as udata.
 *
 * {@snippet :
 * try (KEventQueue queue = KEventQueue.open()) {
 *     queue.apply(
 *             KEvent.read(socket, EV_ADD, 0, connection),
 *             KEvent.timer(1, EV_ADD, Duration.ofMillis(250), ticker));
 *     for (KEvent event : queue.await(64)) {
 *         ((Handler) event.udata()).handle(event);
 *     }
 * }
 * }
 *
 * <p>The queue keeps one object for each ident and filter. EV_ADD gives or replaces it; a change without EV_ADD leaves
 * it alone on every system, so that enabling, disabling and triggering need not repeat it. The reference is dropped
 * when the event is deleted, when its last event was returned (EV_ONESHOT, a process's exit), with {@link
 * #beforeClose}, and when the queue is closed. Only an object given with NOTE_TRACK, which child processes inherit,
 * stays until the queue is closed.
 *
 * <p>Any number of threads may apply changes and wait at once. An event comes with the object that its ident and filter
 * have when it is returned. If another thread has deleted it meanwhile, it is not returned.
 *
 * <p>Applying and waiting are separate system calls, and each event is a new object. {@link KQueue} makes one call for
 * both, over lists that are reused.
 *
 * @see KEvent
 * @see <a href="https://man.freebsd.org/kqueue/2">kqueue(2)</a>
 */
public final class KEventQueue implements AutoCloseable {
    /** The most that one call fetches. */
    private static final int MOST_EVENTS = 4096;

    /** Flags that change the meaning of udata; refused, because here udata is a token. */
    private static final int FOREIGN_FLAGS =
            Abi.HOST.find("EV_UDATA_SPECIFIC").orElse(0) | Abi.HOST.find("EV_KEEPUDATA").orElse(0);

    /** A call of the kqueue within an operation checks its own stack as well. */
    private static final int RESERVES = 2;

    /** Events that were fetched. */
    private static final class Batch {
        final KEventList events;

        /** The first that has not been returned. */
        int first;

        /** In {@link KEventQueue#kept}. */
        Batch next;

        Batch(int capacity) {
            events = KEventList.allocate(capacity);
        }

        boolean isEmpty() {
            return first >= events.size();
        }
    }

    private final KQueue kqueue;
    private final Object lock = new Object();

    // ---- the following are guarded by the lock

    private final KnoteObjects objects = new KnoteObjects();
    private final KEventList changelist = KEventList.allocate(1);
    private final KEventList receipts = KEventList.allocate(1);

    /** Fetched by a call that could not return them, because an error such as OutOfMemoryError was thrown. */
    private Batch kept;

    // ---- end

    KEventQueue(KQueue kqueue) {
        this.kqueue = kqueue;
    }

    /**
     * Opens a new kqueue, as {@link KQueue#open}.
     *
     * @throws IOException if no more descriptors can be opened
     * @throws UnsupportedOperationException if this system has neither kqueue(2) nor epoll(7)
     */
    public static KEventQueue open() throws IOException {
        return new KEventQueue(KQueue.open());
    }

    // ---- changes

    /**
     * Applies changes, in order: all of them, even if some fail. Fetches no events and does not wait. {@link
     * KEvent#EV_RECEIPT} makes no difference here.
     *
     * @throws KEventException if changes failed: it lists them
     * @throws ClosedChannelException if the queue is closed
     * @throws IllegalArgumentException if a change has EV_UDATA_SPECIFIC or EV_KEEPUDATA; no change is made then
     * @throws UnsupportedOperationException if this system lacks a change's filter; no change is made then
     */
    public void apply(KEvent... changes) throws IOException {
        apply(List.of(changes));
    }

    /** The same as {@link #apply(KEvent...)}, for a list. */
    public void apply(List<KEvent> changes) throws IOException {
        if (!kqueue.isOpen()) {
            throw new ClosedChannelException();
        }
        StackReserve.ensure(RESERVES);
        List<KEvent> copy = List.copyOf(changes);
        if (copy.isEmpty()) {
            return;
        }
        int[] filters = new int[copy.size()];
        for (int i = 0; i < filters.length; i++) {
            KEvent change = copy.get(i);
            filters[i] = change.filter().value();
            if ((change.flags() & FOREIGN_FLAGS) != 0) {
                throw new IllegalArgumentException("EV_UDATA_SPECIFIC and EV_KEEPUDATA are for KQueue: " + change);
            }
        }
        List<KEventException.Failure> failures = submit(copy, filters);
        if (!failures.isEmpty()) {
            throw new KEventException(failures);
        }
    }

    /** Submits each change with EV_RECEIPT: each has an answer, and no event is fetched that has no room. */
    private List<KEventException.Failure> submit(List<KEvent> changes, int[] filters) throws IOException {
        int n = changes.size();
        KnoteObjects.Planned[] plans = new KnoteObjects.Planned[n];
        synchronized (lock) {
            try {
                changelist.clear();
                receipts.clear();
                for (int i = 0; i < n; i++) {
                    KEvent change = changes.get(i);
                    plans[i] = objects.plan(change);
                    changelist.add(
                            change.ident(),
                            filters[i],
                            change.flags() | KEvent.EV_RECEIPT,
                            change.fflags() | plans[i].notes,
                            change.data(),
                            plans[i].token);
                }
                kqueue.kevent(changelist, receipts, 0);
                if (receipts.size() != n) {
                    throw new IOException("kevent returned " + receipts.size() + " receipts for " + n + " changes");
                }
            } finally {
                settle(changes, filters, plans);
            }
            List<KEventException.Failure> failures = new ArrayList<>();
            for (int i = 0; i < n; i++) {
                int errno = (int) receipts.data(i);
                if (errno != 0) {
                    KEvent change = changes.get(i);
                    String reason = kqueue.reason(change.filter(), change.ident(), errno);
                    failures.add(new KEventException.Failure(change, errno, reason));
                }
            }
            return failures;
        }
    }

    /**
     * Records what became of the changes. One without a receipt was not made, also if the kqueue has thrown: it writes
     * a change's receipt before it makes the next one. Allocates nothing.
     */
    private void settle(List<KEvent> changes, int[] filters, KnoteObjects.Planned[] plans) {
        for (int i = 0; i < plans.length && plans[i] != null; i++) {
            KEvent change = changes.get(i);
            boolean answered =
                    i < receipts.size() && receipts.ident(i) == change.ident() && receipts.filter(i) == filters[i];
            long errno = answered ? receipts.data(i) : -1;
            objects.settle(change, plans[i], errno == 0, errno == Errno.ENOENT || errno == Errno.EBADF);
        }
        clearIfClosed();
    }

    // ---- events

    /**
     * Waits without limit for events.
     *
     * @param maxEvents how many to return at most, 1 or more
     * @return at least one event
     * @throws ClosedChannelException if the queue is closed, or is closed while this waits
     * @throws IOException if waiting fails
     */
    public List<KEvent> await(int maxEvents) throws IOException {
        return fetch(maxEvents, KQueue.FOREVER);
    }

    /**
     * Waits for events. {@link Duration#ZERO} does not wait; a time beyond 292 years is without limit.
     *
     * @param maxEvents how many to return at most, 1 or more
     * @param timeout how long to wait at most, rounded up to the system's resolution
     * @return the events; empty if the time has passed
     * @throws IllegalArgumentException if the timeout is negative
     * @throws ClosedChannelException if the queue is closed, or is closed while this waits
     * @throws IOException if waiting fails
     */
    public List<KEvent> await(int maxEvents, Duration timeout) throws IOException {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("negative timeout " + timeout);
        }
        boolean unlimited = timeout.compareTo(Duration.ofNanos(Long.MAX_VALUE)) >= 0;
        return fetch(maxEvents, unlimited ? KQueue.FOREVER : timeout.toNanos());
    }

    /**
     * Returns the events that are pending, without waiting.
     *
     * @param maxEvents how many to return at most, 1 or more
     * @throws ClosedChannelException if the queue is closed
     * @throws IOException if the system call fails
     */
    public List<KEvent> poll(int maxEvents) throws IOException {
        return fetch(maxEvents, 0);
    }

    private List<KEvent> fetch(int maxEvents, long timeoutNanos) throws IOException {
        if (maxEvents < 1) {
            throw new IllegalArgumentException("maxEvents is " + maxEvents);
        }
        int room = Math.min(maxEvents, MOST_EVENTS);
        StackReserve.ensure(RESERVES);
        long began = System.nanoTime();
        long left = timeoutNanos;
        while (true) {
            List<KEvent> events = new ArrayList<>();
            Batch batch = takeKept();
            if (batch == null) {
                batch = new Batch(room);
                boolean fetched = false;
                try {
                    kqueue.kevent(null, batch.events, left);
                    fetched = true;
                } finally {
                    if (!fetched) {
                        keep(batch);
                    }
                }
            }
            boolean dropped = deliver(batch, room, events);
            if (!events.isEmpty() || !dropped || left == 0) {
                return Collections.unmodifiableList(events);
            }
            if (timeoutNanos > 0) {
                left = Math.max(0, timeoutNanos - (System.nanoTime() - began));
            }
        }
    }

    private Batch takeKept() {
        synchronized (lock) {
            Batch batch = kept;
            if (batch != null) {
                kept = batch.next;
            }
            return batch;
        }
    }

    private void keep(Batch batch) {
        synchronized (lock) {
            if (!batch.isEmpty() && kqueue.isOpen()) {
                batch.next = kept;
                kept = batch;
            }
        }
    }

    /** Takes as many events as asked for out of the batch. Whether some were not for the program. */
    private boolean deliver(Batch batch, int room, List<KEvent> values) {
        synchronized (lock) {
            int count = Math.min(room, batch.events.size() - batch.first);
            int delivered = 0;
            try {
                for (int i = 0; i < count; i++) {
                    KEvent event = event(batch.events, batch.first + i);
                    if (event != null) {
                        values.add(event);
                    }
                }
                for (; delivered < count; delivered++, batch.first++) {
                    end(batch.events, batch.first);
                }
            } finally {
                keep(batch);
            }
            return values.size() < count;
        }
    }

    /** The event; null if its knote is gone, or if it reports only an exit that the program does not watch for. */
    private KEvent event(KEventList events, int index) {
        long ident = events.ident(index);
        Filter filter = Filter.of(events.filter(index));
        long token = events.udata(index);
        if (!objects.isCurrent(ident, filter, token)) {
            return null;
        }
        int fflags = events.fflags(index);
        long data = events.data(index);
        if ((fflags & Note.NOTE_EXIT) != 0 && objects.isExitHidden(ident, filter)) {
            fflags &= ~Note.NOTE_EXIT;
            // The status that the process ended with.
            data = 0;
            if (fflags == 0) {
                return null;
            }
        }
        Object udata = objects.object(ident, filter, token);
        return new KEvent(ident, filter, events.flags(index) & ~KEvent.EV_RECEIPT, fflags, data, udata);
    }

    private void end(KEventList events, int index) {
        if ((events.flags(index) & KEvent.EV_ONESHOT) != 0) {
            objects.fired(events.ident(index), Filter.of(events.filter(index)), events.udata(index));
        }
    }

    // ---- the kqueue

    /**
     * Removes the events of a descriptor that is about to be closed, and lets their objects go. Call this before
     * close(2): see {@link KQueue#beforeClose(int)}. Does nothing if the queue is closed.
     */
    public void beforeClose(int descriptor) {
        StackReserve.ensure(RESERVES);
        synchronized (lock) {
            kqueue.beforeClose(descriptor);
            objects.removeDescriptor(descriptor);
        }
    }

    /**
     * The kqueue's own descriptor: it can be watched by another kqueue or by poll(2), and is readable while events are
     * pending.
     */
    public int descriptor() {
        return kqueue.descriptor();
    }

    /** Whether {@link #close} has not been called yet. */
    public boolean isOpen() {
        return kqueue.isOpen();
    }

    /**
     * Closes the kqueue, lets all objects go, and wakes every thread that waits. A second call does nothing.
     *
     * @throws IOException if the descriptor cannot be closed
     */
    @Override
    public void close() throws IOException {
        try {
            kqueue.close();
        } finally {
            synchronized (lock) {
                clearIfClosed();
            }
        }
    }

    private void clearIfClosed() {
        if (!kqueue.isOpen()) {
            objects.clear();
            kept = null;
        }
    }

    /** How many events have an entry; for tests. */
    int size() {
        synchronized (lock) {
            return objects.size();
        }
    }

    /** The implementation underneath, for people. */
    @Override
    public String toString() {
        return kqueue.toString();
    }
}
