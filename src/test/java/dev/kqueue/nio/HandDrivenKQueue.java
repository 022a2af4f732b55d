package dev.kqueue.nio;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.KQueue;
import dev.kqueue.KQueues;
import dev.kqueue.internal.backend.Counts;
import dev.kqueue.internal.backend.KQueueBackend;

import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.ToIntFunction;

/** A kqueue for one waiting thread and many submitting ones, whose events a test hands out one by one. */
public final class HandDrivenKQueue extends KQueueBackend {
    /** This, as the code under test sees it. */
    public final KQueue asKQueue = KQueues.over(this);

    private interface Event {
        void fill(KEventList events) throws IOException;
    }

    /** What was submitted, in order. */
    public final BlockingQueue<KEvent> changes = new LinkedBlockingQueue<>();

    /** The errno of a change. */
    public volatile ToIntFunction<KEvent> errno = change -> 0;

    /** What is done when a descriptor is about to be closed. */
    public volatile Runnable closing = () -> {};

    /** Whether a call with timeout 0 that finds no event returns; else it waits for the test to hand one out. */
    public volatile boolean looks;

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

    /** Lets the waiting thread have an event for the change. */
    public void fire(KEvent change) {
        events.add(list -> list.add(change.ident(), change.filter().value(), 0, 0, 0, (Long) change.udata()));
    }

    /** Lets the waiting thread have an event for the change, and then its call fail. */
    public void fireAndFail(KEvent change, Error failure) {
        events.add(
                list -> {
                    list.add(change.ident(), change.filter().value(), 0, 0, 0, (Long) change.udata());
                    throw failure;
                });
    }

    /** Lets the waiting thread's call fail, once. */
    public void fail(Throwable failure) {
        events.add(
                list -> {
                    switch (failure) {
                        case IOException e -> throw e;
                        case Error e -> throw e;
                        default -> throw new AssertionError(failure);
                    }
                });
    }

    /** Lets every call of the waiting thread fail from now on. */
    public void failForEver(IOException failure) {
        always = failure;
        fail(failure);
    }

    private volatile IOException always;

    @Override
    public int kevent(KEventList changelist, KEventList eventlist, long timeoutNanos) throws IOException {
        try {
            eventlist.clear();
            if (changelist == null) {
                if (always != null) {
                    throw always;
                }
                Event next = timeoutNanos == 0 && looks ? events.poll() : events.take();
                if (next != null) {
                    next.fill(eventlist);
                }
                return eventlist.size();
            }
            for (int i = 0; i < changelist.size(); i++) {
                KEvent change =
                        new KEvent(
                                changelist.ident(i),
                                Filter.of(changelist.filter(i)),
                                changelist.flags(i),
                                changelist.fflags(i),
                                changelist.data(i),
                                changelist.udata(i));
                int result = errno.applyAsInt(change);
                changes.add(change);
                eventlist.add(change.ident(), change.filter().value(), KEvent.EV_ERROR, 0, result, changelist.udata(i));
            }
            return eventlist.size();
        } catch (InterruptedException interrupted) {
            throw new IOException(interrupted);
        }
    }

    @Override
    public void beforeClose(int descriptor, boolean shared) {
        closing.run();
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
    public boolean isOpen() {
        return !closed;
    }

    @Override
    public String toString() {
        return "a kqueue driven by hand";
    }

    public volatile boolean closed;

    @Override
    public void close() {
        closed = true;
    }
}
