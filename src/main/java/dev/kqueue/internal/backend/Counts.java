package dev.kqueue.internal.backend;

/**
 * What a backend has counted since its kqueue was opened: the components are those of {@link
 * dev.kqueue.KQueueStatistics}, which is what programs see.
 */
public record Counts(long calls, long changes, long events, long waits, long controls, long others) {}
