/**
 * What threads need of each other that java.util.concurrent does not give: a lock, a pool, pauses, and when to yield
 * before a wait. Knows nothing of kqueue.
 */
package dev.kqueue.internal.thread;
