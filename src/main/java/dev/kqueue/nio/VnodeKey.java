package dev.kqueue.nio;

import dev.kqueue.Note;

import java.nio.file.Path;
import java.util.Set;

/**
 * The key of a {@link VnodeChannel}: what has happened to a file or directory.
 *
 * {@snippet :
 * VnodeKey log = selector.watchFile(Path.of("app.log"), EnumSet.of(VnodeEvent.EXTEND, VnodeEvent.DELETE));
 * while (log.isValid()) {
 *     selector.select(key -> {
 *         if (key == log && log.events().contains(VnodeEvent.EXTEND)) {
 *             readOn();
 *         }
 *     });
 * }
 * }
 *
 * <p>A key that watches for {@link VnodeEvent#DELETE} {@linkplain EventKey##end ends}, and with it the selector's hold
 * of the file, when the file has no name left. Who has the file open can still write to it: a key that does not watch
 * for the deletion goes on to report that.
 */
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
     * Drops notes that were not asked for. Kernels report all notes of an operation if one of them was: NOTE_EXTEND
     * beside NOTE_WRITE, NOTE_LINK beside NOTE_DELETE (filt_vfsvnode() of FreeBSD, filt_vnode_common() of xnu).
     */
    @Override
    void record(int flags, int fflags, long data) {
        int watched = fflags & (knote().fflags() | Note.NOTE_REVOKE);
        super.record(flags, watched, data);
        if ((watched & Note.NOTE_REVOKE) != 0 || ((watched & Note.NOTE_DELETE) != 0 && channel().isRemoved())) {
            endWithThisRecord();
        }
    }

    /** The events of the record. */
    public Set<VnodeEvent> events() {
        return VnodeEvent.of(recordedNotes());
    }
}
