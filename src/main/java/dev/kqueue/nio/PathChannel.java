package dev.kqueue.nio;

import dev.kqueue.KEvent;
import dev.kqueue.internal.directory.DirectoryWatches;
import dev.kqueue.internal.directory.WatchedName;
import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.libc.PathBytes;
import dev.kqueue.internal.libc.Startup;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A channel for the changes of whichever file a path leads to.
 *
 * {@snippet :
 * PathKey key = selector.watchPath(Path.of("app.conf"));
 * PathChannel channel = key.channel();
 * }
 *
 * <p>{@link KQueueSelector#watchPath} makes it. The file, and the directories on the way whose entries decide which
 * file that is, are open as long as the channel is.
 *
 * @see PathKey
 */
public final class PathChannel extends EventChannel {
    private final Path path;
    private final DirectoryWatches watches;
    private final WatchedName name;
    private final Descriptor descriptor;
    private final KEvent knote;
    private final AtomicBoolean hasKey = new AtomicBoolean();

    /** What the last look has found. */
    private final Set<PathEvent> found = EnumSet.noneOf(PathEvent.class);

    /** Written by the selecting thread, read by any. */
    private volatile boolean exists;

    private volatile IOException problem;

    private PathChannel(Path path) throws IOException {
        this.path = path;
        watches = new DirectoryWatches();
        descriptor = watches.descriptor();
        knote = KEvent.read(watches.kqueue().descriptor(), 0, 0, null);
        name = new WatchedName(watches, path);
    }

    static PathChannel open(Path path) throws IOException {
        Startup.check();
        PathBytes.check(path);
        PathChannel channel = new PathChannel(path);
        boolean opened = false;
        try {
            channel.name.open();
            channel.exists = channel.name.exists();
            opened = true;
            return channel;
        } finally {
            if (!opened) {
                channel.close();
            }
        }
    }

    /** The path that was given to the selector. */
    public Path path() {
        return path;
    }

    boolean exists() {
        return exists;
    }

    Optional<IOException> problem() {
        return Optional.ofNullable(problem);
    }

    @Override
    public String toString() {
        return "path " + path;
    }

    // ---- for the key, by the selecting thread, which holds the channel

    /** Whether something has happened since the last look: see {@link #found}. */
    boolean look() {
        found.clear();
        IOException failure = null;
        try {
            watches.take(0);
        } catch (IOException failed) {
            failure = failed;
        }
        switch (name.look()) {
            case CREATED -> found.add(PathEvent.CREATED);
            case REPLACED -> found.add(PathEvent.REPLACED);
            case MODIFIED -> found.add(PathEvent.MODIFIED);
            case DELETED -> found.add(PathEvent.DELETED);
            case NONE -> {}
        }
        exists = name.exists();
        IOException before = problem;
        problem = failure != null ? failure : name.problem();
        if (problem != null && before == null) {
            found.add(PathEvent.UNWATCHED);
        }
        return !found.isEmpty();
    }

    Set<PathEvent> found() {
        return found;
    }

    // ---- for the selector

    @Override
    PathKey newKey(KQueueSelector selector) {
        if (hasKey.getAndSet(true)) {
            throw new IllegalStateException(this + " is, or was, registered already: each change is reported once");
        }
        return new PathKey(selector, this);
    }

    @Override
    KEvent knote(int attempt) {
        return knote;
    }

    @Override
    IOException failure(int errno, String reason) {
        return new FileSystemException(path.toString(), null, "cannot be watched: " + reason);
    }

    @Override
    Descriptor owned() {
        return descriptor;
    }
}
