/**
 * A {@link java.nio.channels.spi.SelectorProvider} on kqueue: channels, and a selector whose keys may also be files,
 * processes, signals, timers and user events.
 *
 * <h2>How it hangs together</h2>
 *
 * <pre>
 *   key.interestOps ---&gt; InterestUpdates ---&gt; changelist --+
 *                                                          kevent: one call
 *   selectedKeys  &lt;---  ReadyBatch  &lt;---  eventlist     &lt;---+
 *                          ^
 *   read, write  ---&gt;  Readiness: what a stream is known to be ready for
 * </pre>
 *
 * <p>A selector sees its kqueue and, of each channel, a {@code Pollable}: which knotes an interest set needs, and which
 * operations an event makes ready, both as pure functions. An event names its key by its udata, a slot and a
 * generation, so that no map is needed, and an event of a former key is dropped.
 *
 * <p>A connected stream is registered with the kernel once for each direction, with EV_CLEAR. From then on its
 * readiness is remembered: set by events, taken back by the read or write that finds nothing more to do. Interest comes
 * and goes without a system call.
 *
 * <p>Programs call it, and nothing inside this library but the tools. To read the code, begin with {@code Selection},
 * the steps of a selection operation, then {@link dev.kqueue.nio.KQueueSelector} and {@code KQueueSelectionKey}.
 * Sockets and pipes are in {@code dev.kqueue.internal.channel}; {@code docs/architecture.md} has the map.
 *
 * <h2>What is refused</h2>
 *
 * Null throws {@link NullPointerException}, except as an attachment. An argument that no system could take throws
 * {@link IllegalArgumentException}, one that this system lacks {@link UnsupportedOperationException}, and one that the
 * system refuses {@link java.io.IOException}, with the system's reason. What selects or registers throws {@link
 * java.nio.channels.ClosedSelectorException} once the selector is closed, and what reads, writes or registers {@link
 * java.nio.channels.ClosedChannelException} once the channel is. Of a cancelled key the interest and ready sets, and
 * {@link dev.kqueue.nio.TimerKey#reset}, throw {@link java.nio.channels.CancelledKeyException}; its record, its channel
 * and its attachment can be asked for, and {@link dev.kqueue.nio.UserKey#trigger} does nothing.
 *
 * <h2>Descriptors</h2>
 *
 * All are close-on-exec. Those of sockets block: a call that must not wait says so itself, so that it cannot, whatever
 * process shares the socket and its O_NONBLOCK. A platform thread waits in its call, or in poll(2), and is made to
 * leave by a signal; a virtual thread is parked, to be unparked by one poller for all. {@code configureBlocking} costs
 * no system call. Pipes are non-blocking.
 *
 * <p>A descriptor is closed by the last one out of those that use it: operations in progress and registrations with
 * selectors hold it. Its number never reaches a system call after close(2), and no event or change meets the next owner
 * of the number.
 *
 * <h2>The order of locks</h2>
 *
 * A channel's operations take the lock of their direction (reading before writing where both are needed), and then the
 * monitor of the channel's state. A selection operation takes the monitor of the selector, then that of the
 * selected-key set, then briefly that of the cancelled-key set. Setting interest, waking and cancelling take none of
 * the selector's two. Neither side calls the other with a lock held that the other could want, but for the release of a
 * descriptor, which takes no lock at all.
 */
package dev.kqueue.nio;
