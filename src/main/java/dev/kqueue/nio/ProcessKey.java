package dev.kqueue.nio;

import dev.kqueue.Note;

import java.util.OptionalInt;
import java.util.Set;

/** The key of a {@link ProcessChannel}: what has happened to a process. After its exit it reports nothing any more. */
public final class ProcessKey extends EventKey {
    ProcessKey(KQueueSelector selector, ProcessChannel channel) {
        super(selector, channel);
    }

    @Override
    public ProcessChannel channel() {
        return (ProcessChannel) super.channel();
    }

    /** The process id. */
    public long pid() {
        return channel().pid();
    }

    /**
     * An exit that was not asked for ends the knote and is reported all the same by NetBSD, OpenBSD and DragonFly,
     * without a note (filt_proc()); FreeBSD drops it.
     */
    @Override
    boolean tells(int fflags) {
        return fflags != 0;
    }

    /** The events of the record. */
    public Set<ProcessEvent> events() {
        return ProcessEvent.of(fflags());
    }

    /** Whether the process has exited. */
    public boolean hasExited() {
        return (fflags() & Note.NOTE_EXIT) != 0;
    }

    /**
     * The exit status, if the process has exited and the system tells: what it gave to exit(3), or 128 and the number
     * of the signal that ended it, as shells and {@link Process#exitValue} have it.
     */
    public OptionalInt exitStatus() {
        if (!hasExited() || !ProcessChannel.tellsStatus(knote(), data())) {
            return OptionalInt.empty();
        }
        int status = (int) data();
        int signal = status & 0x7f;
        return OptionalInt.of(signal == 0 ? status >> 8 & 0xff : 128 + signal);
    }
}
