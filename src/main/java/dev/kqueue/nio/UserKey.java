package dev.kqueue.nio;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The key of a {@link UserChannel}: how often the program has triggered it.
 *
 * {@snippet :
 * UserKey messages = selector.addUserEvent();
 * Thread.ofVirtual().start(() -> {
 *     queued.add("hello");
 *     messages.trigger();
 * });
 * selector.select(key -> {
 *     if (key == messages) {
 *         System.out.println(messages.count() + " messages: " + queued);
 *     }
 * });
 * }
 */
public final class UserKey extends EventKey {
    private final AtomicLong triggers = new AtomicLong();

    UserKey(KQueueSelector selector, UserChannel channel) {
        super(selector, channel);
    }

    @Override
    public UserChannel channel() {
        return (UserChannel) super.channel();
    }

    /** Triggers the event with this key's selector; any thread. Nothing happens if the key is cancelled. */
    public void trigger() {
        if (triggers.getAndIncrement() == 0) {
            selector().trigger(this);
        }
    }

    /** How often it was triggered. */
    public long count() {
        return recordedData();
    }

    @Override
    boolean counts() {
        return true;
    }

    /** From then on the next trigger is a first one. */
    @Override
    boolean recordTriggers(boolean fresh) {
        if (fresh && !pendingEvents) {
            forget();
        }
        record(0, 0, triggers.getAndSet(0));
        return true;
    }
}
