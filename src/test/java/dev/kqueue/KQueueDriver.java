package dev.kqueue;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A kqueue as tests drive it: one change at a time, and events as values. */
final class KQueueDriver implements AutoCloseable {
    /** Long enough for anything that is bound to happen, on a busy machine. */
    static final Duration SOON = Duration.ofSeconds(20);

    /** One entry of an eventlist. */
    record Event(long ident, int filter, int flags, int fflags, long data, long udata) {
        boolean has(int flag) {
            return (flags & flag) != 0;
        }
    }

    final KQueue kqueue;

    KQueueDriver() throws IOException {
        kqueue = KQueue.open();
    }

    /** Makes a change that is to succeed, and fetches no event. */
    void change(long ident, Filter filter, int flags, int fflags, long data, long udata) throws IOException {
        kqueue.kevent(list(ident, filter, flags, fflags, data, udata), null, 0);
    }

    /** Makes a change, and gives its errno; 0 if it succeeds. */
    int errno(long ident, Filter filter, int flags, int fflags, long data) throws IOException {
        List<Event> entries = receipts(list(ident, filter, flags | KEvent.EV_RECEIPT, fflags, data, 0));
        assertThat(entries).hasSize(1);
        return (int) entries.getFirst().data();
    }

    int errno(long ident, Filter filter, int flags) throws IOException {
        return errno(ident, filter, flags, 0, 0);
    }

    /** Submits changes that each make an entry. */
    List<Event> receipts(KEventList changes) throws IOException {
        KEventList events = KEventList.allocate(changes.size());
        kqueue.kevent(changes, events, 0);
        List<Event> entries = read(events);
        assertThat(entries).allMatch(entry -> entry.has(KEvent.EV_ERROR));
        return entries;
    }

    /** What is pending now. */
    List<Event> pending() throws IOException {
        return fetch(16, Duration.ZERO);
    }

    /** Waits for events that are bound to come. */
    List<Event> await() throws IOException {
        List<Event> events = fetch(16, SOON);
        assertThat(events).as("events within " + SOON).isNotEmpty();
        return events;
    }

    /** Waits for one event, and there must be no other beside it. */
    Event awaitOne() throws IOException {
        List<Event> events = await();
        assertThat(events).hasSize(1);
        return events.getFirst();
    }

    List<Event> fetch(int room, Duration timeout) throws IOException {
        KEventList events = KEventList.allocate(room);
        int n = kqueue.kevent(null, events, timeout.toNanos());
        assertThat(n).isEqualTo(events.size());
        List<Event> read = read(events);
        assertThat(read).noneMatch(event -> event.has(KEvent.EV_ERROR));
        return read;
    }

    static KEventList list(long ident, Filter filter, int flags, int fflags, long data, long udata) {
        return KEventList.allocate(1).add(ident, filter.value(), flags, fflags, data, udata);
    }

    static List<Event> read(KEventList events) {
        List<Event> list = new ArrayList<>();
        for (int i = 0; i < events.size(); i++) {
            list.add(
                    new Event(
                            events.ident(i),
                            events.filter(i),
                            events.flags(i),
                            events.fflags(i),
                            events.data(i),
                            events.udata(i)));
        }
        return list;
    }

    @Override
    public void close() throws IOException {
        kqueue.close();
    }
}
