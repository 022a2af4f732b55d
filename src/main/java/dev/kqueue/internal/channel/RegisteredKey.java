package dev.kqueue.internal.channel;

/**
 * One key of a channel, as the channel sees it: the channel reports here that the key needs other knotes, although its
 * interest set is the same. Any thread may call it.
 */
public interface RegisteredKey {
    /** Whether the key is valid: one that is not need be kept no longer. */
    boolean isValid();

    /**
     * The filters that the channel needs have changed: it has connected, or has begun to listen. Unlike a change of
     * interest this takes effect in the selection in progress.
     */
    void stateChanged();

    /** The kernel has removed all knotes of the channel's descriptor; they are to be added again. */
    void knotesLost();
}
