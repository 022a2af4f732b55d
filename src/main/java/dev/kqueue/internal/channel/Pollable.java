package dev.kqueue.internal.channel;

import dev.kqueue.KEventList;
import dev.kqueue.internal.fd.Readiness;
import dev.kqueue.nio.KQueueSelector;

/**
 * What a selector asks of a channel: the seam between {@link KQueueSelector} and every channel of this provider,
 * sockets and event sources alike.
 *
 * <h2>The contract</h2>
 *
 * <ul>
 *   <li>A key holds its channel's descriptor: {@link #hold} when it is registered, {@link #release} when the selector
 *       has let go of it, both by the selector. In between the descriptor's number stays ours, even if the channel is
 *       closed meanwhile, so no change or event of the selector can meet the next owner of the number. The last release
 *       closes the descriptor.
 *   <li>{@link #knotes}, {@link #changes} and {@link #readyOps} are called by the selecting thread alone, between hold
 *       and release. They make no system call and take no lock: interest becomes changes, and events become ready
 *       operations, as pure functions.
 *   <li>What the integer of {@link #knotes} means is the channel's own affair, but 0 is "none". The selector stores it
 *       and gives it back, and so knows what the kernel was told.
 * </ul>
 */
public interface Pollable {
    /**
     * Keeps the descriptor open for a registration. False if closing has begun: the channel cannot be registered any
     * more.
     */
    boolean hold();

    /** Ends what {@link #hold} began; the last one out closes the descriptor. */
    void release();

    /**
     * The descriptor whose closing removes the knotes, or -1 if they are of another kind (processes, signals, timers).
     */
    int descriptor();

    /** Whether another descriptor, of this process or another, may refer to the same open file description. */
    default boolean isShared() {
        return false;
    }

    /**
     * Which knotes an interest set needs.
     *
     * @param present what the kernel has; a channel that remembers readiness leaves in place what it has no use for
     *     just now
     */
    int knotes(int present, int interestOps);

    /**
     * What is remembered of a connected stream's readiness, or null if this channel remembers nothing. With a memory
     * the knotes have EV_CLEAR, events feed it ({@link #remember}), each read and write corrects it, and the selector
     * reports {@code OP_READ} and {@code OP_WRITE} out of it for as long as it says so. Without one the kernel reports
     * each readiness anew.
     */
    default Readiness readiness() {
        return null;
    }

    /**
     * Takes one event into the memory, if the knotes that the kernel has report edges. Those of a stream that has
     * connected since they were added may still report levels: such an event says nothing that would outlast it.
     */
    default void remember(int knotes, KEventList events, int index) {}

    /**
     * Appends the changes that turn one set of knotes into another; none if they are the same.
     *
     * @param from what the kernel has
     * @param to what it is to have; 0 to remove all
     * @param udata goes into each change
     */
    void changes(int from, int to, long udata, KEventList changelist);

    /**
     * The operations that an event makes ready. An end of file or an error makes every operation ready that would tell
     * the program of it, as far as it is of interest.
     *
     * @param interestOps the key's interest set; the result is a subset of it
     */
    int readyOps(KEventList events, int index, int interestOps);

    /** Why the channel cannot be registered, for an UnsupportedOperationException; null if it can. */
    default String refusal() {
        return null;
    }

    /** Whether the channel reports to its {@link RegisteredKey}s: only then {@link #registered} is called. */
    default boolean reportsChanges() {
        return false;
    }

    /** A key was made, which the selector does not know yet. */
    default void registered(RegisteredKey registration) {}
}
