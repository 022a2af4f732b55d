/**
 * Ends a selector's wait from another thread: the state that decides whether an event is needed, and the event itself
 * (EVFILT_USER, or a pipe where the kqueue has no user events). Called by the selector only. Begin with {@link
 * dev.kqueue.internal.wakeup.WakeupState}.
 */
package dev.kqueue.internal.wakeup;
