package dev.kqueue.nio;

import dev.kqueue.KEvent;
import dev.kqueue.KEventList;

import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;

/**
 * The registration of an {@link EventChannel} with a {@link KQueueSelector}, and the record of what has happened. It is
 * a {@link SelectionKey} like any other, found in {@code keys()} and {@code selectedKeys()}.
 *
 * {@snippet :
 * selector.schedule(Duration.ofSeconds(1));
 * selector.watchProcess(child);
 * while (!selector.keys().isEmpty()) { // until both have been reported
 *     selector.select(key -> handle(key));
 * }
 * }
 *
 * <h2>The record</h2>
 *
 * What happens adds up in the key for as long as it is among the selected keys, over any number of selection
 * operations; the first event after it was taken from that set begins a new record. With the forms of {@code select}
 * that take an action, each call of the action has a record of its own. A record may be read until the next one begins.
 *
 * <p>The record belongs to the thread that selects: it is read there, not from others. It stays readable when the key
 * is cancelled.
 *
 * <h2 id="end">The end of a key</h2>
 *
 * When nothing more can come, the selector cancels the key itself, once it has handed out the last record. Such sources
 * are a timer that expires once; a process that has exited; a watched file that has lost its last name, and was watched
 * for {@link VnodeEvent#DELETE}; a watched directory that was removed; a file whose access was revoked; and whatever a
 * program adds with {@link KEvent#EV_ONESHOT}.
 *
 * <ul>
 *   <li>With an action: the key is valid while the action is called for it, and has left {@code keys()} when the
 *       selection operation returns. If the action throws, the key whose call threw has had its record; it and those
 *       before it leave with the next operation, and the other keys are handed out by it.
 *   <li>With the selected keys: the key is valid until the program has removed it from {@code selectedKeys()} and
 *       begins the next selection operation, with which it leaves {@code keys()}.
 *   <li>Without interest nothing is handed out, and the key stays.
 * </ul>
 *
 * <p>A selection operation that is left without any key in this way does not wait, and returns.
 *
 * <p>The selector closes the channel of a key if it has opened it; a channel that the program has opened and registered
 * stays open, and may be registered again. {@link TimerKey#reset} revives a timer that has expired, until its key is
 * cancelled.
 */
