package dev.kqueue.internal.linux;

import dev.kqueue.internal.backend.Counts;

/** Counts a kqueue's calls, changes, events and system calls. Belongs to the kqueue's lock. */
final class Counters {
    long calls;
    long changes;
    long events;
    long waits;
    long controls;
    long others;

    Counts snapshot() {
        return new Counts(calls, changes, events, waits, controls, others);
    }
}
