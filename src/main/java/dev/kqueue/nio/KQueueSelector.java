package dev.kqueue.nio;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.KQueue;
import dev.kqueue.internal.libc.Errno;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.IllegalSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelectionKey;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A selector on a kqueue.
 *
 * <p>Interest changes are collected, from whichever thread they come, and submitted all together by the kevent call
 * that waits: one system call for a select, however many keys changed. An event finds its key through its udata, and no
 * map from descriptors stands between.
 *
 * <p>Timeouts are kept to the nanosecond where the system can; the wait never ends early, neither by a Unix signal nor
 * by a wakeup that an earlier operation has answered.
 *
 * <h2>Who owns what</h2>
 *
 * A selection operation holds the monitor of the selector and then that of the selected-key set, as {@link Selector}
 * specifies. The thread that holds them owns the lists, the selected keys and each key's knotes. Registering, changing
 * interest, cancelling and waking need neither monitor, and so never wait for a selection in progress.
 */
public final class KQueueSelector extends AbstractSelector {
    private static final System.Logger LOG = System.getLogger("dev.kqueue.nio");

    private static final int FIRST_EVENTS = 128;

    /** More events at once gain nothing: the cost of the call is spread over them long before. */
    private static final int MOST_EVENTS = 16 * 1024;

    /** One event without interest is no reason to tell the kernel: the interest may come back with the next message. */
    private static final int TOO_MANY_UNWANTED = 3;

    private final KQueue kqueue;
    private final Waker waker;
    private final Wakeup wakeup = new Wakeup();
    private final KeyTable table = new KeyTable();
    private final Set<SelectionKey> keys = Collections.unmodifiableSet(table);
    private final InterestUpdates updates = new InterestUpdates();
    private final SelectedKeys selected = new SelectedKeys();

    // -- owned by the thread that holds the selector's monitor
    private final KEventList changes = KEventList.allocate(16);
    private final KEventList events = KEventList.withoutData(FIRST_EVENTS);
    private final KEventList removals = KEventList.allocate(16);
    private final KEventList receipts = KEventList.allocate(16);
    private final RememberedKeys remembered = new RememberedKeys();
    private KQueueSelectionKey[] batch = new KQueueSelectionKey[FIRST_EVENTS];
    private int found;
    private KQueueSelectionKey[] removed = new KQueueSelectionKey[16];
    private KQueueSelectionKey[] unwatched = new KQueueSelectionKey[0];
    private boolean selecting;
    private int turn;

    KQueueSelector(SelectorProvider provider) throws IOException {
        this(provider, KQueue.open());
    }

    /** A selector on a kqueue that becomes its own. */
    KQueueSelector(SelectorProvider provider, KQueue kqueue) throws IOException {
        super(provider);
        this.kqueue = kqueue;
        try {
            waker = new Waker(kqueue);
        } catch (Throwable failure) {
            kqueue.close();
            throw failure;
        }
    }

    /**
     * Opens a selector of this provider, whichever provider the system property names.
     *
     * @throws IOException if no more descriptors can be opened
     */
    public static KQueueSelector open() throws IOException {
        return KQueueSelectorProvider.instance().openSelector();
    }

    // ---- keys

    @Override
    public Set<SelectionKey> keys() {
        ensureOpen();
        return keys;
    }

    @Override
    public Set<SelectionKey> selectedKeys() {
        ensureOpen();
        return selected;
    }

    private void ensureOpen() {
        if (!isOpen()) {
            throw new ClosedSelectorException();
        }
    }

    @Override
    protected SelectionKey register(AbstractSelectableChannel channel, int ops, Object attachment) {
        if (!(channel instanceof EventSource source)) {
            throw new IllegalSelectorException();
        }
        KQueueSelectionKey key = source.newKey(this);
        key.attach(attachment);
        ensureOpen();
        key.holding = source.hold();
        table.add(key);
        if (key.holding) {
            key.interestOps(ops);
        } else {
            // Closing began between the channel's own check and now: the caller gets what a registration just before
            // would have become.
            key.cancel();
        }
        // close() takes the keys that it finds in the table. If it has gone by already, this one is ours to take back.
        if (!isOpen()) {
            abandon(key);
            throw new ClosedSelectorException();
        }
        return key;
    }

    /** Takes back a key that was registered while the selector was being closed. */
    private synchronized void abandon(KQueueSelectionKey key) {
        if (table.contains(key)) {
            deregisterKey(key);
            release(key);
        }
    }

    /** The key's interest set is another one than the kernel was told: it will be, by the next selection operation. */
    void interestChanged(KQueueSelectionKey key) {
        updates.push(key);
    }

