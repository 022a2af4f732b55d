package dev.kqueue.nio;

import dev.kqueue.KQueue;
import dev.kqueue.internal.channel.OpenSelectors;
import dev.kqueue.internal.channel.Pollable;
import dev.kqueue.internal.fd.OpenKQueues;
import dev.kqueue.internal.thread.YieldPolicy;
import dev.kqueue.internal.wakeup.WakeupEvent;
import dev.kqueue.internal.wakeup.WakeupState;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.IllegalSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelectionKey;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.util.Collections;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A {@link Selector} on a kqueue, which also selects files, processes, signals and timers.
 *
 * {@snippet :
 * try (KQueueSelector selector = KQueueSelector.open()) {
 *     channel.register(selector, SelectionKey.OP_READ);
 *     ProcessKey child = selector.watchProcess(process);
 *     while (!child.hasExited()) {
 *         selector.select(key -> handle(key));
 *     }
 * }
 * }
 *
 * <p>Interest changes of all threads are collected and submitted in one batch by the kevent call that waits: one system
 * call for a select, however many keys changed. An event finds its key through its udata, without a map from
 * descriptors.
 *
 * <p>Timeouts have nanosecond resolution where the system has it. The wait never ends early: neither a Unix signal nor
 * a stale wakeup ends it.
 *
 * <h2>Who owns what</h2>
 *
 * A selection operation holds the monitor of the selector and then that of the selected-key set, as {@link Selector}
 * specifies. The thread that holds them owns the lists, the selected keys and each key's knotes. Registering, changing
 * interest, cancelling and waking need neither monitor, and so never wait for a selection in progress.
 */
public final class KQueueSelector extends WatchingSelector {
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    private final KQueue kqueue;
    private final WakeupEvent waker;
    private final WakeupState wakeup = new WakeupState();
    private final KeyTable table = new KeyTable();
    private final Set<SelectionKey> keys = Collections.unmodifiableSet(table);
    private final InterestUpdates updates = new InterestUpdates();
    private final EventRegistrations registrations;
    private final SelectedKeys selected = new SelectedKeys();

    private final PendingEventKeys pendingEvents = new PendingEventKeys();
    private final Selection selection;

    // -- owned by the thread that holds the selector's monitor
    private final DeregistrationBatch deregistrations;
    private boolean selecting;

    /**
     * Whether the selecting thread waits, or is about to wait, with the changes collected so far. Written by the
     * selecting thread, read by any.
     */
    private final AtomicBoolean waiting = new AtomicBoolean();

    /** Kept, so that a selection operation need not make it. */
    private final BooleanSupplier open =
            new BooleanSupplier() {
                @Override
                public boolean getAsBoolean() {
                    return isOpen();
                }
            };

    KQueueSelector(SelectorProvider provider) throws IOException {
        this(provider, KQueue.open());
    }

    /** A selector on a kqueue that becomes its own. */
    KQueueSelector(SelectorProvider provider, KQueue kqueue) throws IOException {
        super(provider);
        this.kqueue = kqueue;
        registrations = new EventRegistrations(kqueue);
        deregistrations = new DeregistrationBatch(this, kqueue);
        selection = new Selection(this, kqueue, table, updates, pendingEvents, wakeup);
        try {
            OpenKQueues.opened(kqueue);
            waker = WakeupEvent.of(kqueue);
        } catch (Throwable failure) {
            // Closes the kqueue whatever was thrown, and adds to it what closing throws.
            try (kqueue) {
                throw failure;
            } finally {
                OpenKQueues.closed(kqueue);
            }
        }
    }

    /**
     * Opens a selector of this provider, whichever provider the system property names.
     *
     * @throws IOException if no more descriptors can be opened
     */
    public static KQueueSelector open() throws IOException {
        return (KQueueSelector) KQueueSelectorProvider.instance().openSelector();
    }

    // ---- keys

