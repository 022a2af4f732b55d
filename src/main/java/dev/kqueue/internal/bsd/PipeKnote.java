package dev.kqueue.internal.bsd;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.KEventList;

import java.util.List;

/** A knote of EVFILT_WRITE whose EV_EOF is reported by this package, since the kernel does not. */
final class PipeKnote {
    static final int WRITE = Filter.WRITE.value();

    final long ident;
    final long udata;
    private final int flags;
    boolean enabled;

    /** Whether the end has been reported of a knote that reports it once. */
    boolean told;

    PipeKnote(long ident, int flags, long udata) {
        this.ident = ident;
        this.flags = flags;
        this.udata = udata;
        enabled = (flags & KEvent.EV_DISABLE) == 0;
    }

    static PipeKnote find(List<PipeKnote> knotes, long ident) {
        for (PipeKnote knote : knotes) {
            if (knote.ident == ident) {
                return knote;
            }
        }
        return null;
    }

    boolean is(int flag) {
        return (flags & flag) != 0;
    }

    /** Takes in the EV_ENABLE or EV_DISABLE of a change. */
    void change(int changeFlags) {
        enabled = (changeFlags & KEvent.EV_DISABLE) == 0 && (enabled || (changeFlags & KEvent.EV_ENABLE) != 0);
    }

    /** Appends the event that the reader has gone. */
    void report(KEventList events) {
        events.add(ident, WRITE, (flags & KEvent.EV_CLEAR) | KEvent.EV_EOF, 0, 0, udata);
    }
}
