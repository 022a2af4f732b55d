package dev.kqueue.nio;

import dev.kqueue.KEvent;

import java.nio.channels.CancelledKeyException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

/**
 * The key of a {@link TimerChannel}: how often a timer has expired.
 *
 * {@snippet :
 * TimerKey idle = selector.schedule(Duration.ofSeconds(30), connection);
 * selector.select(key -> {
 *     if (key == idle) {
 *         connection.close();
 *     } else {
 *         idle.reset(Duration.ofSeconds(30)); // the connection is in use
 *         serve(key);
 *     }
 * });
 * }
 *
 * <p>A timer that repeats never drifts: neither the time that the program takes nor the system's delays add up, and
 * expirations that were missed meanwhile are counted.
 */
public final class TimerKey extends EventKey {
    private static final long NOT_ARMED = Long.MIN_VALUE;

    private record Reset(long due) {}

    /** Takes the place of a reset that can come no more: the key has ended. */
    private static final Reset ENDED = new Reset(0);

    private static final AtomicReferenceFieldUpdater<TimerKey, Reset> RESET =
            AtomicReferenceFieldUpdater.newUpdater(TimerKey.class, Reset.class, "reset");

    /**
     * The last call of {@link #reset}, by any thread; {@link #ENDED} from the end on. Both are set by comparing, so a
     * reset either comes before the end, which then does not take place, or is refused.
     */
    private volatile Reset reset;

    /** Whether what is recorded was before the last {@link #reset}, and so does not count. */
    private volatile boolean outdated;

    /** When the kernel's timer expires, which may be before {@link #due}. Written by the selecting thread. */
    private volatile long armed;

    // -- owned by the selecting thread

    /** The reset that {@link #due} goes by, or null. */
    private Reset taken;

    /** When the next expiration is due, by {@link System#nanoTime}; of a timer that the kernel does not repeat. */
    private long due;

    private boolean kernelRepeats;

    /** The kernel's timer, if it is there, is to be replaced. */
    private boolean replace;

    TimerKey(KQueueSelector selector, TimerChannel channel) {
        super(selector, channel);
    }

    @Override
    public TimerChannel channel() {
        return (TimerChannel) super.channel();
    }

    /** How often it has expired. */
    public long expirations() {
        return outdated ? 0 : recordedData();
    }

    /**
     * Starts the timer anew: it expires when the delay has passed from now on, and then with its period, if it has one.
     * Any thread. What has expired before and was not handed to the program is dropped.
     *
     * <p>In the selecting thread this costs no system call, as for an idle timeout that is put off with each message: a
     * kernel's timer that expires too early is set anew for the rest. A shorter time than before is submitted with the
     * next selection operation; one that waits in another thread may return without a key for it.
     *
     * @param delay zero or less expires at once
     * @throws CancelledKeyException if the key is cancelled; a timer that expires once {@linkplain EventKey##end ends}
     *     with its expiration, and can be reset until then: within the action that it is handed to, or until the
     *     selection operation after its removal from the selected keys
     */
    @SuppressWarnings("ReferenceEquality") // this very reset
    public void reset(Duration delay) {
        ensureValid();
        long next = System.nanoTime() + TimerChannel.nanos(delay);
        Reset wanted = new Reset(next);
        Reset before;
        do {
            before = reset;
            if (before == ENDED) {
                throw new CancelledKeyException();
            }
        } while (!RESET.compareAndSet(this, before, wanted));
        outdated = true;
        long until = armed;
        if (until != NOT_ARMED && next - until >= 0) {
            selector().interestChanged(this);
        } else {
            selector().sourceChanged(this);
        }
    }

    /** {@link #reset(Duration)} until a time of day: {@link KQueueSelector#schedule(Instant)}. */
    public void reset(Instant time) {
        reset(TimerChannel.until(time));
    }

    @Override
    boolean counts() {
        return true;
    }

    @Override
    void prepare(int ops) {
        due = System.nanoTime() + channel().initialNanos();
        armed = due;
        kernelRepeats = channel().isRepeatedByKernel();
        super.prepare(ops);
    }

    /** Goes by the last call of {@link #reset} from now on. */
    @SuppressWarnings("ReferenceEquality") // the very last one
    private void takeReset() {
        Reset last = reset;
        if (last != taken) {
            taken = last;
            due = last.due;
            replace |= kernelRepeats || armed == NOT_ARMED || due - armed < 0;
            kernelRepeats = false;
        }
    }

    @Override
    void beforeChanges() {
        takeReset();
        if (replace && isRegistered()) {
            revive();
            knotes = EventKnote.SPENT;
        }
    }

    @Override
    boolean replacesKnote() {
        return replace;
    }

    @Override
    boolean hasUnsubmitted() {
        return reset != null;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // the reset that was taken
    boolean ends() {
        return super.ends() && reset == taken;
    }

    @Override
    boolean endForGood() {
        if (!super.ends() || !RESET.compareAndSet(this, taken, ENDED)) {
            return false;
        }
        taken = ENDED;
        return true;
    }

    @Override
    boolean isOutdated() {
        return outdated;
    }

    /** False while the timer is put off: see {@link #reset}. */
    @Override
    boolean tells(int fflags, long data) {
        takeReset();
        return taken == null || System.nanoTime() - due >= 0;
    }

    /** Counts by the time table, not by the kernel's timer, if the kernel does not repeat it. */
    @Override
    void record(int flags, int fflags, long data) {
        if (outdated) {
            forget();
            outdated = false;
        }
        if (kernelRepeats || channel().periodNanos() == 0) {
            super.record(flags, fflags, data);
            return;
        }
        long period = channel().periodNanos();
        long missed = Math.max(0, System.nanoTime() - due) / period;
        due += (missed + 1) * period;
        super.record(flags, fflags, missed + 1);
    }

    @Override
    KEvent knote() {
        if (knotes != EventKnote.SPENT) {
            return super.knote();
        }
        replace = false;
        armed = due;
        return channel().knote(due - System.nanoTime(), KEvent.EV_ONESHOT);
    }

    @Override
    void ended() {
        armed = NOT_ARMED;
        if (channel().periodNanos() == 0 && (taken == null || System.nanoTime() - due >= 0)) {
            super.ended();
        } else {
            knotes = EventKnote.SPENT;
            selector().interestChanged(this);
        }
    }
}
