package dev.kqueue.nio;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.KQueue;
import dev.kqueue.KQueues;
import dev.kqueue.internal.backend.Counts;
import dev.kqueue.internal.backend.KQueueBackend;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.IntConsumer;

/** A kqueue that does what the test wrote down, call by call, and writes down what it was told. */
final class ScriptedKQueue extends KQueueBackend {
    /** This, as the code under test sees it. */
    final KQueue asKQueue = KQueues.over(this);

    /** One kevent call of the selector. */
    record Call(List<KEvent> changes, long timeoutNanos, boolean wantsEvents) {}

    /** What the kernel answers to one kevent call that wants events. */
    interface Answer {
        void fill(KEventList events) throws IOException;
    }

    final List<Call> calls = new ArrayList<>();

    /** How many changes the list of the last call had room for. */
    int roomForChanges;

    /** Run once, by the next call whose changes ask for receipts, before it answers. */
    Runnable beforeReceipts;

    final List<Integer> closing = new ArrayList<>();

    /** Run with each descriptor that is about to be closed. */
    IntConsumer whenClosing = descriptor -> {};

    /** What closing throws, or null. */
    IOException whenClosed;

    private final Deque<Answer> answers = new ArrayDeque<>();
    private final Deque<Integer> errnos = new ArrayDeque<>();
    private boolean open = true;

    ScriptedKQueue answer(Answer answer) {
        answers.add(answer);
        return this;
    }

    /** What the next change that asks for a receipt gets for an answer; 0 if nothing is said. */
    ScriptedKQueue receipt(int errno) {
        errnos.add(errno);
        return this;
    }

    /** The calls that fetched events: one for each wait. */
    List<Call> waits() {
        return calls.stream().filter(Call::wantsEvents).toList();
    }

    @Override
    public int kevent(KEventList changes, KEventList events, long timeoutNanos) throws IOException {
        if (!open) {
            throw new ClosedChannelException();
        }
        List<KEvent> copy = new ArrayList<>();
        roomForChanges = changes == null ? 0 : changes.capacity();
        boolean receipts = false;
        for (int i = 0; changes != null && i < changes.size(); i++) {
            copy.add(
                    new KEvent(
                            changes.ident(i),
                            Filter.of(changes.filter(i)),
                            changes.flags(i),
                            changes.fflags(i),
                            changes.data(i),
                            changes.udata(i)));
            receipts |= (changes.flags(i) & KEvent.EV_RECEIPT) != 0;
        }
        calls.add(new Call(copy, timeoutNanos, events != null && !receipts));
        if (events == null) {
            return 0;
        }
        events.clear();
        if (receipts) {
            Runnable before = beforeReceipts;
            beforeReceipts = null;
            if (before != null) {
                before.run();
            }
            for (KEvent change : copy) {
                Integer errno = errnos.poll();
                events.add(
                        change.ident(),
                        change.filter().value(),
                        KEvent.EV_ERROR,
                        change.fflags(),
                        errno == null ? 0 : errno,
                        (long) change.udata());
            }
            return events.size();
        }
        Answer answer = answers.poll();
        if (answer != null) {
            answer.fill(events);
        }
        return events.size();
    }

    @Override
    public void beforeClose(int descriptor, boolean shared) {
        closing.add(descriptor);
        whenClosing.accept(descriptor);
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
        return new Counts(calls.size(), 0, 0, calls.size(), 0, 0);
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public String toString() {
        return "scripted kqueue";
    }

    @Override
    public void close() throws IOException {
        open = false;
        if (whenClosed != null) {
            throw whenClosed;
        }
    }
}
