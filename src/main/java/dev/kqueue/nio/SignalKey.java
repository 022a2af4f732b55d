package dev.kqueue.nio;

/** The key of a {@link SignalChannel}: how often a signal was sent to this process. */
public final class SignalKey extends EventKey {
    SignalKey(KQueueSelector selector, SignalChannel channel) {
        super(selector, channel);
    }

    @Override
    public SignalChannel channel() {
        return (SignalChannel) super.channel();
    }

    /** The signal. */
    public Signal signal() {
        return channel().signal();
    }

    /** How often it came. */
    public long count() {
        return data();
    }

    @Override
    boolean counts() {
        return true;
    }
}
