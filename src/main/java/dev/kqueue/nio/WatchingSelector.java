package dev.kqueue.nio;

import dev.kqueue.KEvent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channel;
import java.nio.channels.SelectionKey;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.FileVisitOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * The methods of {@link KQueueSelector} that make a channel of what is to be watched and register it: the channel is
 * closed with the key. All but {@link #open} are public, and documented, as methods of that class.
 */
abstract class WatchingSelector extends AbstractSelector {
    WatchingSelector(SelectorProvider provider) {
        super(provider);
    }

    /** {@link #watchPath(Path, Object)} without an attachment. */
    public PathKey watchPath(Path path) throws IOException {
        return watchPath(path, null);
    }

    /**
     * Watches a name: whatever file the path leads to, now and later. The key reports when that file is written to,
     * when another one takes the name (an editor's save by a temporary file and a rename, a symbolic link that is
     * changed), and when it is deleted or created. The file need not exist yet; its directory must.
     *
     * {@snippet :
     * PathKey config = selector.watchPath(Path.of("app.conf"));
     * selector.select(key -> {
     *     if (key == config && config.exists()) {
     *         reload(config.path());
     *     }
     * });
     * }
     *
     * <p>To watch one file, wherever it is moved to: {@link #watchFile}. Each path that is watched has a kqueue of its
     * own, on Linux with an inotify instance, of which a user has 128 at first (fs.inotify.max_user_instances).
     *
     * @param path of the default file system; symbolic links are followed
     * @throws java.nio.file.NoSuchFileException if the directory of the path does not exist
     * @throws java.nio.file.NotDirectoryException if it is not a directory
     * @throws java.nio.file.AccessDeniedException if the directory, or the file, may not be read
     * @throws IOException if it cannot be watched for another reason
     * @throws UnsupportedOperationException if the path is of another file system
     */
    public PathKey watchPath(Path path, Object attachment) throws IOException {
        return (PathKey) open(PathChannel.open(path), attachment);
    }

    /** {@link #watchFile(Path, Set, Object)} without an attachment. */
    public VnodeKey watchFile(Path file, Set<VnodeEvent> events) throws IOException {
        return watchFile(file, events, null);
    }

    /**
     * Watches a file or directory, with a {@link VnodeChannel} that is closed with the key: {@code EVFILT_VNODE}. The
     * file is watched, not its name: after a rename the key reports what happens to the file under its new name, and
     * nothing of another file that takes the former one. To watch a name: {@link #watchPath}.
     *
     * @throws java.nio.file.NoSuchFileException if there is no such file
     * @throws java.nio.file.AccessDeniedException if it may not be read
     * @throws IOException if it cannot be watched for another reason
     * @throws IllegalArgumentException if there is no event to watch for
     * @throws UnsupportedOperationException if this system lacks one of the events, or the path is of another file
     *     system
     */
    public VnodeKey watchFile(Path file, Set<VnodeEvent> events, Object attachment) throws IOException {
        return (VnodeKey) open(VnodeChannel.open(file, events), attachment);
    }

    /** {@link #watchDirectory(Path, Object)} without an attachment. */
    public DirectoryKey watchDirectory(Path directory) throws IOException {
        return watchDirectory(directory, null);
    }

    /**
     * Watches the entries of a directory, with a {@link DirectoryChannel} that is closed with the key.
     *
     * {@snippet :
     * DirectoryKey key = selector.watchDirectory(Path.of("incoming"), null);
     * selector.select(selected -> key.events().forEach(System.out::println));
     * }
     *
     * <p>The directory and each regular file in it need a descriptor, on Linux an inotify watch besides.
     *
     * @param directory of the default file system; a symbolic link is followed
     * @throws java.nio.file.NoSuchFileException if there is no such directory
     * @throws java.nio.file.NotDirectoryException if it is not a directory
     * @throws java.nio.file.AccessDeniedException if it may not be read
     * @throws IOException if it cannot be watched for another reason
     * @throws UnsupportedOperationException if the path is of another file system
     */
    public DirectoryKey watchDirectory(Path directory, Object attachment) throws IOException {
        return (DirectoryKey) open(DirectoryChannel.open(directory, false, false), attachment);
    }

    /** {@link #watchTree(Path, Object, FileVisitOption...)} without an attachment; links are not followed. */
    public DirectoryKey watchTree(Path root) throws IOException {
        return watchTree(root, null);
    }

    /**
     * Watches the entries of a directory and of all directories below it, with a {@link DirectoryChannel} that is
     * closed with the key. Directories that appear are watched, too.
     *
     * <p>Each directory and each regular file needs a descriptor, on Linux an inotify watch besides; the tree as a
     * whole has one kqueue, on Linux with one inotify instance.
     *
     * @param root of the default file system; a symbolic link is followed
     * @param options {@link FileVisitOption#FOLLOW_LINKS} to take links within the tree for what they lead to
     * @throws java.nio.file.NoSuchFileException if there is no such directory
     * @throws java.nio.file.NotDirectoryException if it is not a directory
     * @throws java.nio.file.AccessDeniedException if it may not be read
     * @throws IOException if it cannot be watched for another reason
     * @throws UnsupportedOperationException if the path is of another file system
     */
    public DirectoryKey watchTree(Path root, Object attachment, FileVisitOption... options) throws IOException {
        boolean followLinks = List.of(options).contains(FileVisitOption.FOLLOW_LINKS);
        return (DirectoryKey) open(DirectoryChannel.open(root, true, followLinks), attachment);
    }

    /** {@link #watchProcess(ProcessHandle, Set, Object)} for the exit, without an attachment. */
    public ProcessKey watchProcess(ProcessHandle process) throws IOException {
        return watchProcess(process, ProcessChannel.EXIT_ONLY, null);
    }

    /** {@link #watchProcess(ProcessHandle, Set, Object)} without an attachment. */
    public ProcessKey watchProcess(ProcessHandle process, Set<ProcessEvent> events) throws IOException {
        return watchProcess(process, events, null);
    }

    /**
     * Watches any process, with a {@link ProcessChannel} that is closed with the key.
     *
     * @throws NoSuchProcessException if there is no such process, or it has exited
     * @throws IOException if it cannot be watched for another reason
     * @throws IllegalArgumentException if there is no event to watch for
     * @throws IllegalStateException if this selector watches the process already
     * @throws UnsupportedOperationException if this system lacks one of the events
     */
    public ProcessKey watchProcess(ProcessHandle process, Set<ProcessEvent> events, Object attachment)
            throws IOException {
        return (ProcessKey) open(ProcessChannel.open(process, events), attachment);
    }

    /** {@link #watchProcess(Process, Set, Object)} for the exit, without an attachment. */
    public ProcessKey watchProcess(Process child) throws IOException {
        return watchProcess(child, ProcessChannel.EXIT_ONLY, null);
    }

    /** {@link #watchProcess(Process, Set, Object)} without an attachment. */
    public ProcessKey watchProcess(Process child, Set<ProcessEvent> events) throws IOException {
        return watchProcess(child, events, null);
    }

    /**
     * Watches a child of this program, with a {@link ProcessChannel} that is closed with the key. Its exit is always
     * reported, however early it was, with its exit value; when it is reported, {@link Process#exitValue} has it, too.
     *
     * {@snippet :
     * Process child = new ProcessBuilder("make").start();
     * ProcessKey key = selector.watchProcess(child);
     * while (!key.hasExited()) {
     *     selector.select(ready -> serve(ready));
     * }
     * int value = child.exitValue();
     * }
     *
     * @throws NoSuchProcessException if the exit is not watched for, and the process has exited
     * @throws IOException if it cannot be watched for another reason
     * @throws IllegalArgumentException if there is no event to watch for
     * @throws IllegalStateException if this selector watches the process already
     * @throws UnsupportedOperationException if this system lacks one of the events
     */
    public ProcessKey watchProcess(Process child, Set<ProcessEvent> events, Object attachment) throws IOException {
        return (ProcessKey) open(ProcessChannel.open(child, events), attachment);
    }

    /** {@link #watchSignal(Signal, Object)} without an attachment. */
    public SignalKey watchSignal(Signal signal) throws IOException {
        return watchSignal(signal, null);
    }

    /**
     * Counts a signal, with a {@link SignalChannel} that is closed with the key, beside the handler that is there: the
     * JVM still shuts down on HUP, INT and TERM. To have a signal as an event alone: {@link #handleSignal}.
     *
     * @throws IOException if the signal cannot be watched: see {@link Signal}
     * @throws IllegalStateException if this selector watches or handles the signal already
     * @throws UnsupportedOperationException if this system has no such signal
     */
    public SignalKey watchSignal(Signal signal, Object attachment) throws IOException {
        return (SignalKey) open(SignalChannel.open(signal), attachment);
    }

    /** {@link #handleSignal(Signal, Object)} without an attachment. */
    public SignalKey handleSignal(Signal signal) throws IOException {
        return handleSignal(signal, null);
    }

    /**
     * Takes a signal over, with a {@link SignalChannel} that is closed with the key. As long as the key is valid, the
     * signal is an event of this selector and nothing else: neither the JVM's handler nor one that the program has set
     * before is called, and no default action ends the process. Then the former handler is back.
     *
     * {@snippet :
     * SignalKey reload = selector.handleSignal(Signal.HUP);
     * SignalKey term = selector.handleSignal(Signal.TERM);
     * while (term.isValid()) {
     *     selector.select(key -> {
     *         if (key == reload) {
     *             readConfiguration();
     *         } else if (key == term) {
     *             term.cancel(); // a second one ends the JVM at once
     *         } else {
     *             serve(key);
     *         }
     *     });
     * }
     * }
     *
     * @throws IOException if the signal cannot be handled: see {@link Signal}
     * @throws IllegalStateException if this selector watches or handles the signal already
     * @throws UnsupportedOperationException if this system has no such signal
     */
    public SignalKey handleSignal(Signal signal, Object attachment) throws IOException {
        return (SignalKey) open(SignalChannel.handling(signal), attachment);
    }

    /** {@link #watch(KEvent, Object)} without an attachment. */
    public KEventKey watch(KEvent event) throws IOException {
        return watch(event, null);
    }

    /**
     * Watches any event of kqueue(2), with a {@link KEventChannel} that is closed with the key.
     *
     * @param event what to add: see {@link KEventChannel#open}
     * @throws IOException if it cannot be watched
     * @throws IllegalArgumentException as {@link KEventChannel#open}
     * @throws IllegalStateException if this selector watches this ident and filter already
     */
    public KEventKey watch(KEvent event, Object attachment) throws IOException {
        return (KEventKey) open(KEventChannel.open(event), attachment);
    }

    /** {@link #schedule(Duration, Object)} without an attachment. */
    public TimerKey schedule(Duration delay) throws IOException {
        return schedule(delay, null);
    }

    /**
     * Sets a timer that expires once, with a {@link TimerChannel} that is closed with the key. When the expiration was
     * handed out the key {@linkplain EventKey##end ends}, unless {@link TimerKey#reset} has made it start again.
     *
     * @param delay the time from now to the expiration; zero or less expires at once, a hundred years are the most
     * @throws IOException if the system has no more timers
     */
    public TimerKey schedule(Duration delay, Object attachment) throws IOException {
        return (TimerKey) open(TimerChannel.after(delay), attachment);
    }

    /** {@link #schedule(Instant, Object)} without an attachment. */
    public TimerKey schedule(Instant time) throws IOException {
        return schedule(time, null);
    }

    /**
     * Sets a timer that expires once, at a time of day. The delay is computed now: the timer does not follow when the
     * system's clock is set. The key ends as that of {@link #schedule(Duration, Object)}.
     *
     * @param time when it expires; a time that has passed expires at once
     * @throws IOException if the system has no more timers
     */
    public TimerKey schedule(Instant time, Object attachment) throws IOException {
        return schedule(TimerChannel.until(time), attachment);
    }

    /** {@link #scheduleAtFixedRate(Duration, Duration, Object)} with the period as initial delay too. */
    public TimerKey scheduleAtFixedRate(Duration period) throws IOException {
        return scheduleAtFixedRate(period, period, null);
    }

    /** {@link #scheduleAtFixedRate(Duration, Duration, Object)} without an attachment. */
    public TimerKey scheduleAtFixedRate(Duration initialDelay, Duration period) throws IOException {
        return scheduleAtFixedRate(initialDelay, period, null);
    }

    /**
     * Sets a timer that expires again and again, with a {@link TimerChannel} that is closed with the key. It does not
     * drift: expirations that the program was too late for are counted.
     *
     * @param initialDelay the time from now to the first expiration; zero or less expires at once
     * @param period the time from one expiration to the next
     * @throws IOException if the system has no more timers
     * @throws IllegalArgumentException if the period is not positive
     */
    public TimerKey scheduleAtFixedRate(Duration initialDelay, Duration period, Object attachment) throws IOException {
        return (TimerKey) open(TimerChannel.atFixedRate(initialDelay, period), attachment);
    }

    /** {@link #addUserEvent(Object)} without an attachment. */
    public UserKey addUserEvent() throws IOException {
        return addUserEvent(null);
    }

    /** Adds an event for {@link UserKey#trigger}, with a {@link UserChannel} that is closed with the key. */
    public UserKey addUserEvent(Object attachment) throws IOException {
        return (UserKey) open(UserChannel.open(), attachment);
    }

    /**
     * @param opened an {@link EventChannel}, typed as an interface: for a class the verifier of this one would load all
     *     channels, at the start of each program
     */
    private EventKey open(Channel opened, Object attachment) throws IOException {
        EventChannel channel = (EventChannel) opened;
        EventKey key = null;
        try {
            key = (EventKey) channel.register(this, SelectionKey.OP_READ, attachment);
            key.closeChannelWhenReleased();
            return key;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } finally {
            // The selector may have been closed, and may have let go of the key before it knew of the channel.
            if (key == null || !key.isValid()) {
                channel.close();
            }
        }
    }
}
