package dev.kqueue.nio;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * The key of a watched name: what has happened to the file that a path leads to, whichever file that is.
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
 * <p>The events are the difference between two looks at the path, one look for each selection operation that finds
 * something changed. A file that is deleted and created anew between two looks is {@link PathEvent#REPLACED}; a file
 * that is created and deleted between two looks is not reported. Changes of attributes (owner, mode, times) are no
 * events: {@link KQueueSelector#watchFile} has those.
 *
 * <p>What is watched: the file, its directory, and each directory on the way in which a symbolic link stands. If the
 * directory vanishes, the nearest one that is left is watched until it is there again. A directory further up that is
 * renamed is noticed with the next change only.
 */
public final class PathKey extends EventKey {
    private final Set<PathEvent> events = EnumSet.noneOf(PathEvent.class);

    PathKey(KQueueSelector selector, PathChannel channel) {
        super(selector, channel);
    }

    @Override
    public PathChannel channel() {
        return (PathChannel) super.channel();
    }

    /** The path that was given to the selector. */
    public Path path() {
        return channel().path();
    }

    /** What has happened. */
    public Set<PathEvent> events() {
        return Collections.unmodifiableSet(events);
    }

    /** Whether the path led to a file when it was last looked at. */
    public boolean exists() {
        return channel().exists();
    }

    /** Why the path cannot be watched at present: see {@link PathEvent#UNWATCHED}. Empty if it can. */
    public Optional<IOException> problem() {
        return channel().problem();
    }

    @Override
    void forget() {
        super.forget();
        events.clear();
    }

    /** Looks at what has changed: the kernel's event says only that something may have. */
    @Override
    boolean tells(int fflags, long data) {
        return channel().look();
    }

    @Override
    void record(int flags, int fflags, long data) {
        super.record(flags, fflags, data);
        events.addAll(channel().found());
    }
}
