/**
 * The seam below {@link dev.kqueue.KQueue}: what a system's kqueue implements. {@code bsd} and {@code linux} extend
 * {@link dev.kqueue.internal.backend.KQueueBackend}, and so do the scripted kqueues of the tests.
 */
package dev.kqueue.internal.backend;
