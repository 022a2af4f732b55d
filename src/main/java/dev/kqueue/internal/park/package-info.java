/**
 * A thread that waits for a descriptor: in its own system call or poll(2) on a platform thread, parked and unparked by
 * a poller on a virtual one.
 *
 * <p>Channels, the I/O on buffers and the selector call it.
 *
 * <p>Begin with {@link dev.kqueue.internal.park.BlockingWait}, which argues why no wait outlives a close, then read
 * {@code VirtualThreadPoller}.
 */
package dev.kqueue.internal.park;