    // ---- selection operations

    @Override
    public int selectNow() throws IOException {
        return lockAndSelect(null, 0);
    }

    @Override
    public int select() throws IOException {
        return lockAndSelect(null, KQueue.FOREVER);
    }

    @Override
    public int select(long timeout) throws IOException {
        return lockAndSelect(null, nanos(timeout));
    }

    @Override
    public int selectNow(Consumer<SelectionKey> action) throws IOException {
        return lockAndSelect(Objects.requireNonNull(action), 0);
    }

    @Override
    public int select(Consumer<SelectionKey> action) throws IOException {
        return lockAndSelect(Objects.requireNonNull(action), KQueue.FOREVER);
    }

    @Override
    public int select(Consumer<SelectionKey> action, long timeout) throws IOException {
        Objects.requireNonNull(action);
        return lockAndSelect(action, nanos(timeout));
    }

    private static long nanos(long timeout) {
        if (timeout < 0) {
            throw new IllegalArgumentException("negative timeout " + timeout);
        }
        return timeout == 0 ? KQueue.FOREVER : TimeUnit.MILLISECONDS.toNanos(timeout);
    }

    private int lockAndSelect(Consumer<SelectionKey> action, long timeoutNanos) throws IOException {
        synchronized (this) {
            ensureOpen();
            if (selecting) {
                throw new IllegalStateException("a selection operation is in progress on this selector");
            }
            selecting = true;
            try {
                synchronized (selected) {
                    return doSelect(action, timeoutNanos);
                }
            } finally {
                selecting = false;
            }
        }
    }

    private int doSelect(Consumer<SelectionKey> action, long timeoutNanos) throws IOException {
        deregisterCancelled();
        collectChanges();
        remembered.review();
        found = 0;
        turn++;
        if (timeoutNanos == 0) {
            submitAndWait(0);
        } else {
            try {
                begin();
                submitAndWait(remembered.size() > 0 || isUnwatchedReady() ? 0 : timeoutNanos);
            } finally {
                end();
            }
        }
        deregisterCancelled();
        for (int i = 0; i < remembered.size(); i++) {
            KQueueSelectionKey key = remembered.get(i);
            found(key, RememberedKeys.ops(key.source().readiness().stamp(), key.interest()));
        }
        for (KQueueSelectionKey key : unwatched) {
            found(key, key.interest());
        }
        try {
            return action == null ? selectFound() : acceptFound(action);
        } finally {
            Arrays.fill(batch, 0, found, null);
        }
    }

    /** Turns what changed since the last operation into a changelist. The one place where interest becomes changes. */
    private void collectChanges() {
        KQueueSelectionKey next;
        for (KQueueSelectionKey key = updates.takeAll(); key != null; key = next) {
            next = key.nextUpdate;
            key.nextUpdate = null;
            key.unqueue();
            if (key.isValid()) {
                collectChanges(key);
            }
        }
    }

    private void collectChanges(KQueueSelectionKey key) {
        EventSource source = key.source();
        int interest = key.interest();
        int present = key.knotes;
        // A channel with a memory keeps its knotes, unless their events are not wanted.
        int wanted = source.knotes(key.unwanted < TOO_MANY_UNWANTED ? present : 0, interest);
        key.unwanted = 0;
        if (wanted != present) {
            source.changes(present, wanted, key.udata, changes);
            key.knotes = wanted;
        }
        Readiness readiness = source.readiness();
        if (readiness != null && RememberedKeys.ops(readiness.stamp(), interest) != 0) {
            remembered.add(key);
        }
    }

    /**
     * Submits the changelist and waits: one kevent call, unless a change failed (errors come alone) or what came was of
     * no interest to anybody: the event of a wakeup that an earlier operation has answered, of a former key, of a
     * direction without interest.
     */
    private void submitAndWait(long timeoutNanos) throws IOException {
        long deadline = timeoutNanos > 0 ? System.nanoTime() + timeoutNanos : 0;
        long timeout = timeoutNanos;
        boolean notified = false;
        while (true) {
            boolean wait = timeout != 0 && !notified && wakeup.beginWait();
            boolean failed = false;
            try {
                kevent(wait ? timeout : 0);
                failed = noteFailures();
            } catch (ClosedChannelException closed) {
                // Only closing the selector closes its kqueue: that wakes this thread, which then finds the selector
                // closed.
                if (isOpen()) {
                    throw closed;
                }
                events.clear();
                return;
            } finally {
                changes.clear();
                notified |= wakeup.endWait();
            }
            if (failed) {
                // The failed keys are ready, in their way: look what else is, and do not wait.
                timeout = 0;
                continue;
            }
            if (takeIn() || notified || timeout == 0 || !isOpen()) {
                return;
            }
            if (timeoutNanos > 0) {
                timeout = deadline - System.nanoTime();
                if (timeout <= 0) {
                    return;
                }
            }
            // A direction that keeps reporting without anybody's interest is taken out with the wait that follows.
            collectChanges();
        }
    }

