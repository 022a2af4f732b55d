/**
 * Sockets and pipes, and the seam between a selector and every channel.
 *
 * <p>Only {@code dev.kqueue.nio} calls it.
 *
 * <p>Begin with {@code IoDirection}, the template of each operation that may block, then read {@link
 * dev.kqueue.internal.channel.StreamInput}. {@link dev.kqueue.internal.channel.Pollable} is what a selector asks of a
 * channel.
 */
package dev.kqueue.internal.channel;
