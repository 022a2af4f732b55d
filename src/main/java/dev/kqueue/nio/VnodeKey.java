package dev.kqueue.nio;

import dev.kqueue.Note;

import java.nio.file.Path;
import java.util.Set;

/** The key of a {@link VnodeChannel}: what has happened to a file or directory. */
public final class VnodeKey extends EventKey {
    VnodeKey(KQueueSelector selector, VnodeChannel channel) {
        super(selector, channel);
    }

    @Override
    public VnodeChannel channel() {
        return (VnodeChannel) super.channel();
    }

    /** The path that was opened; the file may have another name by now. */
    public Path path() {
        return channel().path();
    }

    /**
     * Of what one operation does, kernels tell all if any of it was asked for: NOTE_EXTEND beside NOTE_WRITE, NOTE_LINK
     * beside NOTE_DELETE (filt_vfsvnode() of FreeBSD, filt_vnode_common() of xnu).
     */
    @Override
    void record(int flags, int fflags, long data) {
        super.record(flags, fflags & (knote().fflags() | Note.NOTE_REVOKE), data);
    }

    /** The events of the record. */
    public Set<VnodeEvent> events() {
        return VnodeEvent.of(fflags());
    }
}
