package dev.kqueue;

import dev.kqueue.internal.abi.Abi;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * One change or one event of a kqueue, as an immutable value: {@code struct kevent}.
 *
 * {@snippet :
 * queue.apply(
 *         KEvent.read(socket, EV_ADD, 0, connection),
 *         KEvent.vnode(file.descriptor(), EV_ADD | EV_CLEAR, NOTE_WRITE | NOTE_DELETE, "the log"),
 *         KEvent.timer(1, EV_ADD, Duration.ofMillis(250), ticker));
 * }
 *
 * <p>As a change, {@code flags} says what to do ({@link #EV_ADD}, {@link #EV_DELETE}, ...). As an event, {@code flags}
 * gives its state ({@link #EV_EOF}, {@link #EV_ERROR}), {@code fflags} what happened and {@code data} how much.
 *
 * <p>Each filter that a program is likely to use has a factory, and all factories have one form: ident, flags, fflags,
 * udata. {@code data} is 0, and {@link #withData} sets it. Any other filter goes through the constructor.
 *
 * <p>Ident and filter together are the key of an event: a kqueue holds one event for each pair. {@code udata} belongs
 * to that event. {@link #EV_ADD} gives it its object, or replaces it, and null takes it away; a change without EV_ADD
 * leaves the object alone on every system, so that enabling, disabling and triggering need not repeat it.
 *
 * <p>The {@code EV_} names follow the rule of {@link Note}: without parentheses where every system has the same number,
 * with parentheses where this system is asked, and {@link UnsupportedOperationException} where it has none.
 *
 * @param ident what is watched, unsigned: a descriptor, a process id, a signal or any number, as the filter says
 * @param filter the kind of event
 * @param flags {@code EV_} bits, unsigned 16-bit (32-bit on NetBSD)
 * @param fflags {@code NOTE_} bits, unsigned 32-bit
 * @param data the filter's own number
 * @param udata any object, or null; an event brings back the very object that was given with the change
 * @see <a href="https://man.freebsd.org/kqueue/2">kqueue(2)</a>
 */
@SuppressWarnings("MemberName") // C names stay C names: a search of the manual page must find them
public record KEvent(long ident, Filter filter, int flags, int fflags, long data, Object udata) {
    // ---- flags: the same everywhere

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
     * with it. For {@link KQueue}; {@link KEventQueue#apply} has its own way to report failures.
     */
    public static final int EV_RECEIPT = 0x0040;

    /**
     * Disables the event right after it has been returned; {@link #EV_ENABLE} permits it again. Not together with
     * {@link #EV_CLEAR}: old NetBSD then does not disable.
     */
    public static final int EV_DISPATCH = 0x0080;

    /**
     * In an eventlist: the change with this ident and filter failed, or had {@link #EV_RECEIPT}; {@code data} is the
     * errno.
     */
    public static final int EV_ERROR = 0x4000;

    /**
     * In an eventlist: end of file, or of whatever else the filter watches. {@code fflags} may hold a socket's error.
     */
    public static final int EV_EOF = 0x8000;

    // ---- flags: asked of this system

    /** The bits that are reserved for the system, which clears them in a change. */
    public static int EV_SYSFLAGS() {
        return Abi.HOST.constant("EV_SYSFLAGS");
    }

    /** The filter's own flag, in an event (all but Linux). */
    public static int EV_FLAG1() {
        return Abi.HOST.constant("EV_FLAG1");
    }

    /** The filter's own flag (macOS). */
    public static int EV_FLAG0() {
        return Abi.HOST.constant("EV_FLAG0");
    }

    /** The filter's own flag, the bit of {@link #EV_ERROR} (FreeBSD, inside the kernel). */
    public static int EV_FLAG2() {
        return Abi.HOST.constant("EV_FLAG2");
    }

    /** Leaves the event's udata as it is when it is changed (FreeBSD 14). */
    public static int EV_KEEPUDATA() {
        return Abi.HOST.constant("EV_KEEPUDATA");
    }

    /** Returns the event now, and once, whatever its state (FreeBSD). */
    public static int EV_FORCEONESHOT() {
        return Abi.HOST.constant("EV_FORCEONESHOT");
    }

    /** The event is to be dropped (FreeBSD, inside the kernel). */
    public static int EV_DROP() {
        return Abi.HOST.constant("EV_DROP");
    }

    /**
     * Makes udata a part of the event's key, beside ident and filter (macOS). Only for {@link KQueue}, whose udata is a
     * number: {@link KEventQueue}, whose udata is an object, refuses it.
     */
    public static int EV_UDATA_SPECIFIC() {
        return Abi.HOST.constant("EV_UDATA_SPECIFIC");
    }

    /** {@link #EV_DISPATCH} and {@link #EV_UDATA_SPECIFIC} (macOS). */
    public static int EV_DISPATCH2() {
        return Abi.HOST.constant("EV_DISPATCH2");
    }

    /** Reports once that the watched object has vanished (macOS, with {@link #EV_DISPATCH2}). */
    public static int EV_VANISHED() {
        return Abi.HOST.constant("EV_VANISHED");
    }

    /** In an event: out-of-band data has come (macOS). */
    public static int EV_OOBAND() {
        return Abi.HOST.constant("EV_OOBAND");
    }

    /** Behaves as poll(2): a file is always ready (macOS, which clears it in a change). */
    public static int EV_POLL() {
        return Abi.HOST.constant("EV_POLL");
    }

    /** In an event, with {@link #EV_EOF}: nothing is left to be read (DragonFly BSD). */
    public static int EV_NODATA() {
        return Abi.HOST.constant("EV_NODATA");
    }

    // ---- construction

    /** Makes a change or event of these fields; the filter must not be null. */
    public KEvent {
        Objects.requireNonNull(filter, "filter");
    }

    /** A change or event without an object. */
    public KEvent(long ident, Filter filter, int flags, int fflags, long data) {
        this(ident, filter, flags, fflags, data, null);
    }

    /**
     * {@code EVFILT_READ}: the descriptor has something to read, or a listener a connection to accept.
     *
     * @param ident a descriptor
     * @param fflags {@link Note#NOTE_LOWAT} with {@link #withData}, to wait for so many bytes; else 0
     * @return a change; its events have in {@link #data} the bytes to be read or the connections to be accepted, a hint
     */
    public static KEvent read(long ident, int flags, int fflags, Object udata) {
        return new KEvent(ident, Filter.READ, flags, fflags, 0, udata);
    }

    /**
     * {@code EVFILT_WRITE}: the descriptor can be written to.
     *
     * @param ident a descriptor
     * @param fflags {@link Note#NOTE_LOWAT} with {@link #withData}, to wait for so much room; else 0
     * @return a change; its events have in {@link #data} the room in bytes, a hint
     */
    public static KEvent write(long ident, int flags, int fflags, Object udata) {
        return new KEvent(ident, Filter.WRITE, flags, fflags, 0, udata);
    }

    /**
     * {@code EVFILT_VNODE}: a file or directory changes. Use {@link #EV_CLEAR}: without it, a note that was set once is
     * reported by every call.
     *
     * @param ident the descriptor of the open file or directory: it is watched whatever its name becomes
     * @param fflags what to watch for: {@link Note#NOTE_DELETE} and those that follow it
     * @return a change; its events have in {@link #fflags} what has happened since the last one
     */
    public static KEvent vnode(long ident, int flags, int fflags, Object udata) {
        return new KEvent(ident, Filter.VNODE, flags, fflags, 0, udata);
    }

    /**
     * {@code EVFILT_PROC}: a process exits, forks or executes a program. A process that is gone fails with ESRCH.
     *
     * @param ident a process id
     * @param fflags what to watch for: {@link Note#NOTE_EXIT} and those that follow it
     * @return a change; its events have in {@link #fflags} what has happened, and with NOTE_EXIT in {@link #data} the
     *     wait status, where the system gives it
     */
    public static KEvent proc(long ident, int flags, int fflags, Object udata) {
        return new KEvent(ident, Filter.PROC, flags, fflags, 0, udata);
    }

    /**
     * {@code EVFILT_SIGNAL}: a signal is sent to this process. The signal's action (its handler or default) is not
     * affected.
     *
     * @param ident the signal's number, which systems do not agree on
     * @param fflags 0
     * @return a change; its events have in {@link #data} how often the signal came since the last one
     */
    public static KEvent signal(long ident, int flags, int fflags, Object udata) {
        return new KEvent(ident, Filter.SIGNAL, flags, fflags, 0, udata);
    }

    /**
     * {@code EVFILT_TIMER}: a period has passed; once with {@link #EV_ONESHOT}, else again and again. Set the period
     * with {@link #withData}. To restart a running timer, delete it and add it again: DragonFly BSD ignores the new
     * period of a timer that is only added again.
     *
     * @param ident any number
     * @param fflags the unit of {@link #data}, 0 for milliseconds
     * @return a change; its events have in {@link #data} how often the period has passed since the last one
     */
    public static KEvent timer(long ident, int flags, int fflags, Object udata) {
        return new KEvent(ident, Filter.TIMER, flags, fflags, 0, udata);
    }

    /**
     * {@code EVFILT_TIMER} with a period of any unit: {@link #fflags} and {@link #data} are chosen so that no precision
     * is lost. The unit is milliseconds where they suffice, since every system has them; otherwise microseconds or
     * nanoseconds.
     *
     * @throws IllegalArgumentException if the period is negative
     * @throws UnsupportedOperationException if this system has no unit that is fine enough; round the period first
     * @throws ArithmeticException if the period is too long for its unit
     */
    public static KEvent timer(long ident, int flags, Duration period, Object udata) {
        TimerData timer = TimerData.of(period, Abi.HOST);
        return new KEvent(ident, Filter.TIMER, flags, timer.fflags(), timer.data(), udata);
    }

    /**
     * {@code EVFILT_TIMER} that fires once, at a point in time of the wall clock: {@code NOTE_ABSTIME}, on macOS {@code
     * NOTE_ABSOLUTE}. A point that has passed fires at once; FreeBSD refuses one before it was booted.
     *
     * @throws UnsupportedOperationException if this system has no such timers (DragonFly BSD), or no unit that is fine
     *     enough
     * @throws ArithmeticException if the point is too far away for its unit
     */
    public static KEvent timer(long ident, int flags, Instant deadline, Object udata) {
        TimerData timer = TimerData.at(deadline, Abi.HOST);
        return new KEvent(ident, Filter.TIMER, flags, timer.fflags(), timer.data(), udata);
    }

    /**
     * {@code EVFILT_USER}: an event that the program triggers. Add it with {@link #EV_ADD} and {@link #EV_CLEAR};
     * trigger it, from any thread, with a change of flags 0 and fflags {@link Note#NOTE_TRIGGER}.
     *
     * @param ident any number
     * @param fflags 24 bits of the program's own, and how to store them: {@link Note#NOTE_FFNOP}, {@link
     *     Note#NOTE_FFAND}, {@link Note#NOTE_FFOR} or {@link Note#NOTE_FFCOPY}
     * @return a change; its events have the stored bits in {@link #fflags}
     */
    public static KEvent user(long ident, int flags, int fflags, Object udata) {
        return new KEvent(ident, Filter.USER, flags, fflags, 0, udata);
    }

    /** A copy with other flags: {@code change.withFlags(EV_DELETE)}. */
    public KEvent withFlags(int flags) {
        return new KEvent(ident, filter, flags, fflags, data, udata);
    }

    /** A copy with other fflags. */
    public KEvent withFflags(int fflags) {
        return new KEvent(ident, filter, flags, fflags, data, udata);
    }

    /** A copy with another {@code data}. */
    public KEvent withData(long data) {
        return new KEvent(ident, filter, flags, fflags, data, udata);
    }

    /** A copy with another udata object. */
    public KEvent withUdata(Object udata) {
        return new KEvent(ident, filter, flags, fflags, data, udata);
    }

    // ---- reading

    /** Whether the entry reports a failed change, or a receipt. */
    public boolean isError() {
        return (flags & EV_ERROR) != 0;
    }

    /** Whether the end has been reached. */
    public boolean isEof() {
        return (flags & EV_EOF) != 0;
    }

    /** All fields, flags and notes by their names. */
    @Override
    public String toString() {
        return KEventText.of(ident, filter, filter.cName(), flags, fflags, data, String.valueOf(udata));
    }
}
