package dev.kqueue.nio;

import dev.kqueue.KQueue;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.thread.SystemClock;

import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * Keys whose change failed with a transient error (no memory, descriptors or inotify watches left). The change is
 * retried with each selection operation, and within an operation that waits.
 *
 * <p>The kernel does not report such a key, and its channel may be ready meanwhile. So the key is reported as ready for
 * its whole interest set: with its first failure at once, then after a pause that doubles from {@link #FIRST_PAUSE} to
 * {@link #LONGEST_PAUSE} for as long as the change goes on failing. The program then tries its I/O, and loses only
 * time, no data; a selector neither spins on the key nor waits without end for an event that cannot come. An {@link
 * EventKey} has no I/O that could be tried, and is not reported.
 *
 * <p>All such keys share one pause: what one of them lacks, the others lack as well. Owned by the thread that holds the
 * selector's monitor.
 */
final class RetriedChanges {
    private static final KQueueSelectionKey[] NONE = {};

    static final long FIRST_PAUSE = 1_000_000;

    /** {@link #FIRST_PAUSE} doubled so often; 128 ms: what the kernel does not report is then noticed this late. */
    private static final int MOST_DOUBLINGS = 7;

    static final long LONGEST_PAUSE = FIRST_PAUSE << MOST_DOUBLINGS;

    private final LongSupplier clock;
    private KQueueSelectionKey[] keys = NONE;

    /** When the keys are to be reported, if their changes have not succeeded by then. */
    private long due;

    /** Pauses that have begun since changes succeeded last; 0 if none fails. */
    private int pauses;

    /** Whether the changes are among those to be submitted next, so that their success ends the pauses. */
    private boolean resubmitted;

    RetriedChanges() {
        this(SystemClock.INSTANCE);
    }

    RetriedChanges(LongSupplier clock) {
        this.clock = clock;
    }

    /** Whether the same change may succeed another time. */
    static boolean isTransient(int errno) {
        return errno == Errno.ENOMEM
                || errno == Errno.ENOSPC
                || errno == Errno.ENOBUFS
                || errno == Errno.EMFILE
                || errno == Errno.ENFILE
                || errno == Errno.EAGAIN
                || errno == Errno.EINTR;
    }

    /** A change of the key has failed. */
    void add(KQueueSelectionKey key, int errno, KQueue kqueue) {
        key.submissionFailed();
        if (!key.retried) {
            keys = Arrays.copyOf(keys, keys.length + 1);
            keys[keys.length - 1] = key;
            key.retried = true;
        }
        if (pauses == 0) {
            pauses = 1;
            due = clock.getAsLong();
            System.getLogger("dev.kqueue.nio")
                    .log(
                            System.Logger.Level.WARNING,
                            "{0} cannot be watched by {1} for now: {2}; it is tried again",
                            key.channel(),
                            kqueue,
                            Errno.strerror(errno));
        }
    }

    /** Has all changes submitted with the next ones. */
    void resubmit(InterestUpdates updates) {
        if (keys.length > 0) {
            for (KQueueSelectionKey key : keys) {
                key.retried = false;
                updates.push(key);
            }
            keys = NONE;
            resubmitted = true;
        }
    }

    /** The changes have been submitted, and those that failed have been added. */
    void submitted() {
        if (resubmitted) {
            resubmitted = false;
            if (keys.length == 0) {
                pauses = 0;
            }
        }
    }

    /** How long a wait may last at most, for the keys to be reported, or tried again, in time. */
    long limit(long timeoutNanos) {
        if (keys.length == 0) {
            return timeoutNanos;
        }
        long left = Math.max(1, due - clock.getAsLong());
        return timeoutNanos < 0 ? left : Math.min(timeoutNanos, left);
    }

    /** Whether the pause is over. */
    boolean isDue() {
        return keys.length > 0 && clock.getAsLong() - due >= 0;
    }

    /** Whether a key is to be reported now. */
    boolean isAnyReady() {
        if (isDue()) {
            for (KQueueSelectionKey key : keys) {
                if (isReported(key) && key.isValid() && key.interest() != 0) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isReported(KQueueSelectionKey key) {
        return !(key instanceof EventKey);
    }

    /** Reports the keys if the pause is over, and begins the next one. */
    void find(ReadyBatch found) {
        if (isDue()) {
            for (KQueueSelectionKey key : keys) {
                if (isReported(key)) {
                    found.add(key, key.interest());
                }
            }
            pause();
        }
    }

    /** Begins the next pause. */
    void pause() {
        due = clock.getAsLong() + (FIRST_PAUSE << Math.min(pauses - 1, MOST_DOUBLINGS));
        pauses++;
    }

    /** Removes a key that is not valid any more. */
    void remove(KQueueSelectionKey key) {
        if (key.retried) {
            key.retried = false;
            keys = Arrays.stream(keys).filter(other -> other.retried).toArray(KQueueSelectionKey[]::new);
        }
    }
}
