/**
 * The signals of this process as the JVM delivers them: {@code SignalDispatch} is one signal and what receives it, from
 * the thread on which the JVM calls its handlers. The Linux kqueue counts by it; a selector takes a signal over by it,
 * on every system.
 */
package dev.kqueue.internal.signal;
