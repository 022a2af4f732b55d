package dev.kqueue.internal.channel;

import dev.kqueue.KEventList;
import dev.kqueue.internal.fd.Descriptor;

/** An event source that is one descriptor, with the knotes EVFILT_READ and EVFILT_WRITE. */
public interface PollableDescriptor extends Pollable {
    /** The channel's descriptor, the same for its whole life. */
    Descriptor owned();

    /**
     * The number by which programs and other processes know the channel's descriptor; the caller holds {@link #owned}.
     */
    default int publicNumber() {
        return owned().fd();
    }

    /** The operations that EVFILT_READ stands for. */
    int readOps();

    /** The operations that EVFILT_WRITE stands for. */
    int writeOps();

    @Override
    default boolean hold() {
        return owned().hold();
    }

    @Override
    default void release() {
        owned().release();
    }

    @Override
    default int descriptor() {
        return owned().fd();
    }

    @Override
    default boolean isShared() {
        return owned().isShared();
    }

    @Override
    default int knotes(int present, int interestOps) {
        return ReadWriteKnotes.of(interestOps, readOps(), writeOps());
    }

    @Override
    default void changes(int from, int to, long udata, KEventList changelist) {
        ReadWriteKnotes.changes(descriptor(), from, to, udata, changelist);
    }

    @Override
    default int readyOps(KEventList events, int index, int interestOps) {
        return ReadWriteKnotes.readyOps(events, index, interestOps, readOps(), writeOps());
    }
}
