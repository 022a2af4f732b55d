package dev.kqueue.nio;

import dev.kqueue.internal.signal.SignalDispatch;
import dev.kqueue.internal.signal.SignalReceiver;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The key of a {@link SignalChannel}: how often a signal was sent to this process.
 *
 * {@snippet :
 * SignalKey term = selector.handleSignal(Signal.TERM);
 * while (term.isValid()) {
 *     selector.select(key -> {
 *         if (key == term) {
 *             term.cancel();
 *         } else {
 *             serve(key);
 *         }
 *     });
 * }
 * }
 */
public final class SignalKey extends EventKey {
    /** Takes the signal over in the JVM, in place of a knote; null if the kqueue counts it. */
    private final SignalReceiver handler;

    /** Signals that are not in the record yet. */
    private final AtomicLong received = new AtomicLong();

    SignalKey(KQueueSelector selector, SignalChannel channel) {
        super(selector, channel);
        handler = channel.isHandling() ? this::receive : null;
    }

    /**
     * The JVM calls this in place of the former handler. That a kernel's kqueue counts the signal as well is not used:
     * a program that has the event may let go of the key before the JVM has called its handler, which would be the
     * former one by then, and end the JVM.
     *
     * @return false for a key that is not valid: then the former handler is called
     */
    private boolean receive() {
        if (!isRegistered() || !isValid() || !selector().isOpen()) {
            return false;
        }
        if (received.getAndIncrement() == 0) {
            triggerByTheJvm();
        }
        return true;
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
        return recordedData();
    }

    // ---- for the selector

    @Override
    boolean counts() {
        return true;
    }

    private SignalDispatch dispatch() {
        return SignalDispatch.of(signal().number());
    }

    @Override
    void prepare(int ops) {
        super.prepare(ops);
        if (handler != null) {
            knotes = EventKnote.NONE;
        }
    }

    @Override
    int beginning() {
        return handler == null ? 0 : dispatch().add(handler);
    }

    @Override
    void released() {
        if (handler != null) {
            dispatch().remove(handler);
        }
    }

    /** From then on the next signal is a first one. */
    @Override
    boolean recordTriggers(boolean fresh) {
        if (fresh && !pendingEvents) {
            forget();
        }
        record(0, 0, received.getAndSet(0));
        return true;
    }
}
