package dev.kqueue;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps the Java objects that {@link KEvent#udata} names: the kernel takes 64 bits, and no reference.
 *
 * <p>The kernel is given a token: the slot of a {@link Knote}, and a version. Each EV_ADD makes a new version of its
 * event's slot, so a token tells not only which event it was, but which EV_ADD of it the kernel had seen when the event
 * was fetched. That is what C has in its pointer, and it is needed: between the fetch by one thread and the look-up
 * here, another thread may have given the event another object, or removed it, or, after the last event of a
 * EV_ONESHOT, added it again.
 *
 * <h2>Why every event gets its own object</h2>
 *
 * <ol>
 *   <li>Changes of the value form are planned, submitted and settled under one lock ({@link ValueForm}), so the order
 *       of versions here is the order in which the kernel saw them. The call that submits has a receipt for each
 *       change, so it is known which have failed, and it fetches no event.
 *   <li>An object is found by version: {@link Knote#since} says from which version on the present object holds, and
 *       each object replaced is kept with the version that it began with. A change that failed has used up a version,
 *       but leaves the object: that version means the object that was there.
 *   <li>What is replaced or removed is dated, and kept until every call that was fetching at that date has ended and
 *       looked its events up ({@link CallsInProgress}). A call that begins later cannot fetch the old token: the kernel
 *       had replaced or removed it by then. So no token is looked up after its object is dropped, and a slot that is
 *       used again has no token of old about.
 *   <li>An event with EV_ONESHOT says that the kernel's knote is gone. It ends the entry here only if it carries the
 *       version of the last EV_ADD that succeeded; else a later EV_ADD has made a new knote already.
 *   <li>A change without EV_ADD is given the token that the kernel has, because some systems replace udata on every
 *       change (FreeBSD, DragonFly BSD, macOS) and others only on EV_ADD (NetBSD, OpenBSD).
 * </ol>
 *
 * <h2>Why memory is bounded</h2>
 *
 * There is one entry for each event of the kqueue that has an object. Entries go with EV_DELETE, with the last event of
 * EV_ONESHOT, with {@link KQueue#closing}, and with a change that finds no knote (ENOENT, EBADF). A descriptor closed
 * without {@code closing} keeps its entry until its number is used again or the kqueue goes, and there are only so many
 * numbers. Adding an event again with the same object makes no garbage. What waits for calls to end is {@link #retained
 * counted}, and {@link ValueForm} sees to it that they end.
 *
 * <p>NOTE_TRACK is the exception: the kernel copies udata to the knotes of children, which nobody can count. An object
 * given with it is kept as long as the kqueue.
 *
 * <h2>Why nothing that is thrown does damage</h2>
 *
 * What is to be known of a change is made while it is planned, and planning changes nothing before it has all of that.
 * So OutOfMemoryError comes before the kernel has heard of the change. StackOverflowError does not come: {@link
 * ValueForm} makes sure of the stack first.
 *
 * <p>Guarded by the lock of {@link ValueForm}.
 */
final class UdataTable {
    private record Key(long ident, Filter filter) {}

    /** An object that was replaced, by the first version that meant it; and those before it. */
    private static final class Replaced {
        int since;
        Object object;
        long date;

        /** Whether it is never dropped, because knotes of child processes may mean it. */
        boolean tracked;

        Replaced older;
    }

    /**
     * A change that is about to be submitted, with all the memory that {@link #settle} will need: once the kernel has
     * made the change, no OutOfMemoryError may keep this table from knowing.
     */
    static final class Planned {
        /** Null if the event has no object, and gets none. */
        private final Knote knote;

        /** What the kernel is to be given as udata. */
        final long token;

        /**
         * The {@code NOTE_} bits that the change is to carry beside its own: NOTE_EXIT of a process that has an object,
         * so that its end is noticed. Not beside NOTE_TRACK: those objects stay anyway. A change without EV_ADD
         * replaces the bits on some systems and not on others; it repeats what is there, and adds nothing.
         */
        final int notes;

        /** For the object that the change replaces, if it does. */
        private final Replaced room;

        private Planned(Knote knote, long token, int notes, Replaced room) {
            this.knote = knote;
            this.token = token;
            this.notes = notes;
            this.room = room;
        }
    }

    private static final Planned OF_NO_OBJECT = new Planned(null, 0, 0, null);

    private static final class Knote {
        final int slot;
        Key key;
        Object object;

        /** From this version on, {@link #object} is meant. */
        int since;

        /** The last version made, and the last one of which it is known that the kernel took it. */
        int version;

        int confirmed;

        /** What a change without EV_ADD is to carry, were it submitted next. */
        long planned;

        /** Changes that are planned and not settled. */
        int unsettled;

        /** Whether the kernel has the knote. */
        boolean live;

        /** Whether the program asked for receipts with EV_ADD: its events show the flag then, as in C. */
        boolean receipt;

        /** Whether there may be knotes of child processes with the same token. */
        boolean tracks;

        /** Whether the kernel was asked for NOTE_EXIT and the program did not: as planned, and as it is. */
        boolean hidesExitPlanned;

        boolean hidesExit;

        /** From this version on. */
        int hidesSince;

        Replaced replaced;

        /** Whether it is in {@link #retired}, since when, and when something of it was last dated. */
        boolean queued;

        long queuedAt;
        long retiredAt;

        /** In {@link #retired}, or among the free. */
        Knote next;

        Knote(int slot) {
            this.slot = slot;
        }

        long token(int version) {
            return (long) (slot + 1) << 32 | Integer.toUnsignedLong(version);
        }
    }

    /** The filters whose ident is a descriptor: closing it removes their knotes. */
    private static final Set<Filter> OF_DESCRIPTORS =
            EnumSet.of(
                    Filter.READ,
                    Filter.WRITE,
                    Filter.VNODE,
                    Filter.PROCDESC,
                    Filter.SENDFILE,
                    Filter.EMPTY,
                    Filter.DEVICE,
                    Filter.EXCEPT,
                    Filter.SOCK,
                    Filter.JAILDESC);

    private final CallsInProgress calls;
    private final Map<Key, Knote> knotes = new HashMap<>();
    private final List<Knote> slots = new ArrayList<>();
    private Knote free;

    /** Knotes of which something waits for calls to end, in the order of {@link Knote#queuedAt}: first and last. */
    private Knote retired;

    private Knote lastRetired;

    private int retained;

    UdataTable(CallsInProgress calls) {
        this.calls = calls;
    }

    /** The events that have an object; those among them that are gone, but not forgotten, included. */
    int size() {
        return knotes.size();
    }

    /** How many objects wait for calls to end. */
    int retained() {
        return retained;
    }

    /** Whether no event has an object. */
    boolean isEmpty() {
        return knotes.isEmpty();
    }

    /** Of a change that is about to be submitted; {@link #settle} must follow, whatever becomes of it. */
    Planned plan(KEvent change) {
        Key key = new Key(change.ident(), change.filter());
        Knote knote = knotes.get(key);
        boolean add = (change.flags() & KEvent.EV_ADD) != 0;
        boolean wanted = add && (change.udata() != null || (change.flags() & KEvent.EV_RECEIPT) != 0);
        if (knote == null && !wanted) {
            return OF_NO_OBJECT;
        }
        Replaced room = add ? new Replaced() : null;
        if (knote == null) {
            knote = allocate(key);
        }
        long token = add ? 0 : (change.flags() & KEvent.EV_DELETE) != 0 ? 0 : knote.planned;
        if (wanted) {
            token = knote.token(knote.version + 1);
        }
        boolean hidesExit = hidesExit(knote, change, token);
        Planned planned = new Planned(knote, token, hidesExit ? Note.NOTE_EXIT : 0, room);
        // All memory is there: from here on nothing is thrown.
        if (wanted) {
            knote.version++;
        }
        knote.planned = token;
        if (change.filter() == Filter.PROC && (change.flags() & KEvent.EV_DELETE) == 0) {
            knote.hidesExitPlanned = hidesExit;
        }
        knote.unsettled++;
        return planned;
    }

    /** What the kernel is to be told with the change, if it is one of a process. */
    private static boolean hidesExit(Knote knote, KEvent change, long token) {
        if (change.filter() != Filter.PROC || (change.flags() & KEvent.EV_DELETE) != 0) {
            return false;
        }
        boolean asked = asksForExit(change);
        return (asked || (change.flags() & KEvent.EV_ADD) != 0) ? !asked && token != 0 : knote.hidesExitPlanned;
    }

    private static boolean asksForExit(KEvent change) {
        return (change.fflags() & (Note.NOTE_EXIT | Note.NOTE_TRACK)) != 0;
    }

    /** Whether the program does not want to hear of the end of the process that the token stands for. */
    boolean isExitHidden(long token) {
        Knote knote = knote(token);
        return knote != null && knote.hidesExit && (int) token - knote.hidesSince >= 0;
    }

    private static void settleExit(Knote knote, KEvent change, int version) {
        if (asksForExit(change)) {
            knote.hidesExit = false;
        } else if ((change.flags() & KEvent.EV_ADD) != 0 && !knote.hidesExit) {
            knote.hidesExit = true;
            knote.hidesSince = version;
        }
    }

    /**
     * Takes in what became of a planned change, in the order of the changes. Allocates nothing.
     *
     * @param absent whether the change failed because the kernel has no such knote
     */
    void settle(KEvent change, Planned planned, boolean succeeded, boolean absent) {
        Knote knote = planned.knote;
        if (knote == null) {
            return;
        }
        boolean add = (change.flags() & KEvent.EV_ADD) != 0;
        boolean delete = !add && (change.flags() & KEvent.EV_DELETE) != 0;
        if (succeeded && planned.token != 0 && change.filter() == Filter.PROC) {
            settleExit(knote, change, (int) planned.token);
        }
        if (add && succeeded && planned.token != 0) {
            give(knote, change, planned);
        } else if (succeeded ? delete || add : absent) {
            remove(knote);
        }
        knote.planned = knote.live ? knote.token(knote.confirmed) : 0;
        knote.hidesExitPlanned = knote.hidesExit;
        if (--knote.unsettled == 0 && !knote.live && !knote.queued && !knote.tracks) {
            // It never came to be: no event can name it.
            free(knote);
        }
    }

    /** The kernel's knote has this version now, and with it the change's object. */
    @SuppressWarnings("ReferenceEquality") // the very object comes back, not one that equals it
    private void give(Knote knote, KEvent change, Planned planned) {
        int version = (int) planned.token;
        if (!knote.live) {
            knote.live = true;
            if (knote.queued) {
                retained--;
            }
        }
        if (change.udata() != knote.object) {
            if (knote.object != null) {
                replace(knote, planned.room);
            }
            knote.object = change.udata();
            knote.since = version;
        }
        knote.confirmed = version;
        knote.receipt = (change.flags() & KEvent.EV_RECEIPT) != 0;
        knote.tracks |= change.filter() == Filter.PROC && (change.fflags() & Note.NOTE_TRACK) != 0;
    }

    private void replace(Knote knote, Replaced room) {
        long date = calls.tick();
        room.since = knote.since;
        room.object = knote.object;
        room.date = date;
        room.tracked = knote.tracks;
        room.older = knote.replaced;
        knote.replaced = room;
        if (!knote.tracks) {
            retained++;
            retire(knote, date);
        }
    }

    /** The object of an event that was fetched, by the token that it came with. */
    Object object(long token) {
        Knote knote = knote(token);
        return knote == null ? null : object(knote, (int) token);
    }

    /** An event was fetched that is to be returned: with EV_ONESHOT it was its knote's last. Allocates nothing. */
    void returned(long token, long ident, int flags) {
        Knote knote = knote(token);
        if (knote != null
                && (flags & KEvent.EV_ONESHOT) != 0
                && knote.live
                && knote.key.ident() == ident
                && (int) token - knote.confirmed >= 0) {
            remove(knote);
            knote.planned = 0;
        }
    }

    /** Whether events with this token are to show EV_RECEIPT. */
    boolean showsReceipt(long token) {
        Knote knote = knote(token);
        return knote != null && knote.receipt;
    }

    private Knote knote(long token) {
        int slot = (int) (token >>> 32) - 1;
        return slot >= 0 && slot < slots.size() ? slots.get(slot) : null;
    }

    private static Object object(Knote knote, int version) {
        // Differences, not values: versions wrap around.
        if (version - knote.since >= 0) {
            return knote.object;
        }
        for (Replaced replaced = knote.replaced; replaced != null; replaced = replaced.older) {
            if (version - replaced.since >= 0) {
                return replaced.object;
            }
        }
        return null;
    }

    /** The changes that remove the descriptor's events, as far as they have an object. */
    List<KEvent> removals(int descriptor) {
        List<KEvent> removals = new ArrayList<>(OF_DESCRIPTORS.size());
        for (Filter filter : OF_DESCRIPTORS) {
            Knote knote = knotes.get(new Key(descriptor, filter));
            if (knote != null && knote.live) {
                removals.add(new KEvent(descriptor, filter, KEvent.EV_DELETE, 0, 0));
            }
        }
        return removals;
    }

    private Knote allocate(Key key) {
        Knote knote = free;
        if (knote == null) {
            knote = new Knote(slots.size());
            slots.add(knote);
        } else {
            free = knote.next;
        }
        knote.next = null;
        knote.key = key;
        boolean listed = false;
        try {
            knotes.put(key, knote);
            listed = true;
        } finally {
            if (!listed) {
                free(knote);
            }
        }
        return knote;
    }

    /** The kernel has the knote no more, or no more with this object. */
    private void remove(Knote knote) {
        if (knote.live) {
            knote.live = false;
            if (!knote.tracks) {
                retained++;
                retire(knote, calls.tick());
            }
        }
    }

    private void retire(Knote knote, long date) {
        knote.retiredAt = date;
        if (!knote.queued) {
            knote.queued = true;
            knote.queuedAt = date;
            enqueue(knote);
        }
    }

    private void enqueue(Knote knote) {
        if (retired == null) {
            retired = knote;
        } else {
            lastRetired.next = knote;
        }
        lastRetired = knote;
    }

    /** Drops what no call in progress can have seen. Allocates nothing. */
    void purge() {
        long oldest = calls.oldest();
        while (retired != null && retired.queuedAt < oldest) {
            Knote knote = retired;
            retired = knote.next;
            knote.next = null;
            dropReplaced(knote, oldest);
            if (knote.retiredAt >= oldest) {
                knote.queuedAt = calls.tick();
                enqueue(knote);
                continue;
            }
            knote.queued = false;
            if (!knote.live && !knote.tracks) {
                retained--;
                free(knote);
            }
        }
    }

    private void dropReplaced(Knote knote, long oldest) {
        Replaced kept = null;
        Replaced at = knote.replaced;
        // Newest first, and tracking does not end: those to be kept come before those to be dropped.
        while (at != null && (at.tracked || at.date >= oldest)) {
            kept = at;
            at = at.older;
        }
        if (kept == null) {
            knote.replaced = null;
        } else {
            kept.older = null;
        }
        for (; at != null; at = at.older) {
            retained--;
        }
    }

    private void free(Knote knote) {
        knotes.remove(knote.key);
        knote.key = null;
        knote.object = null;
        knote.since = knote.version;
        knote.receipt = false;
        knote.hidesExit = false;
        knote.hidesExitPlanned = false;
        knote.next = free;
        free = knote;
    }

    /** Forgets everything: the kqueue is closed. */
    void clear() {
        knotes.clear();
        slots.clear();
        free = null;
        retired = null;
        retained = 0;
    }
}
