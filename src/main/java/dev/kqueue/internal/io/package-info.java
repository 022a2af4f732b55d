/**
 * Bytes, and passed descriptors, between buffers and system calls.
 *
 * <p>Channels and the selector's package call it. A method returns the number of bytes or {@code -errno}, and advances
 * buffers by what was moved.
 *
 * <p>Begin with {@link dev.kqueue.internal.io.Buffers}, whose calls never wait, and {@link
 * dev.kqueue.internal.io.WaitingBuffers}, whose calls may.
 */
package dev.kqueue.internal.io;
