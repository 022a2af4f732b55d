package dev.kqueue.nio;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.KQueue;
import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Quirk;
import dev.kqueue.internal.channel.Pollable;
import dev.kqueue.internal.fd.Readiness;
import dev.kqueue.internal.jfr.FlightRecording;
import dev.kqueue.internal.jfr.SelectorTurn;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.park.Elsewhere;
import dev.kqueue.internal.park.VirtualThreadPollers;
import dev.kqueue.internal.thread.YieldPolicy;
import dev.kqueue.internal.wakeup.WakeupState;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The steps of a selection operation: interest sets become changes, one kevent call submits them and waits, and its
 * events become ready keys. Owned by the thread that holds the selector's monitor.
 */
final class Selection {
    private static final int FIRST_CHANGES = 16;
    private static final int FIRST_EVENTS = 128;

    /**
     * The number of keys that one kevent call can find: the eventlist has room for both events of each. The JDK's
     * selectors report up to 1,024 keys at once as well.
     */
    private static final int MOST_KEYS = 1024;

    /** Entries that the changelist keeps room for, when it once had more. */
    private static final int KEPT = 1024;

    /** The same for the eventlist: it has room for {@link #MOST_KEYS} all the time, and grows by half. */
    private static final int KEPT_EVENTS = 4 * MOST_KEYS;

    /**
     * After this many operations that did not need the longer lists, the lists shrink: the growth was a burst (of
     * registrations, say), not a steady load.
     */
    private static final int CALM = 64;

    /** More events at once gain nothing: the cost of the call is spread over them long before. */
    private static final int MOST_EVENTS = 16 * 1024;

    /**
     * The number of unclaimed events in a row after which the knote is removed. The first are tolerated: the interest
     * may come back with the next message.
     */
    private static final int TOO_MANY_UNCLAIMED = 3;

    /**
     * The number of operations after a call that brought nothing for which none is made: enough to make such calls
     * rare, few enough to notice soon that data comes faster now.
     */
    private static final int LOOKS = 8;

    private static final boolean CANNOT_BE_NESTED = Abi.HOST.has(Quirk.CANNOT_BE_NESTED);

    private final KQueueSelector selector;
    private final KQueue kqueue;
    private final KeyTable table;
    private final InterestUpdates updates;
    private final PendingEventKeys pendingEvents;
    private final WakeupState wakeup;

    private KEventList changes = KEventList.allocate(FIRST_CHANGES);
    private KEventList events = KEventList.withoutData(FIRST_EVENTS);

    /** Operations in a row that had no use for lists as long as they are. */
    private int calm;

    private final CachedReadyKeys remembered = new CachedReadyKeys();
    private final FailedKeys failedKeys = new FailedKeys();
    private final RetriedChanges retried = new RetriedChanges();
    private final ReadyBatch found = new ReadyBatch(remembered);
    private final EndedKeys ended = new EndedKeys();
    private final YieldPolicy yieldPolicy = new YieldPolicy();

    /**
     * Whether to make a kevent call that does not wait before poll(2) is asked about streams whose last read was filled
     * to the byte: an edge that the call brings is the answer. Where data comes fast that saves the poll, elsewhere it
     * costs a call. Negative after such a call that brought nothing, for as many operations.
     */
    private int lookFirst;

    /**
     * An event came for a key that was cancelled during this operation. A level would come again and again, so the
     * selector lets go of such keys before it waits again.
     */
    private boolean cancelledFired;

    /** Written by the selecting thread alone, read by any; so is the next. */
    private final AtomicLong selections = new AtomicLong();

    private final AtomicLong interestChanges = new AtomicLong();

    /** The time since the last wait; null until JDK Flight Recorder is in use. */
    private SelectorTurn turn;

    Selection(
            KQueueSelector selector,
            KQueue kqueue,
            KeyTable table,
            InterestUpdates updates,
            PendingEventKeys pendingEvents,
            WakeupState wakeup) {
        this.selector = selector;
        this.kqueue = kqueue;
        this.table = table;
        this.updates = updates;
        this.pendingEvents = pendingEvents;
        this.wakeup = wakeup;
    }

    /** An event key will report nothing more after what is recorded; by the thread that selects. */
    void ended(EventKey key) {
        ended.add(key);
    }

