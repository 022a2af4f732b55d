package dev.kqueue.nio;

import dev.kqueue.Filter;

/**
 * The key of a {@link KEventChannel}: {@link #flags}, {@link #fflags} and {@link #data} as kqueue(2) gave them.
 *
 * {@snippet :
 * KEventKey key = selector.watch(KEvent.vnode(fd, EV_CLEAR, NOTE_WRITE | NOTE_ATTRIB, null));
 * selector.select(ready -> {
 *     if (ready == key && (key.fflags() & NOTE_ATTRIB) != 0) {
 *         lookAtOwner();
 *     }
 * });
 * }
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

    /** The {@code EV_} bits of all events of the record: {@link dev.kqueue.KEvent#EV_EOF}, for one. */
    public int flags() {
        return recordedFlags();
    }

    /** The {@code NOTE_} bits of all events of the record: see {@link dev.kqueue.Note}. */
    public int fflags() {
        return recordedNotes();
    }

    /**
     * The filter's own number: that of the record's last event, or the sum over its events where the number is a count
     * (signals, timers).
     */
    public long data() {
        return recordedData();
    }

    @Override
    boolean counts() {
        return filter() == Filter.SIGNAL || filter() == Filter.TIMER;
    }
}
