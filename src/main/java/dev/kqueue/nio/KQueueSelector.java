package dev.kqueue.nio;

import dev.kqueue.KEvent;
import dev.kqueue.KQueue;
import dev.kqueue.internal.channel.OpenSelectors;
import dev.kqueue.internal.channel.Pollable;
import dev.kqueue.internal.fd.OpenKQueues;
import dev.kqueue.internal.wakeup.WakeupEvent;
import dev.kqueue.internal.wakeup.WakeupState;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.IllegalSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelectionKey;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.FileVisitOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
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
public final class KQueueSelector extends AbstractSelector {
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
    private final DeregistrationBatch deregistrations = new DeregistrationBatch();
    private KQueueSelectionKey[] removed = new KQueueSelectionKey[16];
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
        selection = new Selection(this, kqueue, table, updates, pendingEvents, wakeup);
        try {
            OpenKQueues.opened(kqueue);
            waker = WakeupEvent.of(kqueue);
        } catch (Throwable failure) {
            kqueue.close();
            OpenKQueues.closed(kqueue);
            throw failure;
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
        // close() takes the keys that it finds in the table. If it has gone by already, this one is ours to take back.
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
            release(key);
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

    /** {@link #watchPath(Path, Object)} without an attachment. */
    public PathKey watchPath(Path path) throws IOException {
        return watchPath(path, null);
    }

    /**
     * Watches a name: whatever file the path leads to, now and later. The key reports when that file is written to,
     * when another one takes the name (an editor's save by a temporary file and a rename, a symbolic link that is
     * changed), and when it is deleted or created. The file need not exist yet; its directory must.
     *
     * {@snippet :
     * PathKey config = selector.watchPath(Path.of("app.conf"));
     * selector.select(key -> {
     *     if (key == config && config.exists()) {
     *         reload(config.path());
     *     }
     * });
     * }
     *
     * <p>To watch one file, wherever it is moved to: {@link #watchFile}.
     *
     * @param path of the default file system; symbolic links are followed
     * @throws java.nio.file.NoSuchFileException if the directory of the path does not exist
     * @throws java.nio.file.NotDirectoryException if it is not a directory
     * @throws java.nio.file.AccessDeniedException if the directory, or the file, may not be read
     * @throws IOException if it cannot be watched for another reason
     * @throws UnsupportedOperationException if the path is of another file system
     */
    public PathKey watchPath(Path path, Object attachment) throws IOException {
        return (PathKey) open(PathChannel.open(path), attachment);
    }

    /** {@link #watchFile(Path, Set, Object)} without an attachment. */
    public VnodeKey watchFile(Path file, Set<VnodeEvent> events) throws IOException {
        return watchFile(file, events, null);
    }

    /**
     * Watches a file or directory, with a {@link VnodeChannel} that is closed with the key: {@code EVFILT_VNODE}. The
     * file is watched, not its name: after a rename the key reports what happens to the file under its new name, and
     * nothing of another file that takes the former one. To watch a name: {@link #watchPath}.
     *
     * @throws java.nio.file.NoSuchFileException if there is no such file
     * @throws java.nio.file.AccessDeniedException if it may not be read
     * @throws IOException if it cannot be watched for another reason
     * @throws IllegalArgumentException if there is no event to watch for
     * @throws UnsupportedOperationException if this system lacks one of the events, or the path is of another file
     *     system
     */
    public VnodeKey watchFile(Path file, Set<VnodeEvent> events, Object attachment) throws IOException {
        return (VnodeKey) open(VnodeChannel.open(file, events), attachment);
    }

    /** {@link #watchDirectory(Path, Object)} without an attachment. */
    public DirectoryKey watchDirectory(Path directory) throws IOException {
        return watchDirectory(directory, null);
    }

    /**
     * Watches the entries of a directory, with a {@link DirectoryChannel} that is closed with the key.
     *
     * <pre>{@code
     * DirectoryKey key = selector.watchDirectory(Path.of("incoming"), null);
     * selector.select(selected -> key.events().forEach(System.out::println));
     * }</pre>
     *
     * <p>The directory and each regular file in it need a descriptor, on Linux an inotify watch besides.
     *
     * @param directory of the default file system; a symbolic link is followed
     * @throws java.nio.file.NoSuchFileException if there is no such directory
     * @throws java.nio.file.NotDirectoryException if it is not a directory
     * @throws java.nio.file.AccessDeniedException if it may not be read
     * @throws IOException if it cannot be watched for another reason
     * @throws UnsupportedOperationException if the path is of another file system
     */
    public DirectoryKey watchDirectory(Path directory, Object attachment) throws IOException {
        return (DirectoryKey) open(DirectoryChannel.open(directory, false, false), attachment);
    }

    /** {@link #watchTree(Path, Object, FileVisitOption...)} without an attachment; links are not followed. */
    public DirectoryKey watchTree(Path root) throws IOException {
        return watchTree(root, null);
    }

    /**
     * Watches the entries of a directory and of all directories below it, with a {@link DirectoryChannel} that is
     * closed with the key. Directories that appear are watched, too.
     *
     * <p>Each directory and each regular file needs a descriptor, on Linux an inotify watch besides.
     *
     * @param root of the default file system; a symbolic link is followed
     * @param options {@link FileVisitOption#FOLLOW_LINKS} to take links within the tree for what they lead to
     * @throws java.nio.file.NoSuchFileException if there is no such directory
     * @throws java.nio.file.NotDirectoryException if it is not a directory
     * @throws java.nio.file.AccessDeniedException if it may not be read
     * @throws IOException if it cannot be watched for another reason
     * @throws UnsupportedOperationException if the path is of another file system
     */
    public DirectoryKey watchTree(Path root, Object attachment, FileVisitOption... options) throws IOException {
        boolean followLinks = List.of(options).contains(FileVisitOption.FOLLOW_LINKS);
        return (DirectoryKey) open(DirectoryChannel.open(root, true, followLinks), attachment);
    }

    /** {@link #watchProcess(ProcessHandle, Set, Object)} for the exit, without an attachment. */
    public ProcessKey watchProcess(ProcessHandle process) throws IOException {
        return watchProcess(process, ProcessChannel.EXIT_ONLY, null);
    }

    /** {@link #watchProcess(ProcessHandle, Set, Object)} without an attachment. */
    public ProcessKey watchProcess(ProcessHandle process, Set<ProcessEvent> events) throws IOException {
        return watchProcess(process, events, null);
    }

    /**
     * Watches any process, with a {@link ProcessChannel} that is closed with the key.
     *
     * @throws NoSuchProcessException if there is no such process, or it has exited
     * @throws IOException if it cannot be watched for another reason
     * @throws IllegalArgumentException if there is no event to watch for
     * @throws IllegalStateException if this selector watches the process already
     * @throws UnsupportedOperationException if this system lacks one of the events
     */
    public ProcessKey watchProcess(ProcessHandle process, Set<ProcessEvent> events, Object attachment)
            throws IOException {
        return (ProcessKey) open(ProcessChannel.open(process, events), attachment);
    }

    /** {@link #watchProcess(Process, Set, Object)} for the exit, without an attachment. */
    public ProcessKey watchProcess(Process child) throws IOException {
        return watchProcess(child, ProcessChannel.EXIT_ONLY, null);
    }

    /** {@link #watchProcess(Process, Set, Object)} without an attachment. */
    public ProcessKey watchProcess(Process child, Set<ProcessEvent> events) throws IOException {
        return watchProcess(child, events, null);
    }

    /**
     * Watches a child of this program, with a {@link ProcessChannel} that is closed with the key. Its exit is always
     * reported, however early it was, with its exit value; when it is reported, {@link Process#exitValue} has it, too.
     *
     * {@snippet :
     * Process child = new ProcessBuilder("make").start();
     * ProcessKey key = selector.watchProcess(child);
     * while (!key.hasExited()) {
     *     selector.select(ready -> serve(ready));
     * }
     * int value = child.exitValue();
     * }
     *
     * @throws NoSuchProcessException if the exit is not watched for, and the process has exited
     * @throws IOException if it cannot be watched for another reason
     * @throws IllegalArgumentException if there is no event to watch for
     * @throws IllegalStateException if this selector watches the process already
     * @throws UnsupportedOperationException if this system lacks one of the events
     */
    public ProcessKey watchProcess(Process child, Set<ProcessEvent> events, Object attachment) throws IOException {
        return (ProcessKey) open(ProcessChannel.open(child, events), attachment);
    }

    /** {@link #watchSignal(Signal, Object)} without an attachment. */
    public SignalKey watchSignal(Signal signal) throws IOException {
        return watchSignal(signal, null);
    }

    /**
     * Counts a signal, with a {@link SignalChannel} that is closed with the key, beside the handler that is there: the
     * JVM still shuts down on HUP, INT and TERM. To have a signal as an event alone: {@link #handleSignal}.
     *
     * @throws IOException if the signal cannot be watched: see {@link Signal}
     * @throws IllegalStateException if this selector watches or handles the signal already
     * @throws UnsupportedOperationException if this system has no such signal
     */
    public SignalKey watchSignal(Signal signal, Object attachment) throws IOException {
        return (SignalKey) open(SignalChannel.open(signal), attachment);
    }

    /** {@link #handleSignal(Signal, Object)} without an attachment. */
    public SignalKey handleSignal(Signal signal) throws IOException {
        return handleSignal(signal, null);
    }

    /**
     * Takes a signal over, with a {@link SignalChannel} that is closed with the key. As long as the key is valid, the
     * signal is an event of this selector and nothing else: neither the JVM's handler nor one that the program has set
     * before is called, and no default action ends the process. Then the former handler is back.
     *
     * {@snippet :
     * SignalKey reload = selector.handleSignal(Signal.HUP);
     * SignalKey term = selector.handleSignal(Signal.TERM);
     * while (term.isValid()) {
     *     selector.select(key -> {
     *         if (key == reload) {
     *             readConfiguration();
     *         } else if (key == term) {
     *             term.cancel(); // a second one ends the JVM at once
     *         } else {
     *             serve(key);
     *         }
     *     });
     * }
     * }
     *
     * @throws IOException if the signal cannot be handled: see {@link Signal}
     * @throws IllegalStateException if this selector watches or handles the signal already
     * @throws UnsupportedOperationException if this system has no such signal
     */
    public SignalKey handleSignal(Signal signal, Object attachment) throws IOException {
        return (SignalKey) open(SignalChannel.handling(signal), attachment);
    }

    /** {@link #watch(KEvent, Object)} without an attachment. */
    public KEventKey watch(KEvent event) throws IOException {
        return watch(event, null);
    }

    /**
     * Watches any event of kqueue(2), with a {@link KEventChannel} that is closed with the key.
     *
     * @param event what to add: see {@link KEventChannel#open}
     * @throws IOException if it cannot be watched
     * @throws IllegalArgumentException as {@link KEventChannel#open}
     * @throws IllegalStateException if this selector watches this ident and filter already
     */
    public KEventKey watch(KEvent event, Object attachment) throws IOException {
        return (KEventKey) open(KEventChannel.open(event), attachment);
    }

    /** {@link #schedule(Duration, Object)} without an attachment. */
    public TimerKey schedule(Duration delay) throws IOException {
        return schedule(delay, null);
    }

    /**
     * Sets a timer that expires once, with a {@link TimerChannel} that is closed with the key. When the expiration was
     * handed out the key {@linkplain EventKey##end ends}, unless {@link TimerKey#reset} has made it start again.
     *
     * @param delay the time from now to the expiration; zero or less expires at once, a hundred years are the most
     * @throws IOException if the system has no more timers
     */
    public TimerKey schedule(Duration delay, Object attachment) throws IOException {
        return (TimerKey) open(TimerChannel.after(delay), attachment);
    }

    /** {@link #schedule(Instant, Object)} without an attachment. */
    public TimerKey schedule(Instant time) throws IOException {
        return schedule(time, null);
    }

    /**
     * Sets a timer that expires once, at a time of day. The delay is computed now: the timer does not follow when the
     * system's clock is set. The key ends as that of {@link #schedule(Duration, Object)}.
     *
     * @param time when it expires; a time that has passed expires at once
     * @throws IOException if the system has no more timers
     */
    public TimerKey schedule(Instant time, Object attachment) throws IOException {
        return schedule(TimerChannel.until(time), attachment);
    }

    /** {@link #scheduleAtFixedRate(Duration, Duration, Object)} with the period as initial delay too. */
    public TimerKey scheduleAtFixedRate(Duration period) throws IOException {
        return scheduleAtFixedRate(period, period, null);
    }

    /** {@link #scheduleAtFixedRate(Duration, Duration, Object)} without an attachment. */
    public TimerKey scheduleAtFixedRate(Duration initialDelay, Duration period) throws IOException {
        return scheduleAtFixedRate(initialDelay, period, null);
    }

    /**
     * Sets a timer that expires again and again, with a {@link TimerChannel} that is closed with the key. It does not
     * drift: expirations that the program was too late for are counted.
     *
     * @param initialDelay the time from now to the first expiration; zero or less expires at once
     * @param period the time from one expiration to the next
     * @throws IOException if the system has no more timers
     * @throws IllegalArgumentException if the period is not positive
     */
    public TimerKey scheduleAtFixedRate(Duration initialDelay, Duration period, Object attachment) throws IOException {
        return (TimerKey) open(TimerChannel.atFixedRate(initialDelay, period), attachment);
    }

    /** {@link #addUserEvent(Object)} without an attachment. */
    public UserKey addUserEvent() throws IOException {
        return addUserEvent(null);
    }

    /** Adds an event for {@link UserKey#trigger}, with a {@link UserChannel} that is closed with the key. */
    public UserKey addUserEvent(Object attachment) throws IOException {
        return (UserKey) open(UserChannel.open(), attachment);
    }

    /**
     * @param opened an {@link EventChannel}, typed as an interface: for a class the verifier of this one would load all
     *     channels, at the start of each program
     */
    private EventKey open(Channel opened, Object attachment) throws IOException {
        EventChannel channel = (EventChannel) opened;
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
        int count = 0;
        synchronized (cancelled) {
            if (removed.length < cancelled.size()) {
                removed = new KQueueSelectionKey[cancelled.size() * 2];
            }
            for (Iterator<SelectionKey> i = cancelled.iterator(); i.hasNext(); i.remove()) {
                removed[count++] = (KQueueSelectionKey) i.next();
            }
        }
        deregisterFirst(count);
    }

    /**
     * Deregisters so many keys of {@link #removed}. Whatever is thrown for one of them, the others are released: they
     * are not among the cancelled keys any more, and would keep their descriptors open.
     */
    private void deregisterFirst(int count) throws IOException {
        Throwable failure = null;
        for (int i = 0; i < count; i++) {
            try {
                if (!deregisterKey(removed[i])) {
                    removed[i] = null;
                }
            } catch (RuntimeException | Error thrown) {
                // It has left the table, if it was there: an event of its knote finds no key.
                failure = thrown;
            }
        }
        try {
            deregistrations.submit(kqueue);
        } finally {
            for (int i = 0; i < count; i++) {
                try {
                    if (removed[i] != null) {
                        release(removed[i]);
                    }
                } catch (RuntimeException | Error thrown) {
                    failure = thrown;
                }
                removed[i] = null;
            }
        }
        throwUnchecked(failure);
    }

    private static void throwUnchecked(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
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
        deregister((AbstractSelectionKey) key);
        selection.remove(key);
        if (!(key instanceof EventKey event && registrations.remove(event))) {
            deregistrations.add(key, kqueue);
        }
        return true;
    }

    private static void release(KQueueSelectionKey key) {
        if (key.holding) {
            key.holding = false;
            key.source().release();
        }
        if (key instanceof EventKey event) {
            event.released();
            if (event.closesChannel()) {
                close(event.channel());
            }
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
        Throwable failure = null;
        for (SelectionKey each : keys.toArray(SelectionKey[]::new)) {
            KQueueSelectionKey key = (KQueueSelectionKey) each;
            // Unless the thread that registers it has taken it back.
            boolean ours = true;
            try {
                try {
                    ours = deregisterKey(key);
                } finally {
                    if (ours) {
                        release(key);
                    }
                }
            } catch (RuntimeException | Error thrown) {
                failure = thrown;
            }
        }
        deregistrations.clear();
        selection.close();
        selected.clear();
        throwUnchecked(failure);
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

    @Override
    public String toString() {
        return "KQueueSelector[" + kqueue + ", " + table.size() + " keys]";
    }
}