    private void kevent(long timeout) throws IOException {
        if (timeout == 0 || !Thread.currentThread().isVirtual()) {
            kqueue.kevent(changes, events, timeout);
            return;
        }
        // A virtual thread must not hold its carrier while it waits. It parks until the kqueue's own descriptor is
        // readable, which a
        // wakeup makes it too.
        if (kqueue.kevent(changes, events, 0) == 0) {
            changes.clear();
            long nanos = timeout < 0 ? Long.MAX_VALUE : timeout;
            VirtualThreadPoller.shared().await(kqueue.descriptor(), Filter.READ, nanos, () -> true);
            kqueue.kevent(changes, events, 0);
        }
    }

    /**
     * Takes in the entries of failed changes. The kernel will not report such a key, so it is reported ready from here
     * on, for all that it is interested in: the program then does its I/O, and sees for itself what the descriptor has
     * to say.
     */
    private boolean noteFailures() {
        int n = events.size();
        if (n == 0 || (events.flags(0) & KEvent.EV_ERROR) == 0) {
            return false;
        }
        for (int i = 0; i < n; i++) {
            int errno = (int) events.data(i);
            if (errno == 0 || errno == Errno.ENOENT) {
                // A receipt, or a knote to be removed that the kernel has removed by itself (EV_ONESHOT): both are as
                // wanted.
                continue;
            }
            KQueueSelectionKey key = table.find(events.udata(i));
            if (key != null && !key.unwatched) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "{0} cannot be watched by {1}: {2}; it is reported as ready instead",
                        key.channel(),
                        kqueue,
                        Errno.strerror(errno));
                key.unwatched = true;
                unwatched = Arrays.copyOf(unwatched, unwatched.length + 1);
                unwatched[unwatched.length - 1] = key;
            }
        }
        events.clear();
        return true;
    }

    private boolean isUnwatchedReady() {
        for (KQueueSelectionKey key : unwatched) {
            if (key.isValid() && key.interest() != 0) {
                return true;
            }
        }
        return false;
    }

    // ---- events

    /** Takes in the events that kevent returned. True if one of them makes a key ready. */
    private boolean takeIn() {
        boolean ready = false;
        int n = events.size();
        for (int i = 0; i < n; i++) {
            KQueueSelectionKey key = table.find(events.udata(i));
            if (key != null && key.isValid()) {
                boolean fresh = key.turn != turn && key.selectedIndex == KQueueSelectionKey.NOT_SELECTED;
                boolean edge = key.source().remember(key.knotes, events, i);
                int ops = key.fired(events, i, fresh);
                if (ops == 0) {
                    unwanted(key);
                } else {
                    ready = true;
                    key.unwanted = 0;
                    if (edge) {
                        remembered.add(key);
                    } else {
                        found(key, ops);
                    }
                }
            }
        }
        // A full eventlist means that more was ready: the next call shall fetch it at once.
        if (n == events.capacity() && n < MOST_EVENTS) {
            events.ensureCapacity(Math.min(MOST_EVENTS, n * 4));
        }
        return ready;
    }

    private void unwanted(KQueueSelectionKey key) {
        if (key.source().readiness() != null && ++key.unwanted == TOO_MANY_UNWANTED) {
            updates.push(key);
        }
    }

    /** Notes that the key is ready: once, whichever number of events says so. */
    private void found(KQueueSelectionKey key, int ops) {
        if (ops == 0 || !key.isValid()) {
            return;
        }
        if (key.turn == turn) {
            key.found |= ops;
            return;
        }
        key.turn = turn;
        key.found = ops;
        if (found == batch.length) {
            batch = Arrays.copyOf(batch, found * 2);
        }
        batch[found++] = key;
    }

    /** Adds what was found to the selected-key set; returns how many keys were added or had their ready set changed. */
    private int selectFound() {
        int updated = 0;
        for (int i = 0; i < found; i++) {
            KQueueSelectionKey key = batch[i];
            if (key.selectedIndex == KQueueSelectionKey.NOT_SELECTED) {
                key.setReady(key.found);
                selected.select(key);
                updated++;
            } else {
                int before = key.ready();
                if ((key.found & ~before) != 0) {
                    key.setReady(before | key.found);
                    updated++;
                }
            }
        }
        return updated;
    }

    /** Hands each key that was found to the action. */
    private int acceptFound(Consumer<SelectionKey> action) {
        for (int i = 0; i < found; i++) {
            batch[i].setReady(batch[i].found);
        }
        int accepted = 0;
        for (int i = 0; i < found; i++) {
            KQueueSelectionKey key = batch[i];
            // An earlier call of the action may have cancelled this key or taken its interest away.
            if (key.isValid() && (key.ready() & key.interest()) != 0) {
                accepted++;
                action.accept(key);
                ensureOpen();
            }
        }
        return accepted;
    }

    // ---- wakeup

    @Override
    public Selector wakeup() {
        if (wakeup.wakeup()) {
            try {
                waker.wake();
            } catch (ClosedChannelException closed) {
                // The selector has been closed meanwhile, and closing has woken the thread that waited.
            } catch (IOException e) {
                throw new java.io.UncheckedIOException("a selector could not be woken", e);
            }
        }
        return this;
    }

    // ---- deregistration

    /**
     * Lets go of the cancelled keys: all knotes of them go in one call, and only then are the descriptors released, so
     * that no change can meet the next owner of a number.
     */
    private void deregisterCancelled() throws IOException {
        Set<SelectionKey> cancelled = cancelledKeys();
        int count = 0;
        synchronized (cancelled) {
            if (cancelled.isEmpty()) {
                return;
            }
            if (removed.length < cancelled.size()) {
                removed = new KQueueSelectionKey[cancelled.size() * 2];
            }
            for (Iterator<SelectionKey> i = cancelled.iterator(); i.hasNext(); i.remove()) {
                removed[count++] = (KQueueSelectionKey) i.next();
            }
        }
        for (int i = 0; i < count; i++) {
            deregisterKey(removed[i]);
        }
        try {
            removeKnotes();
        } finally {
            for (int i = 0; i < count; i++) {
                release(removed[i]);
                removed[i] = null;
            }
        }
    }

    /** Takes the key out of all sets, and puts the removal of its knotes on the list. */
    private void deregisterKey(KQueueSelectionKey key) {
        if (!table.contains(key)) {
            return;
        }
        table.remove(key);
        selected.deselect(key);
        remembered.remove(key);
        deregister((AbstractSelectionKey) key);
        if (key.unwatched) {
            unwatched = Arrays.stream(unwatched).filter(SelectionKey::isValid).toArray(KQueueSelectionKey[]::new);
        }
        if (key.knotes != 0) {
            EventSource source = key.source();
            if (source.descriptor() >= 0 && !key.channel().isOpen()) {
                // release() will close the descriptor, which removes the knotes.
                kqueue.closing(source.descriptor());
            } else {
                source.changes(key.knotes, 0, key.udata, removals);
            }
            key.knotes = 0;
        }
    }

    private void removeKnotes() throws IOException {
        int n = removals.size();
        if (n == 0) {
            return;
        }
        try {
            // With receipts no events are fetched, which would be lost here.
            for (int i = 0; i < n; i++) {
                removals.set(
                        i,
                        removals.ident(i),
                        removals.filter(i),
                        removals.flags(i) | KEvent.EV_RECEIPT,
                        removals.fflags(i),
                        removals.data(i),
                        removals.udata(i));
            }
            kqueue.kevent(removals, receipts, 0);
            // What the receipts say is not looked at: ENOENT is a knote that is gone already (EV_ONESHOT, a process's
            // end), EBADF cannot be, as
            // the keys still hold their descriptors.
        } finally {
            removals.clear();
        }
    }

    private static void release(KQueueSelectionKey key) {
        if (key.holding) {
            key.holding = false;
            key.source().release();
        }
    }

    @Override
    protected void implCloseSelector() throws IOException {
        wakeup();
        synchronized (this) {
            synchronized (selected) {
                kqueue.close();
                for (SelectionKey key : keys.toArray(SelectionKey[]::new)) {
                    KQueueSelectionKey ours = (KQueueSelectionKey) key;
                    deregisterKey(ours);
                    release(ours);
                }
                removals.clear();
                selected.clear();
            }
        }
    }

    /** The kqueue underneath: for this package, and for tests that count. */
    KQueue kqueue() {
        return kqueue;
    }

    @Override
    public String toString() {
        return "KQueueSelector[" + kqueue + ", " + table.size() + " keys]";
    }
}
