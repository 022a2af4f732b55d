package dev.kqueue.internal.linux;

/**
 * What few knotes of a descriptor need, and all others: apart from the {@link Knote}, since a server has one of these
 * for each connection, and an idle connection is to take little memory. Only the knote looks in here.
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
