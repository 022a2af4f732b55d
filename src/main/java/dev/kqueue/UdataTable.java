package dev.kqueue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
 * <p>Guarded by the lock of {@link ValueForm}.
 */
final class UdataTable {
    private record Key(long ident, Filter filter) {}

    /** An object that was replaced, by the first version that meant it; and those before it. */
    private static final class Replaced {
        final int since;
        final Object object;
        final long date;

        /** Whether it is never dropped, because knotes of child processes may mean it. */
        final boolean tracked;

        Replaced older;

        Replaced(int since, Object object, long date, boolean tracked, Replaced older) {
            this.since = since;
            this.object = object;
            this.date = date;
            this.tracked = tracked;
            this.older = older;
        }
    }

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

        Knote(int slot) {
            this.slot = slot;
        }

        long token() {
            return token(version);
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
    private final ArrayDeque<Knote> free = new ArrayDeque<>();

    /** Knotes of which something waits for calls to end, in the order of {@link Knote#queuedAt}. */
    private final ArrayDeque<Knote> retired = new ArrayDeque<>();

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

    /** What the kernel is to be given with a change that is about to be submitted. */
    long plan(KEvent change) {
        Key key = new Key(change.ident(), change.filter());
        Knote knote = knotes.get(key);
        if ((change.flags() & KEvent.EV_ADD) != 0) {
            boolean wanted = change.udata() != null || (change.flags() & KEvent.EV_RECEIPT) != 0;
            if (knote == null && !wanted) {
                return 0;
            }
            if (knote == null) {
                knote = allocate(key);
            }
            if (wanted) {
                knote.version++;
            }
            knote.planned = wanted ? knote.token() : 0;
        } else if (knote != null && (change.flags() & KEvent.EV_DELETE) != 0) {
            knote.planned = 0;
        }
        if (knote == null) {
            return 0;
        }
        knote.unsettled++;
        return knote.planned;
    }

    /**
     * The {@code NOTE_} bits that the change is to carry beside its own, after {@link #plan}: NOTE_EXIT of a process
     * that has an object, so that its end is noticed. Not beside NOTE_TRACK: those objects stay anyway. A change
     * without EV_ADD replaces the bits on some systems and not on others; it repeats what is there, and adds nothing.
     */
    int addedNotes(KEvent change) {
        if (change.filter() != Filter.PROC || (change.flags() & KEvent.EV_DELETE) != 0) {
            return 0;
        }
        Knote knote = knotes.get(new Key(change.ident(), change.filter()));
        if (knote == null) {
            return 0;
        }
        boolean asked = asksForExit(change);
        if (asked || (change.flags() & KEvent.EV_ADD) != 0) {
            knote.hidesExitPlanned = !asked && knote.planned != 0;
        }
        return knote.hidesExitPlanned ? Note.NOTE_EXIT : 0;
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
     * Takes in what became of a planned change, in the order of the changes.
     *
     * @param absent whether the change failed because the kernel has no such knote
     */
    void settle(KEvent change, long token, boolean succeeded, boolean absent) {
        Knote knote = knotes.get(new Key(change.ident(), change.filter()));
        if (knote == null) {
            return;
        }
        boolean add = (change.flags() & KEvent.EV_ADD) != 0;
        boolean delete = !add && (change.flags() & KEvent.EV_DELETE) != 0;
        if (succeeded && token != 0 && change.filter() == Filter.PROC) {
            settleExit(knote, change, (int) token);
        }
        if (add && succeeded && token != 0) {
            give(knote, change, (int) token);
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
    private void give(Knote knote, KEvent change, int version) {
        if (!knote.live) {
            knote.live = true;
            if (knote.queued) {
                retained--;
            }
        }
        if (change.udata() != knote.object) {
            if (knote.object != null) {
                replace(knote);
            }
            knote.object = change.udata();
            knote.since = version;
        }
        knote.confirmed = version;
        knote.receipt = (change.flags() & KEvent.EV_RECEIPT) != 0;
        knote.tracks |= change.filter() == Filter.PROC && (change.fflags() & Note.NOTE_TRACK) != 0;
    }

    private void replace(Knote knote) {
        long date = calls.tick();
        knote.replaced = new Replaced(knote.since, knote.object, date, knote.tracks, knote.replaced);
        if (!knote.tracks) {
            retained++;
            retire(knote, date);
        }
    }

    /** The object of an event that was fetched, by the token that it came with. */
    Object resolve(long token, long ident, int flags) {
        Knote knote = knote(token);
        if (knote == null) {
            return null;
        }
        int version = (int) token;
        Object object = object(knote, version);
        if ((flags & KEvent.EV_ONESHOT) != 0
                && knote.live
                && knote.key.ident() == ident
                && version - knote.confirmed >= 0) {
            remove(knote);
            knote.planned = 0;
        }
        return object;
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
        if (knotes.isEmpty()) {
            return List.of();
        }
        return OF_DESCRIPTORS.stream()
                .map(filter -> knotes.get(new Key(descriptor, filter)))
                .filter(Objects::nonNull)
                .filter(knote -> knote.live)
                .map(knote -> new KEvent(descriptor, knote.key.filter(), KEvent.EV_DELETE, 0, 0))
                .toList();
    }

    private Knote allocate(Key key) {
        Knote knote = free.poll();
        if (knote == null) {
            knote = new Knote(slots.size());
            slots.add(knote);
        }
        knote.key = key;
        knotes.put(key, knote);
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
            retired.add(knote);
        }
    }

    /** Drops what no call in progress can have seen. */
    void purge() {
        long oldest = calls.oldest();
        while (!retired.isEmpty() && retired.peek().queuedAt < oldest) {
            Knote knote = retired.poll();
            dropReplaced(knote, oldest);
            if (knote.retiredAt >= oldest) {
                knote.queuedAt = calls.tick();
                retired.add(knote);
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
        free.add(knote);
    }

    /** Forgets everything: the kqueue is closed. */
    void clear() {
        knotes.clear();
        slots.clear();
        free.clear();
        retired.clear();
        retained = 0;
    }
}
