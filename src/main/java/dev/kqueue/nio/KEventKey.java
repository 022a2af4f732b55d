package dev.kqueue.nio;

import dev.kqueue.Filter;

/**
 * The key of a {@link KEventChannel}: {@link #flags}, {@link #fflags} and {@link #data} as kqueue(2) gave them.
 *
 * <p>The {@code data} of {@code EVFILT_READ} and {@code EVFILT_WRITE} is 0 on Linux, where a selector does not pay for
 * it.
 */
public final class KEventKey extends EventKey {
    KEventKey(KQueueSelector selector, KEventChannel channel) {
        super(selector, channel);
    }

    @Override
    public KEventChannel channel() {
        return (KEventChannel) super.channel();
    }

    /** What is watched, unsigned. */
    public long ident() {
        return channel().event().ident();
    }

    /** The kind of event. */
    public Filter filter() {
        return channel().event().filter();
    }

    @Override
    boolean counts() {
        return filter() == Filter.SIGNAL || filter() == Filter.TIMER;
    }
}
