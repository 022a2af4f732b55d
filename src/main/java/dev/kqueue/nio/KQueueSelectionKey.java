package dev.kqueue.nio;

import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.internal.channel.Pollable;
import dev.kqueue.internal.channel.ReadWriteKnotes;
import dev.kqueue.internal.channel.RegisteredKey;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.spi.AbstractSelectionKey;

/**
 * A registration of a channel with a {@link KQueueSelector}.
 *
 * <p>Any thread may set the interest set; the ready set and the fields that are not volatile belong to the selecting
 * thread, which holds the selector's monitor. A key is its own entry in each structure of its selector: its slot in the
 * {@link KeyTable}, its place among the {@link SelectedKeys}, its link in the {@link InterestUpdates}. So none of them
 * needs a map, and none allocates.
 */
class KQueueSelectionKey extends AbstractSelectionKey {
    private static final VarHandle INTEREST_OPS;
    private static final VarHandle READY_OPS;
    private static final VarHandle QUEUED;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            INTEREST_OPS = lookup.findVarHandle(KQueueSelectionKey.class, "interestOps", byte.class);
            READY_OPS = lookup.findVarHandle(KQueueSelectionKey.class, "readyOps", byte.class);
            QUEUED = lookup.findVarHandle(KQueueSelectionKey.class, "queued", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The {@link #selectedIndex} of a key that is not among the selected keys. */
    static final int NOT_SELECTED = -1;

    private final KQueueSelector selector;
    private final Pollable source;

    // Bytes: sets of operations and of knotes have few members, and keys are many.
    private volatile byte interestOps;
    private volatile byte readyOps;

    /** Whether the key is among the selector's {@link InterestUpdates}. */
    private volatile boolean queued;

    /** Set by {@link RegisteredKey#knotesLost}, and cleared by the selecting thread before it adds the knotes. */
    volatile boolean knotesLost;

    /**
     * The next of the {@link InterestUpdates}; owned by the thread that set {@link #queued}, then by the selecting
     * thread.
     */
    KQueueSelectionKey nextUpdate;

    /** Slot and generation; set once by {@link KeyTable#add}. */
    long udata;

    /** The interest set that the last selection operation went by. */
    byte submittedInterest;

    /** The knotes that the kernel has for this key, those included that it may have: see {@link #uncertain}. */
    byte knotes;

    /** The value of {@link #knotes} before the last change of it was collected. */
    byte knotesBefore;

    /** Whether a change has failed, so that not all of {@link #knotes} need be there: they are submitted anew. */
    boolean uncertain;

    /**
     * Whether the key holds the channel's descriptor: it does unless the channel was being closed when the key was
     * made.
     */
    boolean holding;

    /** The place among the {@link SelectedKeys}. */
    int selectedIndex = NOT_SELECTED;

    /**
     * The operations that the selection operation in progress has found ready; 0 unless the key is among the {@link
     * ReadyBatch}.
     */
    byte found;

    /** The place among the selector's {@link CachedReadyKeys}. */
    int cachedIndex = CachedReadyKeys.NOT_CACHED;

    /** How many events came in a row without an operation of the interest set: after a few the knote is taken out. */
    byte unclaimedEvents;

    /** Whether the kernel has refused a change of this key's knotes for good: the key is among {@link FailedKeys}. */
    boolean failed;

    /** Whether a change of this key's knotes is to be submitted again: the key is among {@link RetriedChanges}. */
    boolean retried;

    KQueueSelectionKey(KQueueSelector selector, Pollable source) {
        this.selector = selector;
        this.source = source;
    }

    @Override
    public SelectableChannel channel() {
        return (SelectableChannel) source;
    }

    @Override
    public final KQueueSelector selector() {
        return selector;
    }

    final Pollable source() {
        return source;
    }

    final void ensureValid() {
        if (!isValid()) {
            throw new CancelledKeyException();
        }
    }

    @Override
    public final int interestOps() {
        ensureValid();
        return interestOps;
    }

    @Override
    public final SelectionKey interestOps(int ops) {
        ensureValid();
        checkOps(ops);
        if ((byte) INTEREST_OPS.getAndSet(this, (byte) ops) != ops) {
            selector.interestChanged(this);
        }
        return this;
    }

    @Override
    public final int interestOpsOr(int ops) {
        ensureValid();
        checkOps(ops);
        int before = (byte) INTEREST_OPS.getAndBitwiseOr(this, (byte) ops);
        if ((before | ops) != before) {
            selector.interestChanged(this);
        }
        return before;
    }

    @Override
    public final int interestOpsAnd(int ops) {
        ensureValid();
        int before = (byte) INTEREST_OPS.getAndBitwiseAnd(this, (byte) ops);
        if ((before & ops) != before) {
            selector.interestChanged(this);
        }
        return before;
    }

    /** The interest set that the key begins with. Another thread may find the key, and cancel it, before this. */
    final void begin(int ops) {
        interestOps = (byte) ops;
        selector.interestChanged(this);
    }

    private void checkOps(int ops) {
        if ((ops & ~channel().validOps()) != 0) {
            throw new IllegalArgumentException(
                    "operations 0x" + Integer.toHexString(ops) + " are not all valid for " + channel());
        }
    }

    @Override
    public final int readyOps() {
        ensureValid();
        return readyOps;
    }

    /** The interest set, whether or not the key is valid still. */
    final int interest() {
        return interestOps;
    }

    /** The ready set, whether or not the key is valid still. */
    final int ready() {
        return readyOps;
    }

    /** A release write without a fence: only the selecting thread, and threads to which it hands the key, read it. */
    final void setReady(int ops) {
        READY_OPS.setRelease(this, (byte) ops);
    }

    /**
     * Takes in one event of this key's knotes.
     *
     * @param fresh whether this event begins a new report: the key is not among the selected keys, and had no event in
     *     this selection operation. What was recorded for an earlier report is to be forgotten
     * @return the operations of interest that the event makes ready
     */
    int fired(KEventList events, int index, boolean fresh) {
        if ((events.flags(index) & KEvent.EV_ONESHOT) != 0) {
            // No knote of a descriptor is added with it: the kernel has set it, and removed the knote with this event.
            // FreeBSD does so when the reader of a pipe goes (pipeclose(), knlist_clear()). The knote is added again if
            // it is still of interest; the kernel then refuses it (EPIPE), and the kqueue reports it from then on.
            knotes &= (byte) ~ReadWriteKnotes.ofFilter(events.filter(index));
            selector.interestChanged(this);
        }
        return source.readyOps(events, index, interestOps);
    }

    /**
     * The last change collected for this key has failed, or may have: it is not known which of the knotes before and
     * after it the kernel has. From now on {@link #knotes} are those that it may have, for the key's removal to remove.
     * To add a knote that is there, or to delete one that is not, does no harm.
     */
    void submissionFailed() {
        knotes |= knotesBefore;
        uncertain = true;
    }

    /** Whether the kernel has removed all knotes since this was last asked, unnoticed by the selector. */
    private boolean takeKnotesLost() {
        boolean lost = knotesLost;
        if (lost) {
            knotesLost = false;
        }
        return lost;
    }

    /** Called before the changes of this key's knotes are collected, by the selecting thread. */
    void beforeChanges() {
        if (takeKnotesLost()) {
            knotes = 0;
        }
    }

    /** Whether what was found is not to be delivered after all. */
    boolean isOutdated() {
        return false;
    }

    /** Called when a ready key was not delivered, because its interest was removed first. */
    void passedOver() {}

    /** The interest set that a key begins with whose knotes are added with it: no change is to be collected. */
    final void setFirstInterest(int ops) {
        interestOps = (byte) ops;
    }

    /** Claims the key for the {@link InterestUpdates}; false if it is there already. */
    final boolean tryQueue() {
        return !queued && !(boolean) QUEUED.getAndSet(this, true);
    }

    /**
     * Gives up the claim. A volatile write, and before the interest set is read: a change made after that read finds
     * the key unclaimed, and queues it again.
     */
    final void unqueue() {
        queued = false;
    }
}
