package dev.kqueue;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The objects of a {@link KEventQueue}: one for each ident and filter, as the kernel has one knote for each.
 *
 * <p>The kernel's udata is a token, a number that each EV_ADD takes from a counter. An event is delivered with the
 * object that its knote has now. It is dropped if its token is older than the knote: then it was fetched before the
 * knote that it belongs to was removed, perhaps because another thread added a new one for the same ident and filter.
 *
 * <p>A change without EV_ADD carries the token that the kernel has, because some systems replace udata with every
 * change (FreeBSD, DragonFly BSD, macOS) and others with EV_ADD only (NetBSD, OpenBSD).
 *
 * <p>An entry goes with EV_DELETE, with the event of EV_ONESHOT (which is also how the kernel marks a process's exit),
 * with {@link KEventQueue#beforeClose}, and with a change that fails because the kernel has no such knote. A process
 * that ends without NOTE_EXIT being watched would leave its entry: NOTE_EXIT is added then, and taken out of the event.
 *
 * <p>NOTE_TRACK is the exception: the kernel copies the token to the knotes of child processes, which are not counted.
 * An object given with it is kept as long as the kqueue.
 *
 * <p>{@link #plan} allocates all that {@link #settle} needs, so that a change that the kernel has made is recorded even
 * if memory runs out. Guarded by the lock of {@link KEventQueue}.
 */
final class KnoteObjects {
    private record Key(long ident, Filter filter) {}

    private static final class KnownKnote {
        final Key key;
        Object object;

        /** Whether the kernel has it. */
        boolean live;

        /** The token of the EV_ADD that made the knote, and of the last one that succeeded. */
        long first;

        long last;

        /** What a change without EV_ADD carries, were it planned next. */
        long planned;

        /** Changes that are planned and not settled. */
        int unsettled;

        /** Whether the kernel watches NOTE_EXIT although the program does not. */
        boolean hidesExit;

        KnownKnote(Key key) {
            this.key = key;
        }
    }

    /** A change that is about to be submitted. */
    static final class Planned {
        private static final Planned OF_NO_KNOTE = new Planned(null, 0, 0, false);

        private final KnownKnote knote;

        /** The kernel's udata. */
        final long token;

        /** {@code NOTE_} bits that the change carries beside its own. */
        final int notes;

        /** {@link KnownKnote#hidesExit} before the change. */
        private final boolean hidExit;

        private Planned(KnownKnote knote, long token, int notes, boolean hidExit) {
            this.knote = knote;
            this.token = token;
            this.notes = notes;
            this.hidExit = hidExit;
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

    private final Map<Key, KnownKnote> knotes = new HashMap<>();
    private final Map<Long, Object> tracked = new HashMap<>();
    private long tokens;

    /** How many knotes are known. */
    int size() {
        return knotes.size();
    }

    /** Prepares a change; {@link #settle} must follow, whatever becomes of it. */
    Planned plan(KEvent change) {
        Key key = new Key(change.ident(), change.filter());
        boolean add = has(change, KEvent.EV_ADD);
        KnownKnote knote = knotes.get(key);
        if (knote == null && !add) {
            return Planned.OF_NO_KNOTE;
        }
        if (knote == null) {
            knote = new KnownKnote(key);
        }
        long token = add ? tokens + 1 : isDelete(change) ? 0 : knote.planned;
        boolean hidesExit = hidesExit(change, knote.hidesExit);
        Planned planned =
                new Planned(knote, token, hidesExit && !isDelete(change) ? Note.NOTE_EXIT : 0, knote.hidesExit);
        if (add && change.filter() == Filter.PROC && (change.fflags() & Note.NOTE_TRACK) != 0) {
            tracked.put(token, change.udata());
        }
        knotes.put(key, knote);
        // From here on nothing is thrown.
        if (add) {
            tokens++;
        }
        knote.planned = token;
        knote.hidesExit = hidesExit;
        knote.unsettled++;
        return planned;
    }

    private static boolean has(KEvent change, int flag) {
        return (change.flags() & flag) != 0;
    }

    private static boolean isDelete(KEvent change) {
        return has(change, KEvent.EV_DELETE) && !has(change, KEvent.EV_ADD);
    }

    private static boolean hidesExit(KEvent change, boolean before) {
        if (change.filter() != Filter.PROC) {
            return false;
        }
        if ((change.fflags() & (Note.NOTE_EXIT | Note.NOTE_TRACK)) != 0) {
            return false;
        }
        return before || has(change, KEvent.EV_ADD);
    }

    /**
     * Records what became of a planned change, in the order of the changes. Allocates nothing.
     *
     * @param absent whether the change failed because the kernel has no such knote
     */
    void settle(KEvent change, Planned planned, boolean succeeded, boolean absent) {
        KnownKnote knote = planned.knote;
        if (knote == null) {
            return;
        }
        if (succeeded && has(change, KEvent.EV_ADD)) {
            if (!knote.live) {
                knote.live = true;
                knote.first = planned.token;
            }
            knote.last = planned.token;
            knote.object = change.udata();
        } else if (succeeded ? isDelete(change) : absent) {
            knote.live = false;
        } else if (!succeeded) {
            knote.hidesExit = planned.hidExit;
        }
        knote.planned = knote.live ? knote.last : 0;
        if (--knote.unsettled == 0 && !knote.live) {
            knotes.remove(knote.key);
        }
    }

    /** Whether an event with this token belongs to a knote that is there. */
    boolean isCurrent(long ident, Filter filter, long token) {
        KnownKnote knote = knotes.get(new Key(ident, filter));
        return isOf(knote, token) || (filter == Filter.PROC && tracked.containsKey(token));
    }

    private static boolean isOf(KnownKnote knote, long token) {
        return knote != null && knote.live && token >= knote.first;
    }

    /** The object of an event that {@link #isCurrent}. */
    Object object(long ident, Filter filter, long token) {
        KnownKnote knote = knotes.get(new Key(ident, filter));
        return isOf(knote, token) ? knote.object : tracked.get(token);
    }

    /** Whether the program does not watch for the exit that such an event reports. */
    boolean isExitHidden(long ident, Filter filter) {
        KnownKnote knote = knotes.get(new Key(ident, filter));
        return knote != null && knote.hidesExit;
    }

    /** The kernel has removed the knote after this event, unless it was added again since. */
    void fired(long ident, Filter filter, long token) {
        KnownKnote knote = knotes.get(new Key(ident, filter));
        if (isOf(knote, token) && token >= knote.last) {
            knotes.remove(knote.key);
        }
    }

    /** Removes the entries of a descriptor that is about to be closed. */
    void removeDescriptor(int descriptor) {
        for (Filter filter : OF_DESCRIPTORS) {
            knotes.remove(new Key(descriptor, filter));
        }
    }

    /** Removes all entries: the kqueue is closed. */
    void clear() {
        knotes.clear();
        tracked.clear();
    }
}
