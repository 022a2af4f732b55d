/**
 * One descriptor number: who holds it, who closes it, and what is known of its readiness.
 *
 * <p>Channels, the waiting of threads and the I/O on buffers call it.
 *
 * <p>Begin with {@link dev.kqueue.internal.fd.Descriptor}, a reference count that calls close(2) exactly once, and
 * {@link dev.kqueue.internal.fd.Readiness}, the cached readiness of a stream.
 */
package dev.kqueue.internal.fd;
