package dev.kqueue;

import dev.kqueue.internal.backend.Counts;
import dev.kqueue.internal.backend.KQueueBackend;
import dev.kqueue.internal.libc.Errno;

import java.nio.channels.ClosedChannelException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * A kqueue in a few lines of Java, for what the code above kevent makes of events: EVFILT_USER, one-shot and periodic
 * EVFILT_TIMER, and any other filter, whose events the test fires. Events carry the {@code data} of the last EV_ADD. A
 * test may do things between the moment in which a call takes its events and the moment in which it returns them.
 */
final class ModelKQueue extends KQueueBackend {
    private static final Set<Filter> OF_DESCRIPTORS = EnumSet.of(Filter.READ, Filter.WRITE, Filter.VNODE);

    private record Key(long ident, int filter) {}

    private static final class Knote {
        int flags;
        int fflags;
        int fired;
        long data;
        long udata;
        int pending;
        boolean enabled = true;
        long due = Long.MAX_VALUE;
    }

    private final boolean replacesUdataAlways;
    private final Map<Key, Knote> knotes = new LinkedHashMap<>();
    private final Map<Key, Integer> failures = new HashMap<>();
    private boolean open = true;
    private int waiting;

    /** Runs between taking events and returning them, without a lock. */
    volatile Runnable afterFetch = () -> {};

    /** Runs before a change is made, with its place in the changelist. */
    volatile IntConsumer beforeChange = index -> {};

    /**
     * @param replacesUdataAlways whether a change without EV_ADD replaces udata, as on FreeBSD and not on NetBSD
     */
    ModelKQueue(boolean replacesUdataAlways) {
        this.replacesUdataAlways = replacesUdataAlways;
    }

    /** What the filter's source does when something happens. */
    synchronized void fire(long ident, Filter filter) {
        Knote knote = knotes.get(new Key(ident, filter.value()));
        if (knote != null) {
            knote.pending++;
            notifyAll();
        }
    }

    /** Makes the next EV_ADDs of an event fail with EINVAL, after the kernel has taken the udata, as FreeBSD's may. */
    synchronized void failAdding(long ident, Filter filter, int times) {
        failures.put(new Key(ident, filter.value()), times);
    }

    /** A fork of a process watched with NOTE_TRACK: the child's knote has the parent's udata. */
    synchronized void copyKnote(long ident, long copy, Filter filter) {
        Knote from = knotes.get(new Key(ident, filter.value()));
        Knote to = new Knote();
        to.flags = from.flags;
        to.udata = from.udata;
        knotes.put(new Key(copy, filter.value()), to);
    }

    /** close(2) without a word to the kqueue. */
    synchronized void closeSilently(int descriptor) {
        knotes.keySet().removeIf(key -> key.ident() == descriptor);
    }

    /**
     * A process ends: its knote goes with an event that says so, if NOTE_EXIT was asked for, and otherwise without, as
     * on FreeBSD.
     */
    synchronized void exit(long pid, long status) {
        Key key = new Key(pid, Filter.PROC.value());
        Knote knote = knotes.get(key);
        if ((knote.fflags & Note.NOTE_EXIT) == 0) {
            knotes.remove(key);
        } else {
            knote.flags |= KEvent.EV_EOF | KEvent.EV_ONESHOT;
            knote.fired |= Note.NOTE_EXIT;
            knote.data = status;
            knote.pending++;
            notifyAll();
        }
    }

    /** A process forks. */
    synchronized void fork(long pid) {
        Knote knote = knotes.get(new Key(pid, Filter.PROC.value()));
        if ((knote.fflags & Note.NOTE_FORK) != 0) {
            knote.fired |= Note.NOTE_FORK;
            knote.pending++;
            notifyAll();
        }
    }

    synchronized int size() {
        return knotes.size();
    }

    synchronized void awaitWaiting(int threads) throws InterruptedException {
        while (waiting < threads) {
            wait();
        }
    }

    @Override
    public int kevent(KEventList changes, KEventList events, long timeoutNanos) throws ClosedChannelException {
        synchronized (this) {
            ensureOpen();
            if (events != null) {
                events.clear();
            }
            for (int i = 0; changes != null && i < changes.size(); i++) {
                beforeChange.accept(i);
                int errno = apply(changes, i);
                if (events != null && (errno != 0 || (changes.flags(i) & KEvent.EV_RECEIPT) != 0)) {
                    events.add(changes.ident(i), changes.filter(i), KEvent.EV_ERROR, 0, errno, changes.udata(i));
                }
            }
            if (events == null || events.size() > 0) {
                return events == null ? 0 : events.size();
            }
            fetch(events, timeoutNanos);
        }
        afterFetch.run();
        return events.size();
    }

