package dev.kqueue.internal.backend;

import dev.kqueue.Filter;
import dev.kqueue.KEventList;
import dev.kqueue.internal.libc.Errno;

import java.io.IOException;

/**
 * One open kqueue of a system. Each method does what the method of {@link dev.kqueue.KQueue} with its name promises;
 * the contract is written there.
 */
public abstract class KQueueBackend implements AutoCloseable {
    /** Submits changes and waits for events: {@link dev.kqueue.KQueue#kevent}. */
    public abstract int kevent(KEventList changes, KEventList events, long timeoutNanos) throws IOException;

    /** Removes the events of a descriptor: {@link dev.kqueue.KQueue#beforeClose(int, boolean)}. */
    public abstract void beforeClose(int descriptor, boolean shared);

    /** As {@link #beforeClose(int, boolean)}, of a descriptor whose open file description may be shared. */
    public final void beforeClose(int descriptor) {
        beforeClose(descriptor, true);
    }

    /** Why a change failed: {@link dev.kqueue.KQueue#reason}. */
    public String reason(Filter filter, long ident, int errno) {
        return Errno.strerror(errno) + " (" + Errno.name(errno) + ")";
    }

    /** Whether the kernel knows the filter: {@link dev.kqueue.KQueue#supports}. */
    public abstract boolean supports(Filter filter);

    /** The kqueue's own descriptor: {@link dev.kqueue.KQueue#descriptor}. */
    public abstract int descriptor();

    /** The counts of the kqueue so far: {@link dev.kqueue.KQueue#statistics}. */
    public abstract Counts counts();

    /** Whether {@link #close} has not been called yet. */
    public abstract boolean isOpen();

    /** What the kqueue stands on, for people. */
    @Override
    public abstract String toString();

    /** Closes the kqueue and wakes the threads that wait in it: {@link dev.kqueue.KQueue#close}. */
    @Override
    public abstract void close() throws IOException;
}
