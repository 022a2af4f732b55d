package dev.kqueue.nio;

import dev.kqueue.Note;

import java.util.OptionalInt;
import java.util.Set;

/**
 * An event of a process: the {@code NOTE_} bits of {@code EVFILT_PROC}.
 *
 * {@snippet :
 * ProcessKey key = selector.watchProcess(child, EnumSet.of(ProcessEvent.EXIT, ProcessEvent.EXEC));
 * selector.select();
 * if (key.events().contains(ProcessEvent.EXEC)) {
 *     System.out.println(key.pid() + " runs another program");
 * }
 * }
 *
 * <p>Some systems lack some of them: see {@link #isDefined}.
 */
public enum ProcessEvent {
    /** {@code NOTE_EXIT}: it has exited. */
    EXIT,
    /**
     * {@code NOTE_FORK}: it has forked. On Linux this wants privilege (CAP_NET_ADMIN), and is also reported, as {@link
     * #EXEC} is, when the kernel has lost messages that may have been about it.
     */
    FORK,
    /** {@code NOTE_EXEC}: it has executed a new program. On Linux this wants privilege (CAP_NET_ADMIN). */
    EXEC,
    /** {@code NOTE_SIGNAL}: it was sent a signal (macOS). */
    SIGNAL;

    private static final ProcessEvent[] ALL = values();

    private final OptionalInt note = Note.find("NOTE_" + name());

    /** Whether this system defines it. */
    public boolean isDefined() {
        return note.isPresent();
    }

    private int bit() {
        return note.orElse(0);
    }

    static int notes(Set<ProcessEvent> events) {
        int notes = 0;
        for (ProcessEvent event : events) {
            notes |= event.note.orElseThrow(() -> EventNotes.undefined("NOTE_" + event.name()));
        }
        return notes;
    }

    static Set<ProcessEvent> of(int fflags) {
        return EventNotes.set(ProcessEvent.class, ALL, event -> (fflags & event.bit()) != 0);
    }
}
