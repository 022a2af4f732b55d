package dev.kqueue.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.KEventList;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** A kqueue over epoll whose parts a test can reach, and what it reports. */
final class Queue implements AutoCloseable {
    final LinuxKQueue kqueue;
    private final KEventList change = KEventList.allocate(1);
    private final KEventList events = KEventList.allocate(16);

    Queue() throws IOException {
        kqueue = LinuxKQueue.open();
    }

    /** Adds a knote with EV_CLEAR: 0 or an errno. */
    int add(long ident, Filter filter, int fflags) throws IOException {
        return change(ident, filter, KEvent.EV_ADD | KEvent.EV_CLEAR, fflags, 0);
    }

    int change(long ident, Filter filter, int flags, int fflags, long data) throws IOException {
        change.clear();
        change.add(ident, filter.value(), flags | KEvent.EV_RECEIPT, fflags, data, 0);
        assertThat(kqueue.kevent(change, events, 0)).isOne();
        return (int) events.data(0);
    }

    /** What is pending: the notes of each ident. */
    Map<Long, Integer> pending() throws IOException {
        Map<Long, Integer> notes = new HashMap<>();
        while (kqueue.kevent(null, events, 0) > 0) {
            for (int i = 0; i < events.size(); i++) {
                notes.merge(events.ident(i), events.fflags(i), (a, b) -> a | b);
            }
        }
        return notes;
    }

    /** The only event that is pending. */
    KEventList one() throws IOException {
        assertThat(kqueue.kevent(null, events, 0)).isOne();
        return events;
    }

    @Override
    public void close() {
        kqueue.close();
    }
}