    /**
     * Cancels the ended keys that the last operation has handed out; before {@link #begin}.
     *
     * @return whether there were any
     */
    boolean cancelEnded() {
        if (ended.isEmpty()) {
            return false;
        }
        found.settle();
        return ended.cancelHandedOut();
    }

    /** Begins an operation: takes in what has changed since the last. */
    void begin() {
        retried.resubmit(updates);
        collectChanges();
        remembered.review();
        found.settle();
        if (remembered.isAnyUnsure() && lookFirst < 0) {
            remembered.ask();
        }
        pendingEvents.collect();
        selections.lazySet(selections.getPlain() + 1);
    }

    /**
     * Ends an operation: hands what was found to the selected-key set, or to the action.
     *
     * @param isOpen whether the action has not closed the selector
     */
    int end(SelectedKeys selected, Consumer<SelectionKey> action, BooleanSupplier isOpen) throws IOException {
        remembered.find(found);
        failedKeys.find(found);
        retried.find(found);
        pendingEvents.collect();
        pendingEvents.find(found);
        trim();
        if (action == null) {
            return found.select(selected);
        }
        int accepted = found.accept(action, isOpen);
        if (selector.isOpen()) {
            letGoOfEnded();
        }
        return accepted;
    }

    /** Within an operation: lets go of the ended keys that the program has had, or that had nothing to report. */
    private boolean letGoOfEnded() throws IOException {
        if (ended.isEmpty() || !ended.cancelHandedOut()) {
            return false;
        }
        selector.deregisterCancelled();
        return true;
    }

    /** Gives back the memory that a burst has needed. */
    private void trim() {
        if ((changes.capacity() > KEPT || events.capacity() > KEPT_EVENTS) && ++calm == CALM) {
            calm = 0;
            changes = KEventList.allocate(FIRST_CHANGES);
            events = KEventList.withoutData(FIRST_EVENTS);
        }
    }

    /** Lets go of a key that is not valid any more. */
    void remove(KQueueSelectionKey key) {
        remembered.remove(key);
        failedKeys.remove(key);
        retried.remove(key);
    }

    /** Lets go of all: the selector is closed. */
    void close() {
        found.clear();
        ended.clear();
    }

    YieldPolicy yieldPolicy() {
        return yieldPolicy;
    }

    SelectorStatistics statistics() {
        return new SelectorStatistics(selections.get(), interestChanges.get(), kqueue.statistics());
    }

    /** Whether a key is ready that the kernel will not report. */
    boolean isAnyReady() {
        return remembered.isAnySure() || pendingEvents.isAnyReady() || isAnyFailedReady();
    }

    /** Whether a key is to be reported because its change has failed. */
    private boolean isAnyFailedReady() {
        return failedKeys.isAnyReady() || retried.isAnyReady();
    }

    /** Turns what changed since the last operation into a changelist. The one place where interest becomes changes. */
    private void collectChanges() {
        KQueueSelectionKey key = null;
        KQueueSelectionKey rest = updates.takeAll();
        try {
            while (rest != null) {
                key = rest;
                rest = key.nextUpdate;
                key.nextUpdate = null;
                key.unqueue();
                if (key.isValid()) {
                    collectChanges(key);
                }
                key = null;
            }
        } finally {
            // There was no memory for a longer changelist: the updates that are left are for the next operation.
            if (key != null) {
                updates.push(key);
            }
            updates.putBack(rest);
        }
    }

    private void collectChanges(KQueueSelectionKey key) {
        Pollable source = key.source();
        key.beforeChanges();
        int interest = key.interest();
        int present = key.knotes;
        if (interest != key.submittedInterest) {
            key.submittedInterest = (byte) interest;
            interestChanges.lazySet(interestChanges.getPlain() + 1);
        }
        // A channel with a memory keeps its knotes, unless their events are not wanted.
        int wanted = source.knotes(key.unclaimedEvents < TOO_MANY_UNCLAIMED ? present : 0, interest);
        key.unclaimedEvents = 0;
        if (wanted != present || key.uncertain) {
            // Uncertain: all that is wanted is added, and all that may be there besides is deleted.
            source.changes(key.uncertain ? present & ~wanted : present, wanted, key.udata, changes);
            key.uncertain = false;
            key.knotesBefore = (byte) present;
            key.knotes = (byte) wanted;
        }
        Readiness readiness = source.readiness();
        if (readiness != null && CachedReadyKeys.ops(readiness.stamp(), interest) != 0) {
            remembered.add(key);
        }
    }

