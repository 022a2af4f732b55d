package dev.kqueue.internal.linux;

/**
 * Rarely used fields of a {@link Knote}, allocated on first use to keep a connection's knote small. Accessed only by
 * the knote.
 */
final class KnoteDetail {
    int requestedFflags;
    long requestedData;

    int firedFflags;
    long firedData;

    /** By NOTE_TRIGGER. */
    boolean triggered;

    boolean gone;
    Object hook;
}
