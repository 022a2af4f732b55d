package dev.kqueue.nio;

import dev.kqueue.KEvent;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Startup;
import dev.kqueue.internal.signal.SignalDispatch;

import java.io.IOException;

/**
 * A channel for a signal that is sent to this process.
 *
 * {@snippet :
 * try (SignalChannel hup = SignalChannel.handling(Signal.HUP)) {
 *     SignalKey key = (SignalKey) hup.register(selector, SelectionKey.OP_READ);
 * }
 * }
 *
 * <p>A channel of {@link #open} counts the signal beside what it does anyway: {@code EVFILT_SIGNAL}. One of {@link
 * #handling} takes the signal over while it is registered: nothing else comes of it. {@link Signal} says what either
 * means beside the JVM.
 *
 * <p>A selector takes one channel for each signal, of either kind. Any number of selectors may: each has the event, and
 * the signal is taken over as long as one of them handles it.
 */
public final class SignalChannel extends EventChannel {
    private final Signal signal;
    private final boolean handling;

    private SignalChannel(Signal signal, boolean handling) {
        Startup.check();
        signal.number();
        this.signal = signal;
        this.handling = handling;
    }

    /**
     * Makes a channel that counts a signal. Its handler or default action still runs.
     *
     * @throws UnsupportedOperationException if this system has no such signal
     */
    public static SignalChannel open(Signal signal) {
        return new SignalChannel(signal, false);
    }

    /**
     * Makes a channel that takes a signal over. The handler that was there before is back when the key is cancelled or
     * the channel or selector closed.
     *
     * @throws UnsupportedOperationException if this system has no such signal
     */
    public static SignalChannel handling(Signal signal) {
        return new SignalChannel(signal, true);
    }

    /** Whether it takes the signal over, while it is registered. */
    public boolean isHandling() {
        return handling;
    }

    /** The signal. */
    public Signal signal() {
        return signal;
    }

    @Override
    public String toString() {
        return signal.cName();
    }

    @Override
    SignalKey newKey(KQueueSelector selector) {
        return new SignalKey(selector, this);
    }

    @Override
    KEvent knote(int attempt) {
        return KEvent.signal(signal.number(), KEvent.EV_CLEAR, 0, null);
    }

    @Override
    IOException failure(int errno, String reason) {
        if (handling) {
            String own = SignalDispatch.reason(signal.number(), errno);
            return new IOException(signal.cName() + " cannot be handled: " + (own != null ? own : reason));
        }
        return errno == Errno.EINVAL
                ? new IOException(
                        signal.cName() + " cannot be watched: it cannot be caught, or the JVM needs it (EINVAL)")
                : super.failure(errno, reason);
    }

    @Override
    boolean isUnique() {
        return false;
    }
}
