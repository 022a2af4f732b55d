package dev.kqueue.internal.channel;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.internal.fd.Readiness;
import dev.kqueue.internal.libc.SysEvent;

/**
 * A descriptor of a stream. Readiness is cached once it is connected: its knotes then report edges (EV_CLEAR), are
 * added when their operation is first of interest, and stay.
 *
 * <p>Before that (a socket that has yet to connect) they report levels: what becomes of a connection is asked for once,
 * and an unconnected socket on Linux reports an end that is none.
 */
interface PollableStream extends PollableDescriptor {
    /**
     * Readiness is cached on Linux only. A native kqueue takes interest changes for free with the wait, and does not
     * report EV_OOBAND, which the cache needs.
     */
    boolean REMEMBERED = !SysEvent.isPresent();

    /** The flag of an event for urgent data; none on a kernel's kqueue. */
    int EV_OOBAND = REMEMBERED ? KEvent.EV_OOBAND() : 0;

    /** Whether the stream is connected; it stays so. */
    boolean isStreaming();

    @Override
    default Readiness readiness() {
        return REMEMBERED && isStreaming() ? owned() : null;
    }

    @Override
    default int knotes(int present, int interestOps) {
        int levels = ReadWriteKnotes.of(interestOps, readOps(), writeOps());
        if (!REMEMBERED || !isStreaming()) {
            return levels;
        }
        int edges = present & (ReadWriteKnotes.READ_EDGE | ReadWriteKnotes.WRITE_EDGE);
        return edges | ReadWriteKnotes.edges(levels);
    }

    @Override
    default void remember(int knotes, KEventList events, int index) {
        boolean ended = (events.flags(index) & KEvent.EV_EOF) != 0;
        if (events.filter(index) == Filter.READ.value()) {
            if ((knotes & ReadWriteKnotes.READ_EDGE) != 0) {
                boolean urgent = (events.flags(index) & EV_OOBAND) != 0;
                owned().edge(Readiness.READABLE | (ended ? Readiness.READ_ENDED : 0) | (urgent ? Readiness.URGENT : 0));
            }
        } else if ((knotes & ReadWriteKnotes.WRITE_EDGE) != 0) {
            owned().edge(Readiness.WRITABLE | (ended ? Readiness.WRITE_ENDED : 0));
        }
    }
}
