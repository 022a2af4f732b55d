/**
 * What a protocol family decides: addresses, options, multicast. IPv4, IPv6 and Unix-domain sockets differ here and
 * nowhere else.
 *
 * <p>Channels, their java.net sockets and the I/O on buffers call it.
 *
 * <p>Begin with {@link dev.kqueue.internal.socket.SocketDomain}. A new socket option goes into {@link
 * dev.kqueue.internal.socket.SocketOptions}.
 */
package dev.kqueue.internal.socket;
