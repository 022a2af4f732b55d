package dev.kqueue.nio;

import dev.kqueue.Note;

import java.util.OptionalInt;
import java.util.Set;

/**
 * The key of a {@link ProcessChannel}: what has happened to a process.
 *
 * {@snippet :
 * ProcessKey key = selector.watchProcess(child);
 * selector.select(ready -> {
 *     if (ready == key && key.hasExited()) {
 *         restart(key.exitValue(), key.terminationSignal());
 *     }
 * });
 * }
 *
 * <p>The key {@linkplain EventKey##end ends} when the exit was handed out, or has happened if it is not watched for.
 */
public final class ProcessKey extends EventKey {
    private static final int UNKNOWN = -1;

    /** Null if the kernel alone reports the exit. */
    private final Process child;

    private final boolean reportsExit;

    // -- owned by the selecting thread

    /** The wait status as the kernel has reported it. */
    private int status = UNKNOWN;

    /** The kernel has reported the exit. */
    private boolean exitSeen;

    /** The exit is in the record. */
    private boolean exitTold;

    ProcessKey(KQueueSelector selector, ProcessChannel channel) {
        super(selector, channel);
        child = channel.reportedByTheJvm().orElse(null);
        reportsExit = channel.watchedEvents().contains(ProcessEvent.EXIT);
    }

    @Override
    public ProcessChannel channel() {
        return (ProcessChannel) super.channel();
    }

    /** The process id. */
    public long pid() {
        return channel().pid();
    }

    /** The events of the record. */
    public Set<ProcessEvent> events() {
        return ProcessEvent.of(recordedNotes());
    }

    /** Whether the process has exited. */
    public boolean hasExited() {
        return exitTold;
    }

    /**
     * The value that the process gave to exit(3). Empty if it has not exited, if a signal ended it, or if the system
     * does not report it: Linux before 6.15 of a process that is no child, other systems of one that another user runs.
     *
     * <p>Of a child whose status the JVM alone knows it is {@link Process#exitValue}, where 128 and a signal's number
     * stand for that signal.
     */
    public OptionalInt exitValue() {
        if (!exitTold) {
            return OptionalInt.empty();
        }
        if (status != UNKNOWN) {
            return signal() == 0 ? OptionalInt.of(status >> 8 & 0xff) : OptionalInt.empty();
        }
        return child != null ? OptionalInt.of(child.exitValue()) : OptionalInt.empty();
    }

    /**
     * The number of the signal that ended the process: see {@link Signal#of(int)}. Empty if it has not exited, if it
     * ended by itself, or if the system does not report it.
     */
    public OptionalInt terminationSignal() {
        return exitTold && status != UNKNOWN && signal() != 0 ? OptionalInt.of(signal()) : OptionalInt.empty();
    }

    private int signal() {
        return status & 0x7f;
    }

    // ---- for the selector

    @Override
    void registered(int ops) {
        super.registered(ops);
        if (child != null) {
            // The JVM's reaper completes it; the program's handler then finds the exit value in the Process.
            var _ = child.onExit().whenComplete((exited, failure) -> triggerByTheJvm());
        }
    }

    /**
     * The part of an event's notes that is to be reported now: the exit if it is watched for, and that of a child when
     * it has been reaped.
     */
    private int reported(int fflags) {
        boolean hidden = !reportsExit || (child != null && child.isAlive());
        return hidden ? fflags & ~ProcessChannel.EXIT_NOTES : fflags;
    }

    @Override
    boolean tells(int fflags, long data) {
        if ((fflags & Note.NOTE_EXIT) != 0) {
            exitSeen = true;
            status = ProcessChannel.tellsStatus(knote(), data) ? (int) data : UNKNOWN;
        }
        return reported(fflags) != 0;
    }

    @Override
    void record(int flags, int fflags, long data) {
        int reported = reported(fflags);
        super.record(flags, reported, data);
        if ((reported & Note.NOTE_EXIT) != 0) {
            exitTold = true;
            selector().ended(this);
        }
    }

    /** The JVM has reaped the child. If the knote is there, the kernel's report is on its way, with the status. */
    @Override
    boolean recordTriggers(boolean fresh) {
        if (exitTold || (!exitSeen && knotes != EventKnote.NONE)) {
            return false;
        }
        if (fresh && !pendingEvents) {
            forget();
        }
        record(0, Note.NOTE_EXIT, 0);
        return true;
    }

    @Override
    boolean ends() {
        return child != null ? exitTold : super.ends();
    }
}
