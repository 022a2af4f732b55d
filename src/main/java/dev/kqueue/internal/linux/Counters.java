package dev.kqueue.internal.linux;

import dev.kqueue.KQueueStatistics;

/** Counts a kqueue's calls, changes, events and system calls. Belongs to the kqueue's lock. */
final class Counters {
    long calls;
    long changes;
    long events;
    long waits;
    long controls;
    long others;

    KQueueStatistics snapshot() {
        return new KQueueStatistics(calls, changes, events, waits, controls, others);
    }
}
