/**
 * The java.net faces of channels: what {@code SocketChannel.socket()} and its like return.
 *
 * <p>Only {@code channel} calls it. Each face states what it needs of its channel as an interface, {@link
 * dev.kqueue.internal.javanet.AdaptedSocket} for one, and so knows no channel.
 *
 * <p>Begin with {@link dev.kqueue.internal.javanet.SocketAdaptor}.
 */
package dev.kqueue.internal.javanet;
