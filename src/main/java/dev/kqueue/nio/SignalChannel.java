package dev.kqueue.nio;

import dev.kqueue.KEvent;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Startup;

import java.io.IOException;

/**
 * A channel for a signal that is sent to this process: {@code EVFILT_SIGNAL}. The signal's handler or default action
 * still runs; see {@link Signal} for the signals that can be watched.
 *
 * <p>A selector takes one channel for each signal.
 */
public final class SignalChannel extends EventChannel {
    private final Signal signal;

    private SignalChannel(Signal signal) {
        this.signal = signal;
    }

    /**
     * Makes a channel of a signal.
     *
     * @throws UnsupportedOperationException if this system has no such signal
     */
    public static SignalChannel open(Signal signal) {
        Startup.check();
        signal.number();
        return new SignalChannel(signal);
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