    /**
     * The keys of all channels that are registered, those of event channels among them; not to be changed by the
     * program.
     *
     * @throws java.nio.channels.ClosedSelectorException if this selector is closed
     */
    @Override
    public Set<SelectionKey> keys() {
        ensureOpen();
        return keys;
    }

    /**
     * The keys that selection operations without an action have found ready. The program removes them.
     *
     * @throws java.nio.channels.ClosedSelectorException if this selector is closed
     */
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

    /**
     * Called by {@code channel.register}: takes channels of this provider, {@link EventChannel}s and {@link
     * FdChannel}s.
     *
     * @throws java.nio.channels.IllegalSelectorException if the channel is another provider's; its cause names both
     */
    @Override
    protected SelectionKey register(AbstractSelectableChannel channel, int ops, Object attachment) {
        if (channel instanceof EventChannel events) {
            return register(events, ops, attachment);
        }
        if (!(channel instanceof Pollable source)) {
            throw foreign(channel);
        }
        if (source.refusal() != null) {
            throw new UnsupportedOperationException(source.refusal());
        }
        KQueueSelectionKey key = new KQueueSelectionKey(this, source);
        if (source.reportsChanges()) {
            source.registered(new KeyChanges(key));
        }
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
        // close() takes the keys that it finds in the table. If it has done so already, this thread takes the key back.
        if (!isOpen()) {
            takeBack(key);
            throw new ClosedSelectorException();
        }
        return key;
    }

    /** The exception of the interface has no message: its cause says which providers do not fit. */
    private IllegalSelectorException foreign(AbstractSelectableChannel channel) {
        // A channel class of the program's own may have none.
        SelectorProvider other = channel.provider();
        IllegalSelectorException refused = new IllegalSelectorException();
        refused.initCause(
                new IllegalArgumentException(
                        "a channel of "
                                + (other == null ? "no provider" : other.getClass().getName())
                                + " cannot be registered with a selector of "
                                + KQueueSelectorProvider.class.getName()
                                + ": open both with one provider"));
        return refused;
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
        // Another thread may find the key in the table and cancel it, and it may be deregistered before its knote is
        // added: so the descriptor has a hold of its own until then.
        boolean held = channel.hold();
        try {
            if (held) {
                registrations.add(key);
                key.registered(ops);
            } else {
                key.cancel();
            }
            if (!table.contains(key)) {
                registrations.withdraw(key);
            }
        } catch (IOException | RuntimeException | Error failure) {
            takeBack(key);
            if (failure instanceof Error error) {
                throw error;
            }
            // A failure on a selector that another thread has closed comes of the closing, which is what is reported.
            ensureOpen();
            throw failure instanceof IOException e ? new UncheckedIOException(e) : (RuntimeException) failure;
        } finally {
            if (held) {
                channel.release();
            }
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
            DeregistrationBatch.release(key);
        }
    }

    /** The key's interest set has changed: the next selection operation submits it to the kernel. */
    void interestChanged(KQueueSelectionKey key) {
        updates.push(key);
    }

