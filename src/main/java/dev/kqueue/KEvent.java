package dev.kqueue;

import java.util.StringJoiner;

/**
 * One change or one event, as a value: {@code struct kevent}.
 *
 * <p>As a change, {@code flags} says what to do ({@link #EV_ADD}, {@link #EV_DELETE}, ...). As an event, {@code flags}
 * says what is so ({@link #EV_EOF}, {@link #EV_ERROR}), {@code fflags} what happened and {@code data} how much.
 *
 * @param ident what is watched, unsigned: a descriptor, a process id, a signal or any number, as the filter says
 * @param filter the kind of event
 * @param flags {@code EV_} bits, unsigned 16-bit (32-bit on NetBSD)
 * @param fflags {@code NOTE_} bits, unsigned 32-bit
 * @param data the filter's own number
 * @param udata any object, or null; an event brings back the very object that was given with the change
 * @see <a href="https://man.freebsd.org/kqueue/2">kqueue(2)</a>
 */
public record KEvent(long ident, Filter filter, int flags, int fflags, long data, Object udata) {
    /** Adds the event to the kqueue and enables it, or changes the one that is there. */
    public static final int EV_ADD = 0x0001;

    /** Removes the event. Closing a descriptor removes its events by itself. */
    public static final int EV_DELETE = 0x0002;

    /** Permits kevent to return the event again. */
    public static final int EV_ENABLE = 0x0004;

    /** Keeps the event from being returned; the filter itself stays. */
    public static final int EV_DISABLE = 0x0008;

    /** Returns the event once, then removes it. */
    public static final int EV_ONESHOT = 0x0010;

    /** Resets the state after the event has been returned: report changes ("edges") instead of states ("levels"). */
    public static final int EV_CLEAR = 0x0020;

    /**
     * Returns an {@link #EV_ERROR} entry for the change even if it succeeds ({@code data} is 0 then), and no events
     * with it.
     */
    public static final int EV_RECEIPT = 0x0040;

    /** Disables the event right after it has been returned; {@link #EV_ENABLE} permits it again. */
    public static final int EV_DISPATCH = 0x0080;

    /**
     * In an eventlist: the change with this ident and filter failed, or had {@link #EV_RECEIPT}; {@code data} is the
     * errno.
     */
    public static final int EV_ERROR = 0x4000;

    /** In an eventlist: the end has been reached; the filter says of what. {@code fflags} may hold a socket's error. */
    public static final int EV_EOF = 0x8000;

    /** A change or event without an object. */
    public KEvent(long ident, Filter filter, int flags, int fflags, long data) {
        this(ident, filter, flags, fflags, data, null);
    }

    /** Whether the entry reports a failed change, or a receipt. */
    public boolean isError() {
        return (flags & EV_ERROR) != 0;
    }

    /** Whether the end has been reached. */
    public boolean isEof() {
        return (flags & EV_EOF) != 0;
    }

    @Override
    public String toString() {
        return toString(ident, filter.value(), flags, fflags, data, String.valueOf(udata));
    }

    static String toString(long ident, int filter, int flags, int fflags, long data, String udata) {
        return "{ident="
                + Long.toUnsignedString(ident)
                + ", filter="
                + Filter.of(filter).cName()
                + ", flags="
                + flagNames(flags)
                + ", fflags=0x"
                + Integer.toHexString(fflags)
                + ", data="
                + data
                + ", udata="
                + udata
                + "}";
    }

    private static String flagNames(int flags) {
        String[] names = {"ADD", "DELETE", "ENABLE", "DISABLE", "ONESHOT", "CLEAR", "RECEIPT", "DISPATCH"};
        StringJoiner joiner = new StringJoiner("|");
        for (int i = 0; i < names.length; i++) {
            if ((flags & 1 << i) != 0) {
                joiner.add("EV_" + names[i]);
            }
        }
        if ((flags & EV_ERROR) != 0) {
            joiner.add("EV_ERROR");
        }
        if ((flags & EV_EOF) != 0) {
            joiner.add("EV_EOF");
        }
        int rest = flags & ~(0xff | EV_ERROR | EV_EOF);
        if (rest != 0 || flags == 0) {
            joiner.add("0x" + Integer.toHexString(rest));
        }
        return joiner.toString();
    }
}