    /**
     * Submits the changelist and waits: one kevent call, unless a change failed (errors come alone) or every event was
     * spurious: a stale wakeup's, a former key's, or that of a direction without interest.
     */
    void submitAndWait(long timeoutNanos) throws IOException {
        long deadline = timeoutNanos > 0 ? System.nanoTime() + timeoutNanos : 0;
        long timeout = timeoutNanos;
        boolean notified = false;
        boolean unsure = remembered.isAnyUnsure();
        lookFirst += lookFirst < 0 ? 1 : 0;
        while (true) {
            makeRoom();
            boolean wait = timeout != 0 && !unsure && !notified && mayWait();
            boolean failed = false;
            boolean submitted = false;
            boolean ready = false;
            calm = changes.size() > KEPT || events.size() > KEPT_EVENTS ? 0 : calm;
            events.clear();
            try {
                kevent(wait ? retried.limit(timeout) : 0);
                submitted = true;
                failed = noteFailures();
            } catch (ClosedChannelException closed) {
                // Only closing the selector closes its kqueue: that wakes this thread, which then finds the selector
                // closed.
                if (selector.isOpen()) {
                    throw closed;
                }
                events.clear();
                return;
            } finally {
                if (!submitted) {
                    submissionFailed();
                    takeInLast();
                }
                changes.clear();
                yieldPolicy.afterWait(events.size());
                if (wakeup.endWait()) {
                    notified = true;
                    if (wait) {
                        yieldPolicy.woken();
                    }
                }
            }
            if (!failed) {
                ready = takeIn();
                ready |= takeInMore();
                if (unsure) {
                    unsure = false;
                    lookFirst = ready ? 0 : -LOOKS;
                    remembered.ask();
                    ready |= remembered.isAnySure();
                }
                if (ready || notified || timeout == 0 || !selector.isOpen() || retried.isAnyReady()) {
                    return;
                }
                if (letGoOfEnded() && table.isEmpty()) {
                    return;
                }
            }
            if (timeout == 0 || (failed && isAnyFailedReady())) {
                // The failed keys are ready, in their way: look what else is, and do not wait.
                timeout = 0;
            } else if (timeoutNanos > 0) {
                timeout = deadline - System.nanoTime();
                if (timeout <= 0) {
                    if (!failed) {
                        return;
                    }
                    timeout = 0;
                }
            }
            if (retried.isDue() && !retried.isAnyReady()) {
                retried.pause();
                retried.resubmit(updates);
            }
            if (cancelledFired) {
                cancelledFired = false;
                selector.deregisterCancelled();
            }
            // A direction that keeps reporting without interest is removed with the wait that follows.
            collectChanges();
        }
    }

    /** Lets one call fetch what may be ready. The lists grow with the keys, and by half at least. */
    private void makeRoom() {
        events.ensureCapacity(2 * Math.min(table.size(), MOST_KEYS));
        found.reserve(events.capacity());
    }

    /**
     * Takes in the entries of failed changes, if that is what kevent returned.
     *
     * @return false if the eventlist holds events, or nothing
     */
    private boolean noteFailures() {
        int n = events.size();
        boolean failed = n > 0 && (events.flags(0) & KEvent.EV_ERROR) != 0;
        for (int i = 0; failed && i < n; i++) {
            int errno = (int) events.data(i);
            KQueueSelectionKey key = table.find(events.udata(i));
            // A receipt, or a knote to be removed that the kernel has removed by itself (EV_ONESHOT): both are as
            // wanted.
            if (errno != 0 && errno != Errno.ENOENT && key != null) {
                if (RetriedChanges.isTransient(errno)) {
                    retried.add(key, errno, kqueue);
                } else {
                    failedKeys.add(key, errno, kqueue);
                }
            }
        }
        retried.submitted();
        return failed;
    }

