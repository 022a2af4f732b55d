package dev.kqueue;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.thread.StackReserve;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * {@link KQueue#kevent(Collection, int, Duration)}: kevent(2) over values, whose udata is any object.
 *
 * <p>A call with changes and events makes two system calls. The first submits the changes, with EV_RECEIPT on every one
 * of them: so each has an answer, at its own place, and no event is fetched that there might be no room for. It is made
 * under the lock, which gives all changes one order; it does not wait. The second fetches events, without the lock.
 *
 * <p>The objects of replaced and removed events are kept until the calls in progress have ended (see {@link
 * UdataTable}). A call that waits for ever for an event that never comes would keep them for ever, so when there are
 * too many of them, such calls are made to return to this class once, and go on waiting: {@link #turnOver}.
 *
 * <p>A process's end ends its knote, silently if NOTE_EXIT was not asked for. So that its object does not stay, it is
 * asked for in any case, and an event that says nothing else is not returned.
 *
 * <h2>Whatever is thrown</h2>
 *
 * <ul>
 *   <li>The lock is a Java monitor, which the JVM releases on every way out of a block without calling anything.
 *   <li>A call makes sure first that there is stack for all of its steps ({@link StackReserve}): StackOverflowError
 *       does not come between two of them.
 *   <li>OutOfMemoryError may come from any {@code new}. What is known of a change is made before the change is
 *       submitted; whether it was made, its receipt says, also if the call has thrown: {@link #settle}.
 *   <li>Events that were fetched and cannot be returned, as something was thrown, are kept for the next call that
 *       fetches, and count as a call in progress meanwhile, so that their objects stay: {@link #kept}.
 * </ul>
 */
final class ValueForm {
    /** A list of so many entries is long enough: there is always a next call. */
    private static final int MOST_EVENTS = 4096;

    /** Eventlists kept for the next call. */
    private static final int MOST_SPARES = 8;

    /** How many objects may wait for calls to end before something is done about it. */
    private static final int RETAINED_LIMIT = 1024;

    /**
     * The timer that makes waiting calls return: an ident that nobody else would choose ("kq-turns" in ASCII), and a
     * token that no slot has.
     */
    static final long TURN_IDENT = 0x6b71_2d74_7572_6e73L;

    private static final long TURN_UDATA = -1;

    /** Flags that give udata another meaning than the one it has here. */
    private static final int FOREIGN_FLAGS =
            Abi.HOST.find("EV_UDATA_SPECIFIC").orElse(0) | Abi.HOST.find("EV_KEEPUDATA").orElse(0);

    /** A call of the kqueue in the operation's midst makes sure of its own stack. */
    private static final int RESERVES = 2;

    /** A call that fetches, and its events from when they are fetched to when they are returned. */
    private static final class Batch {
        final CallsInProgress.Call call = new CallsInProgress.Call();
        final KEventList events;

        /** The first that has not been returned. */
        int first;

        /** In {@link ValueForm#kept}. */
        Batch next;

        Batch(KEventList events) {
            this.events = events;
        }

        boolean isEmpty() {
            return first >= events.size();
        }
    }

    /** Notified when a call ends or {@link #turning} does. */
    private final Object lock = new Object();

    // ---- the following are guarded by the lock

    private final CallsInProgress calls = new CallsInProgress();
    private final UdataTable objects = new UdataTable(calls);
    private final KEventList changelist = KEventList.allocate(1);
    private final KEventList receipts = KEventList.allocate(1);
    private final ArrayDeque<KEventList> spares = new ArrayDeque<>();

    /** What could not be returned by the call that has fetched it: the last one first. */
    private Batch kept;

    /** Whether {@link #turnOver} is at work: calls that would wait begin after it. */
    private boolean turning;

    private int retainedLimit = RETAINED_LIMIT;

    /** Whether the kqueue is closed: the objects go with the last call in progress. */
    private boolean closed;

    // ---- end

    List<KEvent> kevent(KQueue kqueue, Collection<KEvent> changes, int maxEvents, Duration timeout) throws IOException {
        if (maxEvents < 0) {
            throw new IllegalArgumentException("negative maxEvents " + maxEvents);
        }
        if (timeout != null && timeout.isNegative()) {
            throw new IllegalArgumentException("negative timeout " + timeout);
        }
        long nanos = timeout == null ? KQueue.FOREVER : saturatedNanos(timeout);
        if (!kqueue.isOpen()) {
            throw new ClosedChannelException();
        }
        StackReserve.ensure(RESERVES);
        List<KEvent> entries = submit(kqueue, List.copyOf(changes));
        return maxEvents == 0 || !entries.isEmpty() ? entries : fetch(kqueue, Math.min(maxEvents, MOST_EVENTS), nanos);
    }

    private static long saturatedNanos(Duration timeout) {
        return timeout.compareTo(Duration.ofNanos(Long.MAX_VALUE)) >= 0 ? Long.MAX_VALUE : timeout.toNanos();
    }

    /** {@link KQueue#closing}: a kernel would remove the events at close(2), and we would not learn of it. */
    void closing(KQueue kqueue, int descriptor) throws IOException {
        synchronized (lock) {
            if (objects.isEmpty()) {
                return;
            }
        }
        StackReserve.ensure(RESERVES);
        List<KEvent> removals;
        synchronized (lock) {
            removals = objects.removals(descriptor);
        }
        submit(kqueue, removals);
    }

    /**
     * The kqueue is closed. Calls that have fetched events still look their objects up; the others end with an
     * exception.
     */
    void close() {
        synchronized (lock) {
            closed = true;
            while (kept != null) {
                calls.end(kept.call);
                kept = kept.next;
            }
            clearIfOver();
        }
    }

    private void clearIfOver() {
        if (closed && calls.oldest() == Long.MAX_VALUE) {
            objects.clear();
            spares.clear();
        }
    }

    /** How many objects wait for calls to end; for tests. */
    int retained() {
        synchronized (lock) {
            return objects.retained();
        }
    }

    /** How many events have an object; for tests. */
    int size() {
        synchronized (lock) {
            return objects.size();
        }
    }

    // ---- changes

    private List<KEvent> submit(KQueue kqueue, List<KEvent> changes) throws IOException {
        int n = changes.size();
        if (n == 0) {
            return List.of();
        }
        int[] filters = new int[n];
        for (int i = 0; i < n; i++) {
            filters[i] = changes.get(i).filter().value();
            if ((changes.get(i).flags() & FOREIGN_FLAGS) != 0) {
                throw new IllegalArgumentException(
                        "EV_UDATA_SPECIFIC and EV_KEEPUDATA are for kevent over lists: " + changes.get(i));
            }
        }
        UdataTable.Planned[] plans = new UdataTable.Planned[n];
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
                settle(changes, plans);
            }
            List<KEvent> entries = entries(changes, plans);
            if (objects.retained() > retainedLimit && !turning) {
                turnOver(kqueue);
            }
            return entries;
        }
    }

    /**
     * Takes in what became of the changes. One without a receipt was not made, also if the kqueue has thrown: it writes
     * a change's receipt before it makes the next one. Allocates nothing.
     */
    private void settle(List<KEvent> changes, UdataTable.Planned[] plans) {
        for (int i = 0; i < plans.length && plans[i] != null; i++) {
            KEvent change = changes.get(i);
            boolean told =
                    i < receipts.size()
                            && receipts.ident(i) == change.ident()
                            && receipts.filter(i) == change.filter().value();
            long errno = told ? receipts.data(i) : -1;
            objects.settle(change, plans[i], errno == 0, errno == Errno.ENOENT || errno == Errno.EBADF);
        }
        objects.purge();
        clearIfOver();
    }

    /** What the caller is to know of the changes: failures, and the receipts that it has asked for. */
    private List<KEvent> entries(List<KEvent> changes, UdataTable.Planned[] plans) {
        List<KEvent> entries = new ArrayList<>();
        for (int i = 0; i < plans.length; i++) {
            KEvent change = changes.get(i);
            int errno = (int) receipts.data(i);
            int flags = receipts.flags(i);
            boolean asked = (change.flags() & KEvent.EV_RECEIPT) != 0;
            if (errno != 0 || asked) {
                entries.add(
                        new KEvent(
                                change.ident(),
                                change.filter(),
                                asked ? flags : flags & ~KEvent.EV_RECEIPT,
                                receipts.fflags(i) & ~plans[i].notes,
                                errno,
                                change.udata()));
            }
        }
        return List.copyOf(entries);
    }

    // ---- events

    private List<KEvent> fetch(KQueue kqueue, int maxEvents, long timeoutNanos) throws IOException {
        long began = System.nanoTime();
        long timeout = timeoutNanos;
        while (true) {
            // Made before anything is fetched: afterwards there might be no memory.
            List<KEvent> values = new ArrayList<>();
            List<KEvent> result = Collections.unmodifiableList(values);
            Batch batch = begin(maxEvents, timeout);
            if (batch.isEmpty()) {
                boolean fetched = false;
                try {
                    kqueue.kevent(null, batch.events, timeout);
                    fetched = true;
                } finally {
                    if (!fetched) {
                        synchronized (lock) {
                            end(batch, 0);
                        }
                    }
                }
            }
            // Whether there were events that are none of the caller's.
            boolean others = take(batch, maxEvents, values);
            if (!values.isEmpty() || !others || timeout == 0) {
                return result;
            }
            if (timeoutNanos > 0) {
                timeout = Math.max(0, timeoutNanos - (System.nanoTime() - began));
            }
        }
    }

    /** A batch that has been kept, or a new one that is empty. */
    private Batch begin(int maxEvents, long timeout) {
        synchronized (lock) {
            if (timeout != 0) {
                awaitTurn(timeout);
            }
            Batch batch = kept;
            if (batch != null) {
                kept = batch.next;
                batch.next = null;
                return batch;
            }
            KEventList spare = spares.peek();
            batch =
                    new Batch(
                            spare == null || spare.capacity() != maxEvents
                                    ? KEventList.allocate(maxEvents)
                                    : spares.poll());
            calls.begin(batch.call);
            return batch;
        }
    }

    /** Takes what there is room for out of the batch. Whether there were events that are none of the caller's. */
    private boolean take(Batch batch, int maxEvents, List<KEvent> values) {
        synchronized (lock) {
            int taken = 0;
            try {
                boolean others = false;
                int count = Math.min(maxEvents, batch.events.size() - batch.first);
                for (int i = 0; i < count; i++) {
                    KEvent event = event(batch.events, batch.first + i);
                    if (event == null) {
                        others = true;
                    } else {
                        values.add(event);
                    }
                }
                taken = count;
                return others;
            } finally {
                end(batch, taken);
            }
        }
    }

    /** Ends a call that fetches, after so many of its events are returned: any others are kept. Allocates nothing. */
    private void end(Batch batch, int returned) {
        for (int i = 0; i < returned; i++, batch.first++) {
            KEventList events = batch.events;
            objects.returned(events.udata(batch.first), events.ident(batch.first), events.flags(batch.first));
        }
        if (batch.isEmpty() || closed) {
            calls.end(batch.call);
            batch.events.clear();
            if (spares.size() < MOST_SPARES) {
                spares.push(batch.events);
            }
        } else {
            batch.next = kept;
            kept = batch;
        }
        objects.purge();
        clearIfOver();
        lock.notifyAll();
    }

    /** The event; null if only this class has asked for it: a turn's timer, or a process's end. Changes nothing. */
    private KEvent event(KEventList events, int index) {
        long token = events.udata(index);
        if (token == TURN_UDATA) {
            return null;
        }
        int flags = events.flags(index);
        int fflags = events.fflags(index);
        long data = events.data(index);
        int added = objects.isExitHidden(token) ? fflags & Note.NOTE_EXIT : 0;
        if (!objects.showsReceipt(token)) {
            flags &= ~KEvent.EV_RECEIPT;
        }
        Object udata = objects.object(token);
        if (added != 0) {
            fflags &= ~added;
            // The status that the process ended with.
            data = 0;
            if (fflags == 0) {
                return null;
            }
        }
        return new KEvent(events.ident(index), Filter.of(events.filter(index)), flags, fflags, data, udata);
    }

    // ---- turning over

    /**
     * Makes every call that is in progress now end, or come by. A timer that fires once is fetched by one of them;
     * calls that have come by do not wait until all have, so that the timer reaches those that are left, one after the
     * other. The lock is held, but for the waits.
     */
    private void turnOver(KQueue kqueue) throws IOException {
        turning = true;
        long now = calls.tick();
        try {
            for (int attempt = 0; attempt < 1000 && calls.oldest() < now && kept == null; attempt++) {
                setTimer(kqueue, KEvent.EV_ADD | KEvent.EV_ONESHOT);
                lock.wait(5);
            }
            setTimer(kqueue, KEvent.EV_DELETE);
        } catch (InterruptedException interrupted) {
            // The objects are kept a while longer: the next change sees to them.
            Thread.currentThread().interrupt();
        } finally {
            turning = false;
            lock.notifyAll();
            objects.purge();
            retainedLimit = Math.max(RETAINED_LIMIT, 2 * objects.retained());
        }
    }

    private void setTimer(KQueue kqueue, int flags) throws IOException {
        changelist.clear();
        changelist.add(TURN_IDENT, Filter.TIMER.value(), flags | KEvent.EV_RECEIPT, 0, 1, TURN_UDATA);
        // The receipt is not looked at: deleting a timer that has fired is ENOENT; and if none can be had (ENOMEM), the
        // objects are kept a while longer.
        kqueue.kevent(changelist, receipts, 0);
    }

    private void awaitTurn(long timeoutNanos) {
        long end = System.nanoTime() + timeoutNanos;
        while (turning) {
            long left = timeoutNanos > 0 ? end - System.nanoTime() : Long.MAX_VALUE;
            if (left <= 0) {
                return;
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(lock, left);
            } catch (InterruptedException interrupted) {
                // kevent is not interruptible: go and wait there, the worst is one more turn.
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
