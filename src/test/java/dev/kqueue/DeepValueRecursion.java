package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_DELETE;
import static dev.kqueue.KEvent.EV_ONESHOT;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/**
 * Calls apply, poll and beforeClose from the deepest point of a recursion and from each frame above it, and then looks
 * from another thread whether the lock is free and each event has its object.
 */
final class DeepValueRecursion {
    static final int ROUNDS = 10;

    /** More than what a call needs, in frames of a small method. */
    private static final int FRAMES = 400;

    /** No descriptor of this number is open: its event is a user event, which beforeClose must leave alone. */
    private static final int NUMBER = 1;

    private final KEventQueue queue = KEventQueue.open();
    private final Object lasting = new Object();
    private final Object once = new Object();
    private final FullStack stack = new FullStack(FRAMES, queue::isOpen);

    private DeepValueRecursion() throws IOException {}

    public static void main(String[] args) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            new DeepValueRecursion().run(round);
        }
        System.out.println("survived " + ROUNDS + " rounds");
        System.exit(0);
    }

    private void run(int round) throws Exception {
        change(KEvent.user(NUMBER, EV_ADD | EV_CLEAR, 0, lasting));
        List<FullStack.Call> calls =
                List.of(
                        () -> change(KEvent.user(NUMBER, 0, Note.NOTE_TRIGGER, null)),
                        () -> change(KEvent.user(2, EV_ADD | EV_ONESHOT, Note.NOTE_TRIGGER, once)),
                        () -> change(KEvent.timer(3, EV_ADD, Duration.ofDays(1), new Object())),
                        () -> change(KEvent.timer(3, EV_DELETE, Duration.ZERO, null)),
                        () -> queue.beforeClose(NUMBER),
                        () -> poll().forEach(this::check));
        // All classes are there before: one whose initialization fails is lost for good.
        for (FullStack.Call call : calls) {
            call.make();
        }
        for (int i = 0; i < calls.size(); i++) {
            // In another order each time: what one call leaves undone, another one is to find.
            stack.overflow(calls.get((i + round) % calls.size()));
        }
        stack.requireOverflow();
        FutureTask<Void> task = new FutureTask<>(this::checkAll);
        Thread.ofPlatform().daemon().start(task);
        task.get(60, TimeUnit.SECONDS);
        stack.overflow(queue::close);
        queue.close();
    }

    private Void checkAll() throws IOException {
        for (List<KEvent> events = poll(); !events.isEmpty(); events = poll()) {
            events.forEach(this::check);
        }
        change(KEvent.user(NUMBER, 0, Note.NOTE_TRIGGER, null));
        change(KEvent.user(2, EV_ADD | EV_ONESHOT, Note.NOTE_TRIGGER, once));
        List<KEvent> events = poll();
        events.forEach(this::check);
        if (events.size() != 2) {
            throw new AssertionError("both events, and not " + events);
        }
        return null;
    }

    private List<KEvent> poll() throws IOException {
        return queue.poll(4);
    }

    @SuppressWarnings("ReferenceEquality") // the very object
    private void check(KEvent event) {
        if (event.udata() != (event.ident() == NUMBER ? lasting : once)) {
            throw new AssertionError("not its object: " + event);
        }
    }

    private void change(KEvent change) throws IOException {
        try {
            queue.apply(change);
        } catch (KEventException e) {
            if ((change.flags() & EV_DELETE) == 0) {
                throw new AssertionError(e);
            }
        }
    }
}