public abstract sealed class EventKey extends KQueueSelectionKey
        permits PathKey, VnodeKey, DirectoryKey, ProcessKey, SignalKey, TimerKey, UserKey, KEventKey {
    private final EventChannel channel;

    /** Made with the channel, by the selector, for this key: closed with it. */
    private volatile boolean closesChannel;

    /** The change that adds the knote. */
    private KEvent knote;

    /** Whether the knote has been added: before that, the selecting thread leaves {@link #knotes} alone. */
    private volatile boolean registered;

    // -- The record.

    /** The {@code EV_} bits of all its events. */
    private int flags;

    /** The {@code NOTE_} bits of all its events. */
    private int fflags;

    private long data;

    /** Whether the kernel has removed the knote for good: see {@link #ended}. */
    private boolean ending;

    /** Whether the record has not been shown to the program: it is among the selector's {@link PendingEventKeys}. */
    boolean pendingEvents;

    /**
     * The next of the selector's triggered keys; owned by the thread that triggers, of which there is one at a time,
     * then by the selecting thread.
     */
    EventKey nextTriggered;

    /** The next of the selector's {@link EndedKeys}. */
    EventKey nextEnded;

    boolean listedAsEnded;

    EventKey(KQueueSelector selector, EventChannel channel) {
        super(selector, new EventKnote(channel));
        this.channel = channel;
        ((EventKnote) source()).key = this;
    }

    /** The channel that is watched, open or closed. */
    @Override
    public EventChannel channel() {
        return channel;
    }

    /** What is watched, and the record. */
    @Override
    public String toString() {
        return getClass().getSimpleName() + "[" + channel + (isValid() ? "" : ", cancelled") + "]";
    }

    // ---- for the kinds of keys: in a class of the package alone, as most of them show the record in their own way

    final int recordedFlags() {
        return flags;
    }

    final int recordedNotes() {
        return fflags;
    }

    /** The data of the last event, or the sum over all if the key {@link #counts}. */
    final long recordedData() {
        return data;
    }

    // ---- for the selector

    /** Before anything else of the selector sees the key. */
    void prepare(int ops) {
        setFirstInterest(ops);
        knote = channel.knote(0);
        knotes = (byte) (knote == null ? EventKnote.NONE : EventKnote.wanted(ops));
    }

    /** The change that adds the knote. */
    KEvent knote() {
        return knote;
    }

    void setKnote(KEvent knote) {
        this.knote = knote;
    }

    /**
     * The knote has been added, as {@link #prepare} wanted it: called by the thread that registers.
     *
     * <p>The key is in the table before that, where another thread may find it and change its interest, and a selection
     * operation then passes it over, as {@link #isRegistered} is false. No change is lost: the interest set is written
     * before the selecting thread reads {@code registered}, and is read here after {@code registered} is written. So
     * either that thread sees the key registered, or this one sees the other interest set.
     */
    void registered(int ops) {
        registered = true;
        if (interest() != ops || hasUnsubmitted()) {
            selector().interestChanged(this);
        }
    }

    /** {@link KQueueSelector#trigger} on a thread of the JVM, which is thrown nothing. */
    final void triggerByTheJvm() {
        try {
            selector().trigger(this);
        } catch (UncheckedIOException notWoken) {
            // The next selection operation finds the key.
            System.getLogger("dev.kqueue.nio").log(System.Logger.Level.WARNING, this + " has an event", notWoken);
        }
    }

    /**
     * Prepares what the event needs besides its knote, before that is added. Returns 0, or the errno with which the
     * registration fails.
     */
    int beginning() {
        return 0;
    }

    /** Undoes {@link #beginning}, if that has been called: the key is not registered any more. May be called twice. */
    void released() {
        // Most keys need nothing.
    }

    /** Whether a change other than of the interest set may wait to be submitted. */
    boolean hasUnsubmitted() {
        return false;
    }

    /** Whether a knote that may be there is to be deleted before the new one is added. */
    boolean replacesKnote() {
        return false;
    }

    /** Whether nothing can happen any more: the kernel has removed the knote, or what it watches is gone. */
    boolean ends() {
        return ending;
    }

    /**
     * Decides that the key ends, before it is cancelled.
     *
     * @return false if another thread has revived it
     */
    boolean endForGood() {
        return ends();
    }

    /** Whether the program has had the last record: it is neither to be reported nor among the selected keys. */
    final boolean isHandedOut() {
        return !pendingEvents && !ReadyBatch.contains(this) && selectedIndex == NOT_SELECTED;
    }

    /** What is watched is gone: nothing will come after what is recorded now. */
    final void endWithThisRecord() {
        ending = true;
        selector().ended(this);
    }

    /** The knote is to be added again, after its last event. */
    final void revive() {
        ending = false;
    }

    boolean isRegistered() {
        return registered;
    }

    /** The knote is there in one state or the other, unless it was to be added: then it is added again. */
    @Override
    final void submissionFailed() {
        if (knotes != EventKnote.NONE) {
            knotes = knotesBefore;
        }
    }

    /** Whether the data of events are to be added up. */
    boolean counts() {
        return false;
    }

    /** Whether an event with these fields is one that was asked for. */
    @SuppressWarnings("unused")
    boolean tells(int fflags, long data) {
        return true;
    }

    /** Begins a new record. */
    void forget() {
        flags = 0;
        fflags = 0;
        data = 0;
    }

    /** Adds to the record. */
    void record(int flags, int fflags, long data) {
        this.flags |= flags;
        this.fflags |= fflags;
        this.data = counts() ? this.data + data : data;
    }

    /**
     * Takes into the record what has triggered the key: see {@link KQueueSelector#trigger}.
     *
     * @return whether there is something to report
     */
    boolean recordTriggers(@SuppressWarnings("unused") boolean fresh) {
        throw new AssertionError(this + " cannot be triggered");
    }

    /** The kernel has removed the knote with the event just recorded. */
    void ended() {
        ending = true;
        knotes = EventKnote.NONE;
        selector().registrations().ended(this);
        selector().ended(this);
    }

    @Override
    final int fired(KEventList events, int index, boolean fresh) {
        if (fresh && !pendingEvents) {
            forget();
        }
        // A receipt was asked of the registration, and some systems repeat that with every event.
        int flags = events.flags(index) & ~KEvent.EV_RECEIPT;
        boolean told = tells(events.fflags(index), events.data(index));
        if (told) {
            record(flags, events.fflags(index), events.data(index));
        }
        if ((flags & KEvent.EV_ONESHOT) != 0) {
            ended();
        }
        if (!told) {
            return 0;
        }
        int ops = interest();
        if (ops == 0) {
            // The interest was taken away while the event was on its way: it is reported when it comes back.
            selector().owe(this);
        }
        return ops;
    }

    @Override
    final void passedOver() {
        if (!isOutdated()) {
            selector().owe(this);
        }
    }

    final void closeChannelWhenReleased() {
        closesChannel = true;
    }

    final boolean closesChannel() {
        return closesChannel;
    }
}
