package dev.kqueue;

import dev.kqueue.internal.backend.KQueueBackend;

import java.io.IOException;

/**
 * A kernel event queue: kqueue(2).
 *
 * {@snippet :
 * try (KQueue kqueue = KQueue.open()) {
 *     KEventList changes = KEventList.allocate(1).add(socket, Filter.READ.value(), EV_ADD, 0, 0, token);
 *     KEventList events = KEventList.allocate(64);
 *     kqueue.kevent(changes, events, KQueue.FOREVER);
 *     for (int i = 0; i < events.size(); i++) {
 *         handle(events.udata(i));
 *     }
 * }
 * }
 *
 * <p>One call, {@link #kevent}, both submits changes and waits for events, as in C, over lists in native memory:
 * nothing is allocated, and udata is a number. {@link KEventQueue} is a kqueue over values, whose udata is any object.
 *
 * <p>On macOS and the BSDs this is the kernel's own kqueue. On Linux it is one written over epoll and its relatives,
 * which follows FreeBSD where systems differ.
 *
 * <h2>The contract</h2>
 *
 * Whatever the system:
 *
 * <ul>
 *   <li>Changes are applied in order, all of them, before anything else. A change that fails, or that has {@link
 *       KEvent#EV_RECEIPT}, puts an entry with {@link KEvent#EV_ERROR} into the eventlist ({@code data} = errno, 0 for
 *       a receipt; ident, filter and udata as given). If there is any such entry, the call returns those entries at
 *       once, without waiting and without events.
 *   <li>The eventlist must have room for as many entries as there are changes; the call makes that room itself.
 *   <li>A Unix signal never ends the call early: after EINTR it waits again for the rest of the time.
 *   <li>Any number of threads may be in {@link #kevent} at once, each with its own lists. Changes made by one while
 *       another waits take effect at once.
 *   <li>Closing a descriptor removes its events silently; call {@link #beforeClose(int)} before it, also of one whose
 *       events have all been removed (a kernel's kqueue sees it by itself). An event that was already fetched may still
 *       name the number: put a generation into udata, and compare.
 *   <li>{@link #close} wakes every thread that waits in {@link #kevent}, and each gets {@link
 *       java.nio.channels.ClosedChannelException}.
 * </ul>
 *
 * @see <a href="https://man.freebsd.org/kqueue/2">kqueue(2)</a>
 */
public final class KQueue implements AutoCloseable {
    /** Wait without limit: as the {@code timeoutNanos} of {@link #kevent(KEventList, KEventList, long)}. */
    public static final long FOREVER = -1;

    private final KQueueBackend backend;

    KQueue(KQueueBackend backend) {
        this.backend = backend;
    }

    /**
     * Opens a new kqueue. Its descriptor is closed on exec and is not inherited by child processes.
     *
     * @throws IOException if no more descriptors can be opened
     * @throws UnsupportedOperationException if this system has neither kqueue(2) nor epoll(7)
     */
    public static KQueue open() throws IOException {
        return new KQueue(HostKQueue.open());
    }

    /**
     * Submits changes and waits for events: kevent(2).
     *
     * @param changes the changes; null or an empty list for none. Left as it is
     * @param events filled with what came, after being cleared; null not to wait for events
     * @param timeoutNanos how long to wait at most, in nanoseconds: 0 not at all, {@link #FOREVER} (or any negative
     *     number) without limit. Rounded up to the system's resolution
     * @return the number of entries in {@code events}: 0 if the time has passed
     * @throws java.nio.channels.ClosedChannelException if the kqueue is closed, or is closed while this waits
     * @throws IOException if a change fails and {@code events} is null: those before it have been made. Or if waiting
     *     fails: all changes have been made
     */
    public int kevent(KEventList changes, KEventList events, long timeoutNanos) throws IOException {
        return backend.kevent(changes, events, timeoutNanos);
    }

    /**
     * Removes the events of a descriptor that is about to be closed: call this, then close(2). Nothing is reported of
     * it afterwards, even if another descriptor, of this process or another, keeps its open file description, and
     * nothing is left for the next owner of its number. A kernel's own kqueue does this in close(2). The kqueue for
     * Linux cannot: it removes the events here, and takes the descriptor out of epoll(7). Does nothing if the kqueue is
     * closed.
     */
    public void beforeClose(int descriptor) {
        beforeClose(descriptor, true);
    }

    /**
     * The same, and on Linux without a system call if no other descriptor refers to the open file description.
     *
     * @param shared whether another descriptor, of this process or another, may refer to the same open file
     *     description: by dup(2), by fork(2), or because it was passed from one process to another
     */
    public void beforeClose(int descriptor, boolean shared) {
        backend.beforeClose(descriptor, shared);
    }

    /**
     * The reason why a change failed, for the message of an exception: the name of the errno and, where the name alone
     * does not explain it, the cause (the limit that has been reached, for example).
     *
     * @param filter the filter of the change
     * @param ident its ident
     * @param errno the {@code data} of its entry with {@link KEvent#EV_ERROR}
     */
    public String reason(Filter filter, long ident, int errno) {
        return backend.reason(filter, ident, errno);
    }

    /** Whether the running kernel supports the filter; found by asking the kernel, not from a header. */
    public boolean supports(Filter filter) {
        return backend.supports(filter);
    }

    /**
     * The kqueue's own descriptor: it can be watched by another kqueue or by poll(2), and is readable while events are
     * pending.
     */
    public int descriptor() {
        return backend.descriptor();
    }

    /** The counts of calls, changes and events since the kqueue was opened. */
    public KQueueStatistics statistics() {
        return new KQueueStatistics(backend.counts());
    }

    /** Whether {@link #close} has not been called yet. */
    public boolean isOpen() {
        return backend.isOpen();
    }

    /** The implementation, for people: {@code "kqueue(2) of FreeBSD"}, {@code "kqueue over epoll(7)"}. */
    @Override
    public String toString() {
        return backend.toString();
    }

    /** Closes the kqueue and wakes the threads that wait in it. A second call does nothing. */
    @Override
    public void close() throws IOException {
        backend.close();
    }
}