    /**
     * kevent has thrown: which of the changes have been applied is not known, so all are submitted again. Takes no
     * memory, as it may be memory that was wanting.
     */
    private void submissionFailed() {
        for (int i = 0; i < changes.size(); i++) {
            KQueueSelectionKey key = table.find(changes.udata(i));
            if (key != null) {
                key.submissionFailed();
                updates.push(key);
            }
        }
    }

    /** Whether to wait, and not only to look; {@link WakeupState#endWait} must follow. */
    private boolean mayWait() {
        if (wakeup.isOwed()) {
            return false;
        }
        if (!Thread.currentThread().isVirtual()) {
            // Before beginWait: a wakeup that comes meanwhile then costs no system call.
            yieldPolicy.beforeWait();
        }
        if (wakeup.beginWait()) {
            return true;
        }
        // While others ran: they take part.
        yieldPolicy.woken();
        return false;
    }

    private void kevent(long timeout) throws IOException {
        if (FlightRecording.isOn()) {
            if (turn == null) {
                turn = new SelectorTurn(selector);
            }
            turn.ended();
            keventOrPark(timeout);
            turn.begun(events.size());
        } else {
            keventOrPark(timeout);
        }
    }

    private void keventOrPark(long timeout) throws IOException {
        if (timeout == 0 || !Thread.currentThread().isVirtual()) {
            kqueue.kevent(changes, events, timeout);
            return;
        }
        if (CANNOT_BE_NESTED) {
            Elsewhere.call(
                    () -> {
                        kqueue.kevent(changes, events, timeout);
                        return null;
                    });
            return;
        }
        // A virtual thread must not hold its carrier while it waits. It parks until the kqueue's own descriptor is
        // readable, which a wakeup makes it too.
        if (kqueue.kevent(changes, events, 0) == 0) {
            changes.clear();
            long nanos = timeout < 0 ? Long.MAX_VALUE : timeout;
            VirtualThreadPollers.ofKQueues().await(kqueue.descriptor(), Filter.READ, nanos, () -> true);
            kqueue.kevent(changes, events, 0);
        }
    }

    /** Takes in the events that kevent returned. True if one of them makes a key ready. */
    private boolean takeIn() {
        boolean ready = false;
        int n = events.size();
        for (int i = 0; i < n; i++) {
            KQueueSelectionKey key = table.find(events.udata(i));
            if (key != null && !key.isValid()) {
                cancelledFired = true;
            } else if (key != null) {
                boolean fresh = !ReadyBatch.contains(key) && key.selectedIndex == KQueueSelectionKey.NOT_SELECTED;
                key.source().remember(key.knotes, events, i);
                int ops = key.fired(events, i, fresh);
                if (ops == 0) {
                    unclaimedEvents(key);
                } else {
                    ready = true;
                    key.unclaimedEvents = 0;
                    found.add(key, ops);
                }
            }
        }
        return ready;
    }

    /**
     * Takes in the events that kevent had fetched when it threw: an edge is reported only once. The next operation
     * reports them.
     */
    private void takeInLast() {
        if (events.size() > 0 && (events.flags(0) & KEvent.EV_ERROR) == 0) {
            takeIn();
        }
    }

    /**
     * Fetches what is left, if there was no room for all: an operation reports every key that is ready. A kqueue that
     * returns fewer events than that had no more. Knotes that report levels are reported by each call anew, so that
     * there is an end when all keys may have been found, even if the kqueue goes through its knotes in turns.
     */
    private boolean takeInMore() throws IOException {
        boolean ready = false;
        int n = events.size();
        long total = n;
        while ((n == events.capacity() || n >= MOST_KEYS) && selector.isOpen()) {
            if (n == events.capacity() && n < MOST_EVENTS) {
                events.ensureCapacity(Math.min(MOST_EVENTS, n * 4));
            }
            if (total >= 2L * table.size()) {
                break;
            }
            found.reserve(events.capacity());
            try {
                n = kqueue.kevent(null, events, 0);
            } catch (ClosedChannelException closed) {
                if (selector.isOpen()) {
                    throw closed;
                }
                events.clear();
                break;
            }
            total += n;
            ready |= takeIn();
        }
        return ready;
    }

    private void unclaimedEvents(KQueueSelectionKey key) {
        if (key.source().readiness() != null && ++key.unclaimedEvents == TOO_MANY_UNCLAIMED) {
            updates.push(key);
        }
    }
}
