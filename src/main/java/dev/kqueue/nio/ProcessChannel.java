package dev.kqueue.nio;

import dev.kqueue.KEvent;
import dev.kqueue.Note;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Startup;

import java.io.IOException;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * A channel for the events of a process, of this program or any other: {@code EVFILT_PROC}.
 *
 * {@snippet :
 * ProcessChannel channel = ProcessChannel.open(1234, Set.of(ProcessEvent.EXIT));
 * ProcessKey key = (ProcessKey) channel.register(selector, SelectionKey.OP_READ);
 * }
 *
 * <p>The process is watched, and neither owned nor reaped: {@code Process.waitFor} and {@code ProcessHandle.onExit}
 * work beside it.
 *
 * <p>The exit of a child, given as {@link Process}, is always reported: by the kernel and, if the kernel does not know
 * the process any more, by the JVM, which reaps its children. The key is ready when the JVM has done so.
 *
 * <p>For any other process, registering one that is gone fails. Registering a zombie either reports its exit or fails,
 * depending on the system: exactly one event or an exception, never neither.
 *
 * <p>A channel that is opened with a {@link Process} or {@link ProcessHandle} never watches another process that has
 * the number by now: after registering it asks whether its process is alive, and fails if it is not.
 *
 * <p>A selector takes one channel for each process.
 */
public final class ProcessChannel extends EventChannel {
    /** On macOS, without which the exit event has no status. It wants more rights than the exit itself. */
    private static final int NOTE_EXITSTATUS = Note.find("NOTE_EXITSTATUS").orElse(0);

    /** What an event's notes say of an exit: macOS adds that there is a status. */
    static final int EXIT_NOTES = Note.NOTE_EXIT | NOTE_EXITSTATUS;

    static final Set<ProcessEvent> EXIT_ONLY = Set.of(ProcessEvent.EXIT);

    private final long pid;

    /** Whether the process is alive that is meant, of those that have had the number. */
    private final BooleanSupplier alive;

    /** Null if it is no child, or not known to be one. */
    private final Process child;

    private final Set<ProcessEvent> events;
    private final int notes;

    private ProcessChannel(long pid, BooleanSupplier alive, Process child, Set<ProcessEvent> events) {
        this.pid = pid;
        this.alive = alive;
        this.child = child;
        this.events = Set.copyOf(events);
        this.notes = ProcessEvent.notes(events);
    }

    /**
     * Makes a channel of a child.
     *
     * @param child a process that this program has started
     * @param events what to watch for
     * @throws UnsupportedOperationException if this system lacks one of the events
     * @throws IllegalArgumentException if there is no event to watch for
     */
    public static ProcessChannel open(Process child, Set<ProcessEvent> events) {
        return open(child.pid(), child::isAlive, child, events);
    }

    /**
     * Makes a channel of a process.
     *
     * @param process the process
     * @param events what to watch for
     * @throws UnsupportedOperationException if this system lacks one of the events
     * @throws IllegalArgumentException if there is no event to watch for
     */
    public static ProcessChannel open(ProcessHandle process, Set<ProcessEvent> events) {
        return open(process.pid(), process::isAlive, null, events);
    }

    /**
     * Makes a channel of the process that has the id when the channel is registered.
     *
     * @param pid a process id
     * @param events what to watch for
     * @throws UnsupportedOperationException if this system lacks one of the events
     * @throws IllegalArgumentException if there is no event to watch for, or no process can have the id
     */
    public static ProcessChannel open(long pid, Set<ProcessEvent> events) {
        return open(pid, () -> true, null, events);
    }

    private static ProcessChannel open(long pid, BooleanSupplier alive, Process child, Set<ProcessEvent> events) {
        Startup.check();
        Objects.requireNonNull(events, "events");
        if (pid <= 0 || pid > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(pid + " is no process id");
        }
        return new ProcessChannel(pid, alive, child, EnumSet.copyOf(EventNotes.some(events)));
    }

    /** The process id. */
    public long pid() {
        return pid;
    }

    /** The events that are watched for. */
    public Set<ProcessEvent> watchedEvents() {
        return events;
    }

    /** Whether the data of an exit event is a wait status: some systems give it only to some. */
    static boolean tellsStatus(KEvent knote, long data) {
        return (knote.fflags() & NOTE_EXITSTATUS) == NOTE_EXITSTATUS && data >= 0;
    }

    @Override
    public String toString() {
        return "process " + pid;
    }

    @Override
    ProcessKey newKey(KQueueSelector selector) {
        return new ProcessKey(selector, this);
    }

    @Override
    KEvent knote(int attempt) {
        int status = attempt == 0 && events.contains(ProcessEvent.EXIT) ? NOTE_EXITSTATUS : 0;
        // The exit is always asked for: with it the key ends, whether or not it is reported.
        return KEvent.proc(pid, KEvent.EV_CLEAR, notes | Note.NOTE_EXIT | status, null);
    }

    @Override
    boolean retries(int attempt, int errno) {
        return attempt == 0 && NOTE_EXITSTATUS != 0 && errno == Errno.EACCES;
    }

    @Override
    boolean needsNoKnote(int errno) {
        return errno == Errno.ESRCH && reportedByTheJvm().isPresent();
    }

    /** The child whose exit the JVM reports; empty if the kernel alone does. */
    Optional<Process> reportedByTheJvm() {
        return child != null && events.contains(ProcessEvent.EXIT) ? Optional.of(child) : Optional.empty();
    }

    @Override
    IOException failure(int errno, String reason) {
        if (errno == Errno.ESRCH) {
            return new NoSuchProcessException(pid);
        }
        if (errno == Errno.EPERM && !events.equals(EXIT_ONLY)) {
            return new IOException(this + " cannot be watched for " + events + ": " + reason);
        }
        return super.failure(errno, reason);
    }

    @Override
    boolean isUnique() {
        return false;
    }

    @Override
    boolean isRecycled() {
        return true;
    }

    /**
     * Asked while the knote is there. If the process is alive now, it has had its number since the handle was made, and
     * so when the knote was added.
     */
    @Override
    int check() {
        return alive.getAsBoolean() ? 0 : Errno.ESRCH;
    }
}
