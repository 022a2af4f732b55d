package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_DELETE;
import static dev.kqueue.KEvent.EV_DISABLE;
import static dev.kqueue.KEvent.EV_DISPATCH;
import static dev.kqueue.KEvent.EV_ENABLE;
import static dev.kqueue.KEvent.EV_EOF;
import static dev.kqueue.KEvent.EV_ONESHOT;
import static dev.kqueue.KEvent.EV_RECEIPT;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.internal.libc.Errno;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * kqueue(2) in its simplest form: what every filter has in common, against which a real kqueue's answers are held. What
 * a filter adds is in its {@link ReferenceFilter}.
 *
 * <p>Where a system is free to report a thing or not, the model says "may" and takes either.
 */
final class ReferenceKQueue {
    static final int KEPT = EV_ONESHOT | EV_CLEAR | EV_DISPATCH | EV_RECEIPT;

    record Key(long ident, int filter) {}

    /** An event that is watched for. The fields below the line are the filter's own. */
    static final class Knote {
        final long ident;
        final ReferenceFilter filter;
        int flags;
        boolean enabled = true;
        int fflags;
        long data;
        long udata;

        // ----
        /** What has surely happened since the last report, and what may have. */
        int notes;

        int mayNotes;
        long count;
        boolean fired;
        boolean mayFire;

        /** It may fire twice: as it was seen before, and since the kernel has been made to look again. */
        boolean mayRepeat;

        /** Of a timer: between which two moments it was set, and how often it has been reported since. */
        long setAfter;

        long setBefore;
        boolean ended;

        Knote(long ident, ReferenceFilter filter, int flags, int fflags, long data, long udata) {
            this.ident = ident;
            this.filter = filter;
            this.flags = flags & KEPT;
            this.fflags = fflags;
            this.data = data;
            this.udata = udata;
        }

        boolean has(int flag) {
            return (flags & flag) != 0;
        }

        @Override
        public String toString() {
            return "%s of %d, flags 0x%x, fflags 0x%x, data %d, %s"
                    .formatted(filter.filter(), ident, flags, fflags, data, enabled ? "enabled" : "disabled");
        }
    }

    private final Map<Key, Knote> knotes = new LinkedHashMap<>();

    Knote find(long ident, Filter filter) {
        return knotes.get(new Key(ident, filter.value()));
    }

    Collection<Knote> knotes() {
        return knotes.values();
    }

    /** The descriptor has been closed. */
    void closed(long ident, Filter... filters) {
        for (Filter filter : filters) {
            knotes.remove(new Key(ident, filter.value()));
        }
    }

    void remove(Knote kn) {
        knotes.remove(new Key(kn.ident, kn.filter.filter().value()));
    }

    /** Makes a change: 0 or an errno. */
    int change(ReferenceFilter filter, long ident, int flags, int fflags, long data, long udata) {
        if ((flags & EV_ENABLE) != 0 && (flags & EV_DISABLE) != 0) {
            return Errno.EINVAL;
        }
        Key key = new Key(ident, filter.filter().value());
        Knote kn = knotes.get(key);
        if (kn == null) {
            if ((flags & EV_ADD) == 0) {
                return Errno.ENOENT;
            }
            kn = new Knote(ident, filter, flags, fflags, data, udata);
            int error = filter.attach(kn);
            if (error != 0) {
                return error;
            }
            knotes.put(key, kn);
        } else if ((flags & EV_DELETE) != 0) {
            knotes.remove(key);
            filter.deleted(kn, this);
            return 0;
        } else {
            int error = filter.touch(kn, flags, fflags, data);
            if (error != 0) {
                return error;
            }
            kn.udata = udata;
        }
        kn.enabled = (flags & EV_DISABLE) == 0 && ((flags & EV_ENABLE) != 0 || kn.enabled);
        filter.looked(kn, flags, this);
        return 0;
    }

    /** Holds events that were fetched against what is pending, and takes them as delivered. */
    void delivered(List<KQueueDriver.Event> events, boolean all) {
        List<Knote> due = knotes.values().stream().filter(kn -> kn.enabled && kn.filter.must(kn)).toList();
        List<Knote> reported = new ArrayList<>();
        for (KQueueDriver.Event event : events) {
            Knote kn = knotes.get(new Key(event.ident(), event.filter()));
            if (kn != null && kn.has(EV_ONESHOT | EV_DISPATCH)) {
                // It ends with this report, and what follows for another may be in the same list.
                kn.filter.deleted(kn, this);
            }
        }
        for (KQueueDriver.Event event : events) {
            Knote kn = knotes.get(new Key(event.ident(), event.filter()));
            assertThat(kn).as("whose event %s is", event).isNotNull();
            assertThat(kn.enabled && kn.filter.may(kn)).as("%s may fire: %s", kn, event).isTrue();
            kn.filter.check(kn, event);
            assertThat(event.udata()).as("udata of %s", kn).isEqualTo(kn.udata);
            assertThat(event.flags() & ~EV_EOF).as("flags of %s", kn).isEqualTo(kn.flags);
            delivered(kn, event);
            reported.add(kn);
        }
        // In the end: what follows from the delivery of one for another may come after that one's.
        reported.forEach(kn -> kn.filter.deleted(kn, this));
        assertThat(events).extracting(event -> new Key(event.ident(), event.filter())).doesNotHaveDuplicates();
        if (all) {
            for (Knote kn : due) {
                if (events.stream().anyMatch(event -> kn.filter.isShadowed(kn, event))) {
                    continue;
                }
                assertThat(events)
                        .as("pending: %s", kn)
                        .anyMatch(event -> event.ident() == kn.ident && event.filter() == kn.filter.filter().value());
            }
        } else if (!due.isEmpty()) {
            assertThat(events).as("pending: %s", due).isNotEmpty();
        }
    }

    private void delivered(Knote kn, KQueueDriver.Event event) {
        if (kn.has(EV_ONESHOT)) {
            remove(kn);
            return;
        }
        kn.filter.delivered(kn, event, this);
        if (kn.has(EV_CLEAR)) {
            kn.notes = 0;
            kn.mayNotes = 0;
            kn.fired = false;
            kn.mayFire = kn.mayRepeat;
            kn.mayRepeat = false;
        }
        kn.enabled &= !kn.has(EV_DISPATCH);
    }
}
