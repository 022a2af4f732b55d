package dev.kqueue.internal.javanet;

import java.net.SocketException;
import java.nio.channels.Channel;

/** The time limits of java.net, in milliseconds with 0 for "none", as nanoseconds to wait. */
final class TimeLimit {
    private TimeLimit() {}

    /** Without limit. */
    static final long NONE = Long.MAX_VALUE;

    static long nanos(int millis) {
        return millis == 0 ? NONE : millis * 1_000_000L;
    }

    /** The argument of {@code setSoTimeout}. */
    static int checked(Channel channel, int millis) throws SocketException {
        SocketExceptions.requireOpen(channel);
        if (millis < 0) {
            throw new IllegalArgumentException("timeout < 0");
        }
        return millis;
    }
}
