/**
 * The seam below {@link dev.kqueue.KQueue}: what a system's kqueue implements. {@code bsd} and {@code linux} extend
 * {@link dev.kqueue.internal.backend.KQueueBackend}, and so do the scripted kqueues of the tests.
 *
 * <p>This package and {@code dev.kqueue} refer to each other, which no other two packages do. A backend speaks in the
 * public types ({@link dev.kqueue.Filter}, {@link dev.kqueue.KEventList}, {@link dev.kqueue.KQueueStatistics}), so that
 * no call copies or translates, and {@link dev.kqueue.KQueue} is the only caller. As a class of {@code dev.kqueue} a
 * backend would be public API, since {@code bsd} and {@code linux} extend it.
 */
package dev.kqueue.internal.backend;
