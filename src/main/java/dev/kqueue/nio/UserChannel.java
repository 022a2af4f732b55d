package dev.kqueue.nio;

import dev.kqueue.KEvent;
import dev.kqueue.internal.libc.Startup;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A channel for an event that the program triggers itself: {@code EVFILT_USER}.
 *
 * {@snippet :
 * UserChannel done = UserChannel.open();
 * UserKey key = (UserKey) done.register(selector, SelectionKey.OP_READ);
 * Thread.ofVirtual().start(() -> {
 *     compute();
 *     done.trigger(); // the selector reports the key
 * });
 * }
 *
 * <p>It may be triggered by any thread, and works on every system, through the selector's own wakeup event. {@link
 * KQueueSelector#addUserEvent()} makes and registers one in one step. A trigger costs a system call only if a thread
 * waits in the selector and nothing has woken it yet.
 */
public final class UserChannel extends EventChannel {
    private final List<UserKey> keys = new CopyOnWriteArrayList<>();

    private UserChannel() {}

    /** Makes an event. */
    public static UserChannel open() {
        Startup.check();
        return new UserChannel();
    }

    /** Triggers the event with every selector that it is registered with. */
    public void trigger() {
        for (UserKey key : keys) {
            key.trigger();
        }
    }

    @Override
    public String toString() {
        return "user event";
    }

    @Override
    UserKey newKey(KQueueSelector selector) {
        keys.removeIf(key -> !key.isValid());
        UserKey key = new UserKey(selector, this);
        keys.add(key);
        return key;
    }

    /** Null: the event needs no knote, see {@link UserKey#trigger}. */
    @Override
    KEvent knote(int attempt) {
        return null;
    }
}
