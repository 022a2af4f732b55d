package dev.kqueue.nio;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.KQueue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.IllegalSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelectionKey;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
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
    private final EventRegistrations registrations;
    private final SelectedKeys selected = new SelectedKeys();

    // -- owned by the thread that holds the selector's monitor
    private final KEventList changes = KEventList.allocate(16);
    private final KEventList events = KEventList.withoutData(FIRST_EVENTS);
    private final RememberedKeys remembered = new RememberedKeys();
    private final UnwatchedKeys unwatched = new UnwatchedKeys();
    private final OwedKeys owed = new OwedKeys();
    private final FoundKeys found = new FoundKeys();
    private final Removals removals = new Removals();
    private KQueueSelectionKey[] removed = new KQueueSelectionKey[16];
    private volatile boolean selecting;

    /** Written by the selecting thread alone, read by any. */
    private final AtomicLong selections = new AtomicLong();

    private final AtomicLong interestChanges = new AtomicLong();

    /** Kept, so that a selection operation need not make it. */
    private final Runnable openCheck = this::ensureOpen;

    KQueueSelector(SelectorProvider provider) throws IOException {
        this(provider, KQueue.open());
    }

    /** A selector on a kqueue that becomes its own. */
    KQueueSelector(SelectorProvider provider, KQueue kqueue) throws IOException {
        super(provider);
        this.kqueue = kqueue;
        registrations = new EventRegistrations(kqueue);
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
        if (channel instanceof EventChannel events) {
            return register(events, ops, attachment);
        }
        if (!(channel instanceof EventSource source)) {
            throw new IllegalSelectorException();
        }
        KQueueSelectionKey key = source.newKey(this);
        key.attach(attachment);
        ensureOpen();
        key.holding = source.hold();
        table.add(key);
        if (key.holding) {
            key.begin(ops);
        } else {
            // Closing began between the channel's own check and now: the caller gets what a registration just before
            // would have become.
            key.cancel();
        }
        // close() takes the keys that it finds in the table. If it has gone by already, this one is ours to take back.
        if (!isOpen()) {
            takeBack(key);
            throw new ClosedSelectorException();
        }
        return key;
    }

    /** The same, for a channel that is watched from now on: it can fail. */
    private EventKey register(EventChannel channel, int ops, Object attachment) {
        EventKey key = channel.newKey(this);
        key.attach(attachment);
        ensureOpen();
        key.holding = channel.hold();
        key.prepare(ops);
        // First of all: the event may come before the registration has returned.
        table.add(key);
        if (!key.holding) {
            key.cancel();
            return key;
        }
        try {
            registrations.add(key);
        } catch (IOException | RuntimeException failure) {
            takeBack(key);
            ensureOpen();
            throw failure instanceof IOException e ? new UncheckedIOException(e) : (RuntimeException) failure;
        }
        if (!isOpen()) {
            takeBack(key);
            throw new ClosedSelectorException();
        }
        return key;
    }

    /**
     * Takes back a key that cannot be registered after all, unless the selector is being closed and has done so. Takes
     * no lock that a selection operation holds: the caller holds the channel's, which deregistration wants.
     */
    private void takeBack(KQueueSelectionKey key) {
        key.cancel();
        if (table.take(key)) {
            release(key);
        }
    }

    /** The key's interest set is another one than the kernel was told: it will be, by the next selection operation. */
    void interestChanged(KQueueSelectionKey key) {
        updates.push(key);
    }

    /**
     * What the channel of the key wants to know of the kernel is not what it was, although its interest set is. Unlike
     * an interest change, which may wait for the next selection operation, this counts for the one in progress.
     */
    void sourceChanged(KQueueSelectionKey key) {
        updates.push(key);
        // Read after the push, as the selecting thread takes the updates after it has set this.
        if (selecting) {
            wakeup();
        }
    }

    // ---- event keys

    /** Adds and removes the knotes of event keys. */
    EventRegistrations registrations() {
        return registrations;
    }

    /** The key's record is to be reported as soon as it is of interest; called by the thread that selects. */
    void owe(EventKey key) {
        owed.add(key);
    }

    /** The key was triggered, for the first time since the last was taken into its record; any thread. */
    void trigger(UserKey key) {
        owed.trigger(key);
        // Read after the push, as the selecting thread collects the triggered keys after it has set this.
        if (selecting && key.interest() != 0) {
            wakeup();
        }
    }

    /**
     * Watches a file or directory, with a {@link VnodeChannel} that is closed with the key.
     *
     * @throws java.nio.file.NoSuchFileException if there is no such file
     * @throws java.nio.file.AccessDeniedException if it may not be read
     * @throws IOException if it cannot be watched for another reason
     * @throws UnsupportedOperationException if this system lacks one of the events
     */
    public VnodeKey register(Path path, Set<VnodeEvent> events, Object attachment) throws IOException {
        return (VnodeKey) watch(VnodeChannel.open(path, events), attachment);
    }

    /**
     * Watches a process, with a {@link ProcessChannel} that is closed with the key.
     *
     * @throws IOException if there is no such process, or it cannot be watched for another reason
     * @throws IllegalStateException if this selector watches the process already
     * @throws UnsupportedOperationException if this system lacks one of the events
     */
    public ProcessKey register(ProcessHandle process, Set<ProcessEvent> events, Object attachment) throws IOException {
        return (ProcessKey) watch(ProcessChannel.open(process, events), attachment);
    }

    /**
     * Watches a signal, with a {@link SignalChannel} that is closed with the key.
     *
     * @throws IOException if the signal cannot be watched
     * @throws IllegalStateException if this selector watches the signal already
     * @throws UnsupportedOperationException if this system has no such signal
     */
    public SignalKey register(Signal signal, Object attachment) throws IOException {
        return (SignalKey) watch(SignalChannel.open(signal), attachment);
    }

    /**
     * Watches any event of kqueue(2), with a {@link KEventChannel} that is closed with the key.
     *
     * @param event what to add: see {@link KEventChannel#open}
     * @throws IOException if it cannot be watched
     * @throws IllegalStateException if this selector watches this ident and filter already
     */
    public KEventKey register(KEvent event, Object attachment) throws IOException {
        return (KEventKey) watch(KEventChannel.open(event), attachment);
    }

    /**
     * Sets a timer that runs from now on, with a {@link TimerChannel} that is closed with the key.
     *
     * @param initial the time to the first expiration
     * @param period the time from one expiration to the next; zero for a timer that expires once
     * @throws IOException if the system has no more timers
     */
    public TimerKey schedule(Duration initial, Duration period, Object attachment) throws IOException {
        return (TimerKey) watch(TimerChannel.open(initial, period), attachment);
    }

    /** Makes an event for {@link UserKey#trigger}, with a {@link UserChannel} that is closed with the key. */
    public UserKey userEvent(Object attachment) throws IOException {
        return (UserKey) watch(UserChannel.open(), attachment);
    }

    private EventKey watch(EventChannel channel, Object attachment) throws IOException {
        EventKey key = null;
        try {
            key = (EventKey) channel.register(this, SelectionKey.OP_READ, attachment);
            key.closeChannelWhenReleased();
            return key;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } finally {
            // The selector may have been closed, and may have let go of the key before it knew of the channel.
            if (key == null || !key.isValid()) {
                channel.close();
            }
        }
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
        found.begin();
        owed.collect(found);
        selections.lazySet(selections.getPlain() + 1);
        if (timeoutNanos == 0) {
            submitAndWait(0);
        } else {
            try {
                begin();
                submitAndWait(isAnyReady() ? 0 : timeoutNanos);
            } finally {
                end();
            }
        }
        deregisterCancelled();
        remembered.find(found);
        unwatched.find(found);
        owed.collect(found);
        owed.find(found);
        try {
            return action == null ? found.select(selected) : found.accept(action, openCheck);
        } finally {
            found.end();
        }
    }

    /** Whether a key is ready of which the kernel has nothing to say. */
    private boolean isAnyReady() {
        return !remembered.isEmpty() || unwatched.isAnyReady() || owed.isAnyReady();
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
        if (interest != key.toldInterest) {
            key.toldInterest = interest;
            interestChanges.lazySet(interestChanges.getPlain() + 1);
        }
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
                failed = unwatched.note(events, table, kqueue);
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

    // ---- events

    /** Takes in the events that kevent returned. True if one of them makes a key ready. */
    private boolean takeIn() {
        boolean ready = false;
        int n = events.size();
        for (int i = 0; i < n; i++) {
            KQueueSelectionKey key = table.find(events.udata(i));
            if (key != null && key.isValid()) {
                boolean fresh = !found.contains(key) && key.selectedIndex == KQueueSelectionKey.NOT_SELECTED;
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
                        found.add(key, ops);
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

    // ---- wakeup

    @Override
    public Selector wakeup() {
        if (wakeup.wakeup()) {
            try {
                waker.wake();
            } catch (ClosedChannelException closed) {
                // The selector has been closed meanwhile, and closing has woken the thread that waited.
            } catch (IOException e) {
                throw new UncheckedIOException("a selector could not be woken", e);
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
            if (!deregisterKey(removed[i])) {
                removed[i] = null;
            }
        }
        try {
            removals.submit(kqueue);
        } finally {
            for (int i = 0; i < count; i++) {
                if (removed[i] != null) {
                    release(removed[i]);
                    removed[i] = null;
                }
            }
        }
    }

    /**
     * Takes the key out of all sets, and puts the removal of its knotes on the list.
     *
     * @return false if that has been done already
     */
    private boolean deregisterKey(KQueueSelectionKey key) {
        if (!table.take(key)) {
            return false;
        }
        selected.deselect(key);
        remembered.remove(key);
        deregister((AbstractSelectionKey) key);
        unwatched.remove(key);
        if (!(key instanceof EventKey event && registrations.remove(event))) {
            removals.add(key, kqueue);
        }
        return true;
    }

    private static void release(KQueueSelectionKey key) {
        if (key.holding) {
            key.holding = false;
            key.source().release();
        }
        if (key instanceof EventKey event && event.closesChannel()) {
            close(event.channel());
        }
    }

    private static void close(EventChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(channel + " could not be closed", e);
        }
    }

    @Override
    protected void implCloseSelector() throws IOException {
        wakeup();
        synchronized (this) {
            synchronized (selected) {
                kqueue.close();
                if (provider() instanceof KQueueSelectorProvider ours) {
                    ours.closed(this);
                }
                for (SelectionKey key : keys.toArray(SelectionKey[]::new)) {
                    KQueueSelectionKey ours = (KQueueSelectionKey) key;
                    if (deregisterKey(ours)) {
                        release(ours);
                    }
                }
                removals.clear();
                selected.clear();
            }
        }
    }

    /** What this selector has done since it was opened. */
    public SelectorStatistics statistics() {
        return new SelectorStatistics(selections.get(), interestChanges.get(), kqueue.statistics());
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