    /**
     * The filters this key needs have changed (its channel connected or began to listen) although its interest set has
     * not. Unlike an interest change this must take effect in the selection in progress.
     */
    void sourceChanged(KQueueSelectionKey key) {
        updates.push(key);
        // Read after the push, as the thread that will wait takes the updates after it has set this.
        if (waiting.get()) {
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
        pendingEvents.add(key);
    }

    /**
     * Nothing more will come of the key: it is cancelled when its last record was handed out; by the thread that
     * selects.
     */
    void ended(EventKey key) {
        selection.ended(key);
    }

    /** The key was triggered, for the first time since the last was taken into its record; any thread. */
    void trigger(EventKey key) {
        pendingEvents.trigger(key);
        // Read after the push, as the thread that will wait collects the triggered keys after it has set this.
        if (waiting.get() && key.interest() != 0) {
            wakeup();
        }
    }

    // ---- selection operations

    /**
     * Selects the keys that are ready now, and does not wait.
     *
     * @return the number of keys whose ready set has changed
     * @throws IOException if the kqueue fails
     * @throws java.nio.channels.ClosedSelectorException if this selector is closed
     */
    @Override
    public int selectNow() throws IOException {
        return lockAndSelect(null, 0);
    }

    /**
     * Waits until a key is ready, {@link #wakeup} is called, or the thread is interrupted. A selector that the
     * operation leaves without any key, because the last ones have {@linkplain EventKey##end ended}, does not wait.
     *
     * @return the number of keys whose ready set has changed, which may be 0
     * @throws IOException if the kqueue fails
     * @throws java.nio.channels.ClosedSelectorException if this selector is closed
     */
    @Override
    public int select() throws IOException {
        return lockAndSelect(null, KQueue.FOREVER);
    }

    /**
     * {@link #select()} for a time: {@link #select(Duration)} takes finer ones.
     *
     * @param timeout how many milliseconds to wait at most; zero is without limit, as {@link Selector} has it
     * @return the number of keys whose ready set has changed, which may be 0
     * @throws IOException if the kqueue fails
     * @throws IllegalArgumentException if the time is negative
     * @throws java.nio.channels.ClosedSelectorException if this selector is closed
     */
    @Override
    public int select(long timeout) throws IOException {
        return lockAndSelect(null, nanos(timeout));
    }

    /**
     * Calls the action for each key that is ready now, and does not wait.
     *
     * @return the number of keys that the action was called for
     * @throws IOException if the kqueue fails
     * @throws java.nio.channels.ClosedSelectorException if this selector is closed
     */
    @Override
    public int selectNow(Consumer<SelectionKey> action) throws IOException {
        return lockAndSelect(Objects.requireNonNull(action), 0);
    }

    /**
     * Waits as {@link #select()}, and calls the action for each key that is ready. The selected-key set is not used. An
     * exception of the action ends the operation, and the other keys are reported by the next one.
     *
     * @return the number of keys that the action was called for, which may be 0
     * @throws IOException if the kqueue fails
     * @throws java.nio.channels.ClosedSelectorException if this selector is closed
     */
    @Override
    public int select(Consumer<SelectionKey> action) throws IOException {
        return lockAndSelect(Objects.requireNonNull(action), KQueue.FOREVER);
    }

    /**
     * {@link #select(Consumer)} for a time.
     *
     * @param timeout how many milliseconds to wait at most; zero is without limit, as {@link Selector} has it
     * @return the number of keys that the action was called for, which may be 0
     * @throws IOException if the kqueue fails
     * @throws IllegalArgumentException if the time is negative
     * @throws java.nio.channels.ClosedSelectorException if this selector is closed
     */
    @Override
    public int select(Consumer<SelectionKey> action, long timeout) throws IOException {
        Objects.requireNonNull(action);
        return lockAndSelect(action, nanos(timeout));
    }

    /**
     * {@link #select(long)} with nanoseconds.
     *
     * @param timeout how long to wait at most; zero does not wait, more than 292 years is without limit
     * @throws IllegalArgumentException if it is negative
     */
    public int select(Duration timeout) throws IOException {
        return lockAndSelect(null, nanos(timeout));
    }

    /**
     * {@link #select(Consumer)} with an action that may throw {@link IOException}, and that may close the selector: the
     * operation then returns.
     *
     * {@snippet :
     * while (selector.isOpen()) {
     *     selector.select(key -> serve(key));
     * }
     * }
     *
     * @return the number of keys that the action was called for
     * @throws IOException if the action throws it: the other keys are reported by the next operation
     */
    public int select(KeyAction action) throws IOException {
        return lockAndSelect(Objects.requireNonNull(action), KQueue.FOREVER);
    }

    /**
     * {@link #select(KeyAction)} for a time.
     *
     * @param timeout how long to wait at most; zero does not wait, more than 292 years is without limit
     * @throws IllegalArgumentException if it is negative
     */
    public int select(KeyAction action, Duration timeout) throws IOException {
        Objects.requireNonNull(action);
        return lockAndSelect(action, nanos(timeout));
    }

    /** {@link #select(KeyAction)} without waiting. */
    public int selectNow(KeyAction action) throws IOException {
        return lockAndSelect(Objects.requireNonNull(action), 0);
    }

    private static long nanos(Duration timeout) {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("negative timeout " + timeout);
        }
        return timeout.compareTo(LONGEST) > 0 ? KQueue.FOREVER : timeout.toNanos();
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

    private int doSelect(Consumer<SelectionKey> action, long timeout) throws IOException {
        boolean ended = selection.cancelEnded();
        deregisterCancelled();
        // With the last key nothing is left to wait for: a program that asks for keys after each operation sees it.
        long timeoutNanos = ended && table.isEmpty() ? 0 : timeout;
        if (timeoutNanos == 0) {
            selection.begin();
            selection.submitAndWait(0);
        } else {
            try {
                begin();
                // Before the updates are taken: one that is pushed later finds it set, and ends the wait.
                waiting.set(true);
                selection.begin();
                selection.submitAndWait(selection.isAnyReady() ? 0 : timeoutNanos);
            } finally {
                // A thread that reads the old value wakes a selector that has returned already, which is harmless.
                waiting.lazySet(false);
                end();
            }
            // An interrupt calls wakeup from begin, which sees the thread's status, and from the thread that
            // interrupts, until end has returned. Both are for this operation: the next one must not end by the second.
            wakeup.endWait();
        }
        deregisterCancelled();
        return selection.end(selected, action, open);
    }

    // ---- wakeup

    /**
     * Ends the selection operation that waits, or else the next one, at once. It costs a system call only if a thread
     * waits and nothing has woken it yet. A closed selector ignores it.
     *
     * @return this selector
     */
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
     * that no change can meet the next owner of a number. By the thread that selects.
     */
    void deregisterCancelled() throws IOException {
        Set<SelectionKey> cancelled = cancelledKeys();
        // Without the set's monitor: a key whose cancelling happened before this is seen, one that is being cancelled
        // at this moment counts as cancelled a little later. Two monitors less for nearly every selection operation.
        if (cancelled.isEmpty()) {
            return;
        }
        deregistrations.deregister(cancelled);
    }

    /**
     * Takes the key out of all sets, and puts the removal of its knotes on the list.
     *
     * @return false if that has been done already
     */
    boolean deregisterKey(KQueueSelectionKey key) {
        if (!table.take(key)) {
            return false;
        }
        selected.deselect(key);
        deregister((AbstractSelectionKey) key);
        selection.remove(key);
        if (!(key instanceof EventKey event && registrations.remove(event))) {
            deregistrations.add(key);
        }
        return true;
    }

    /**
     * Wakes the thread that selects, cancels all keys, and closes the kqueue and the channels that the selector has
     * opened.
     */
    @Override
    protected void implCloseSelector() throws IOException {
        wakeup();
        synchronized (this) {
            synchronized (selected) {
                try {
                    kqueue.close();
                } finally {
                    OpenKQueues.closed(kqueue);
                    try {
                        waker.close();
                    } finally {
                        releaseAll();
                    }
                }
            }
        }
    }

    /** The kqueue is closed: lets go of every key, whatever is thrown for one of them. */
    private void releaseAll() {
        OpenSelectors.closed(this);
        try {
            deregistrations.releaseAll(keys.toArray(SelectionKey[]::new));
        } finally {
            selection.close();
            selected.clear();
        }
    }

    /** The counts of this selector's operations since it was opened. */
    public SelectorStatistics statistics() {
        return selection.statistics();
    }

    /** The kqueue underneath: for this package, and for tests that count. */
    KQueue kqueue() {
        return kqueue;
    }

    /** For tests that count, by the thread that selects. */
    YieldPolicy yieldPolicy() {
        return selection.yieldPolicy();
    }

    /** The kqueue and the number of keys, for people. */
    @Override
    public String toString() {
        return "KQueueSelector[" + kqueue + ", " + table.size() + " keys]";
    }
}
