/** What threads need of each other that java.util.concurrent does not give. Knows nothing of kqueue. */
package dev.kqueue.internal.thread;
