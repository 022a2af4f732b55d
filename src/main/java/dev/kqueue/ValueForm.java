package dev.kqueue;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.libc.Errno;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

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

    private final ReentrantLock lock = new ReentrantLock();

    // ---- the following are guarded by the lock

    private final CallsInProgress calls = new CallsInProgress();
    private final UdataTable objects = new UdataTable(calls);
    private final KEventList changelist = KEventList.allocate(1);
    private final KEventList receipts = KEventList.allocate(1);
    private final ArrayDeque<KEventList> spares = new ArrayDeque<>();

    /** Signalled when a call ends or {@link #turning} does. */
    private final Condition callEnded = lock.newCondition();

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
        List<KEvent> entries = submit(kqueue, List.copyOf(changes));
        return maxEvents == 0 || !entries.isEmpty() ? entries : fetch(kqueue, Math.min(maxEvents, MOST_EVENTS), nanos);
    }

    private static long saturatedNanos(Duration timeout) {
        return timeout.compareTo(Duration.ofNanos(Long.MAX_VALUE)) >= 0 ? Long.MAX_VALUE : timeout.toNanos();
    }

    /** {@link KQueue#closing}: a kernel would remove the events at close(2), and we would not learn of it. */
    void closing(KQueue kqueue, int descriptor) throws IOException {
        List<KEvent> removals;
        lock.lock();
        try {
            removals = objects.removals(descriptor);
        } finally {
            lock.unlock();
        }
        submit(kqueue, removals);
    }

    /**
     * The kqueue is closed. Calls that have fetched events still look their objects up; the others end with an
     * exception.
     */
    void close() {
        lock.lock();
        try {
            closed = true;
            clearIfOver();
        } finally {
            lock.unlock();
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
        lock.lock();
        try {
            return objects.retained();
        } finally {
            lock.unlock();
        }
    }

    /** How many events have an object; for tests. */
    int size() {
        lock.lock();
        try {
            return objects.size();
        } finally {
            lock.unlock();
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
        List<KEvent> entries;
        lock.lock();
        try {
            long[] tokens = new long[n];
            int[] added = new int[n];
            changelist.clear();
            for (int i = 0; i < n; i++) {
                KEvent change = changes.get(i);
                tokens[i] = objects.plan(change);
                added[i] = objects.addedNotes(change);
                changelist.add(
                        change.ident(),
                        filters[i],
                        change.flags() | KEvent.EV_RECEIPT,
                        change.fflags() | added[i],
                        change.data(),
                        tokens[i]);
            }
            int settled = 0;
            try {
                kqueue.kevent(changelist, receipts, 0);
                if (receipts.size() != n) {
                    throw new IOException("kevent returned " + receipts.size() + " receipts for " + n + " changes");
                }
                entries = new ArrayList<>();
                for (; settled < n; settled++) {
                    settle(changes.get(settled), tokens[settled], added[settled], settled, entries);
                }
            } finally {
                for (; settled < n; settled++) {
                    objects.settle(changes.get(settled), tokens[settled], false, false);
                }
                objects.purge();
                clearIfOver();
            }
            if (objects.retained() > retainedLimit && !turning) {
                turnOver(kqueue);
            }
        } finally {
            lock.unlock();
        }
        return List.copyOf(entries);
    }

    private void settle(KEvent change, long token, int added, int index, List<KEvent> entries) {
        int errno = (int) receipts.data(index);
        objects.settle(change, token, errno == 0, errno == Errno.ENOENT || errno == Errno.EBADF);
        boolean asked = (change.flags() & KEvent.EV_RECEIPT) != 0;
        if (errno != 0 || asked) {
            int flags = receipts.flags(index);
            entries.add(
                    new KEvent(
                            change.ident(),
                            change.filter(),
                            asked ? flags : flags & ~KEvent.EV_RECEIPT,
                            receipts.fflags(index) & ~added,
                            errno,
                            change.udata()));
        }
    }

    // ---- events

    private List<KEvent> fetch(KQueue kqueue, int maxEvents, long timeoutNanos) throws IOException {
        long began = System.nanoTime();
        long timeout = timeoutNanos;
        while (true) {
            CallsInProgress.Call call;
            KEventList events;
            lock.lock();
            try {
                if (timeout != 0) {
                    awaitTurn(timeout);
                }
                call = calls.begin();
                events =
                        spares.isEmpty() || spares.peek().capacity() != maxEvents
                                ? KEventList.allocate(maxEvents)
                                : spares.poll();
            } finally {
                lock.unlock();
            }
            List<KEvent> fetched = new ArrayList<>();
            // Whether there were events that are none of the caller's.
            boolean others = false;
            try {
                kqueue.kevent(null, events, timeout);
            } finally {
                lock.lock();
                try {
                    for (int i = 0; i < events.size(); i++) {
                        KEvent event = events.udata(i) == TURN_UDATA ? null : event(events, i);
                        if (event == null) {
                            others = true;
                        } else {
                            fetched.add(event);
                        }
                    }
                    events.clear();
                    if (spares.size() < MOST_SPARES) {
                        spares.push(events);
                    }
                } finally {
                    calls.end(call);
                    objects.purge();
                    clearIfOver();
                    callEnded.signalAll();
                    lock.unlock();
                }
            }
            if (!fetched.isEmpty() || !others || timeout == 0) {
                return List.copyOf(fetched);
            }
            if (timeoutNanos > 0) {
                timeout = Math.max(0, timeoutNanos - (System.nanoTime() - began));
            }
        }
    }

    /** The event; null if it is of a process's end, for which only this class has asked. */
    private KEvent event(KEventList events, int index) {
        long token = events.udata(index);
        int flags = events.flags(index);
        int fflags = events.fflags(index);
        long data = events.data(index);
        int added = objects.isExitHidden(token) ? fflags & Note.NOTE_EXIT : 0;
        if (!objects.showsReceipt(token)) {
            flags &= ~KEvent.EV_RECEIPT;
        }
        Object udata = objects.resolve(token, events.ident(index), flags);
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
            for (int attempt = 0; attempt < 1000 && calls.oldest() < now; attempt++) {
                setTimer(kqueue, KEvent.EV_ADD | KEvent.EV_ONESHOT);
                callEnded.await(5, TimeUnit.MILLISECONDS);
            }
            setTimer(kqueue, KEvent.EV_DELETE);
        } catch (InterruptedException interrupted) {
            // The objects are kept a while longer: the next change sees to them.
            Thread.currentThread().interrupt();
        } finally {
            objects.purge();
            retainedLimit = Math.max(RETAINED_LIMIT, 2 * objects.retained());
            turning = false;
            callEnded.signalAll();
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
        long left = timeoutNanos > 0 ? timeoutNanos : Long.MAX_VALUE;
        while (turning && left > 0) {
            try {
                left = callEnded.awaitNanos(left);
            } catch (InterruptedException interrupted) {
                // kevent is not interruptible: go and wait there, the worst is one more turn.
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
