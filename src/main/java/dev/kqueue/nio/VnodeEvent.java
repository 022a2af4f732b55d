package dev.kqueue.nio;

import dev.kqueue.Note;

import java.util.EnumSet;
import java.util.OptionalInt;
import java.util.Set;

/**
 * An event of a file or directory: the {@code NOTE_} bits of {@code EVFILT_VNODE}.
 *
 * {@snippet :
 * Set<VnodeEvent> wanted = EnumSet.of(VnodeEvent.WRITE, VnodeEvent.DELETE);
 * if (VnodeEvent.CLOSE_WRITE.isDefined()) {
 *     wanted.add(VnodeEvent.CLOSE_WRITE); // its writer is done
 * }
 * VnodeKey key = selector.watchFile(Path.of("upload"), wanted);
 * }
 *
 * <p>Some systems lack some of them: see {@link #isDefined}.
 *
 * <p>On Linux, when more happens than the kernel keeps (sysctl fs.inotify.max_queued_events), what leaves no trace in a
 * file is reported as having happened: an event too many rather than one too few. {@link #DELETE} and {@link #RENAME}
 * are found by looking.
 */
public enum VnodeEvent {
    /** {@code NOTE_DELETE}: it was unlinked. */
    DELETE,
    /** {@code NOTE_WRITE}: it was written to; a directory: an entry was made, removed or renamed. */
    WRITE,
    /** {@code NOTE_EXTEND}: it grew. */
    EXTEND,
    /** {@code NOTE_ATTRIB}: its attributes changed. */
    ATTRIB,
    /** {@code NOTE_LINK}: the number of its links changed. */
    LINK,
    /** {@code NOTE_RENAME}: it was renamed. */
    RENAME,
    /**
     * {@code NOTE_REVOKE}: access to it was revoked, or its file system unmounted. Linux reports neither of an open
     * file.
     */
    REVOKE,
    /** {@code NOTE_TRUNCATE}: it was truncated (OpenBSD, Linux). */
    TRUNCATE,
    /** {@code NOTE_OPEN}: it was opened (FreeBSD, NetBSD, Linux). */
    OPEN,
    /** {@code NOTE_CLOSE}: a descriptor of it, open for reading only, was closed (FreeBSD, NetBSD, Linux). */
    CLOSE,
    /** {@code NOTE_CLOSE_WRITE}: a descriptor of it, open for writing, was closed (FreeBSD, NetBSD, Linux). */
    CLOSE_WRITE,
    /** {@code NOTE_READ}: it was read (FreeBSD, NetBSD, Linux). */
    READ,
    /** {@code NOTE_FUNLOCK}: a lock of it was released (macOS). */
    FUNLOCK;

    private static final VnodeEvent[] ALL = values();

    private final OptionalInt note = Note.find("NOTE_" + name());

    /** Whether this system defines it. */
    public boolean isDefined() {
        return note.isPresent();
    }

    /** The bit, or 0 if this system has none: to look for it in what has happened. */
    private int bit() {
        return note.orElse(0);
    }

    static int notes(Set<VnodeEvent> events) {
        int notes = 0;
        for (VnodeEvent event : events) {
            notes |= event.note.orElseThrow(() -> EventNotes.undefined("NOTE_" + event.name()));
        }
        return notes;
    }

    static Set<VnodeEvent> of(int fflags) {
        return EventNotes.set(VnodeEvent.class, ALL, event -> (fflags & event.bit()) != 0);
    }

    /** All events that this system defines. */
    public static Set<VnodeEvent> defined() {
        return EnumSet.copyOf(EventNotes.set(VnodeEvent.class, ALL, VnodeEvent::isDefined));
    }
}
