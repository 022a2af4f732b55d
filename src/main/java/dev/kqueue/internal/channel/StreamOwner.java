package dev.kqueue.internal.channel;

import java.io.IOException;

/** What the sides of a stream ask of their channel, besides what their directions ask. */
public interface StreamOwner extends IoDirection.Owner {
    /** Whether it is a socket, whose calls say by themselves whether they may wait. */
    default boolean isSocket() {
        return false;
    }

    /** Throws what java.nio specifies unless the channel is open and there is a stream to read or write. */
    default void requireStream() throws IOException {
        requireOpen();
    }
}