    private int apply(KEventList changes, int i) {
        Key key = new Key(changes.ident(i), changes.filter(i));
        Knote knote = knotes.get(key);
        int flags = changes.flags(i);
        boolean add = (flags & KEvent.EV_ADD) != 0;
        if (knote == null && !add) {
            return Errno.ENOENT;
        }
        if ((flags & KEvent.EV_DELETE) != 0) {
            knotes.remove(key);
            return 0;
        }
        if (knote != null && (add || replacesUdataAlways)) {
            knote.udata = changes.udata(i);
        }
        if (add && failures.getOrDefault(key, 0) > 0) {
            failures.merge(key, -1, Integer::sum);
            return Errno.EINVAL;
        }
        if (knote == null) {
            knote = new Knote();
            knote.udata = changes.udata(i);
            knotes.put(key, knote);
        }
        if (add) {
            knote.flags = flags & (KEvent.EV_ONESHOT | KEvent.EV_CLEAR | KEvent.EV_DISPATCH | KEvent.EV_RECEIPT);
            knote.fflags = changes.fflags(i);
            knote.data = changes.data(i);
            if (key.filter() == Filter.TIMER.value()) {
                knote.due = System.nanoTime() + knote.data * 1_000_000;
            }
        }
        if ((flags & (KEvent.EV_ENABLE | KEvent.EV_ADD)) != 0) {
            knote.enabled = true;
        }
        if ((flags & KEvent.EV_DISABLE) != 0) {
            knote.enabled = false;
        }
        if (key.filter() == Filter.USER.value() && (changes.fflags(i) & Note.NOTE_TRIGGER) != 0) {
            knote.pending++;
        }
        notifyAll();
        return 0;
    }

    private void fetch(KEventList events, long timeoutNanos) throws ClosedChannelException {
        long deadline = System.nanoTime() + timeoutNanos;
        waiting++;
        notifyAll();
        try {
            while (true) {
                ensureOpen();
                collect(events);
                long left = timeoutNanos < 0 ? Long.MAX_VALUE : deadline - System.nanoTime();
                if (events.size() > 0 || left <= 0) {
                    return;
                }
                long timer =
                        knotes.values().stream()
                                .mapToLong(knote -> knote.due)
                                .filter(due -> due != Long.MAX_VALUE)
                                .map(due -> Math.max(1, due - System.nanoTime()))
                                .min()
                                .orElse(Long.MAX_VALUE);
                wait(Math.min(left, timer) / 1_000_000 + 1);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            waiting--;
        }
    }

    private void collect(KEventList events) {
        for (Map.Entry<Key, Knote> entry : List.copyOf(knotes.entrySet())) {
            Key key = entry.getKey();
            Knote knote = entry.getValue();
            if (knote.due <= System.nanoTime()) {
                knote.pending++;
                knote.due =
                        (knote.flags & KEvent.EV_ONESHOT) != 0
                                ? Long.MAX_VALUE
                                : System.nanoTime() + knote.data * 1_000_000;
            }
            if (knote.pending == 0 || !knote.enabled || events.size() == events.capacity()) {
                continue;
            }
            events.add(key.ident(), key.filter(), knote.flags, knote.fired, knote.data, knote.udata);
            knote.fired = 0;
            if ((knote.flags & KEvent.EV_ONESHOT) != 0) {
                knotes.remove(key);
            }
            if ((knote.flags & KEvent.EV_CLEAR) != 0 || key.filter() == Filter.TIMER.value()) {
                knote.pending = 0;
            }
            if ((knote.flags & KEvent.EV_DISPATCH) != 0) {
                knote.enabled = false;
            }
        }
    }

    private void ensureOpen() throws ClosedChannelException {
        if (!open) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public synchronized void beforeClose(int descriptor, boolean shared) {
        knotes.keySet().removeIf(key -> key.ident() == descriptor && OF_DESCRIPTORS.contains(Filter.of(key.filter())));
    }

    @Override
    public boolean supports(Filter filter) {
        return true;
    }

    @Override
    public int descriptor() {
        return -1;
    }

    @Override
    public Counts counts() {
        throw new UnsupportedOperationException();
    }

    @Override
    public synchronized boolean isOpen() {
        return open;
    }

    @Override
    public String toString() {
        return "a model of a kqueue";
    }

    @Override
    public synchronized void close() {
        open = false;
        notifyAll();
    }
}
