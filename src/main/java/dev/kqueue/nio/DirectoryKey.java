package dev.kqueue.nio;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The key of a watched directory or tree: which entries were created, deleted, modified or moved.
 *
 * {@snippet :
 * DirectoryKey key = selector.watchTree(Path.of("src"));
 * while (key.isValid()) {
 *     selector.select(selected -> key.events().forEach(System.out::println));
 * }
 * }
 *
 * <p>The events are the differences between two looks at the tree, one look for each selection operation that finds
 * something changed. A file that is created and deleted between two looks is not reported. A file that takes the name
 * of another one (an editor's save by rename) is {@code DELETED} and {@code CREATED}, or {@code DELETED} and {@code
 * MOVED} if its former name was seen. Everything below a directory that is created, deleted or moved is reported, too,
 * each entry with its own path.
 *
 * <p>The selecting thread reads the directories that have changed, within the selection operation.
 *
 * <p>When the directory itself is deleted or renamed, all entries are reported as {@code DELETED}, and last the
 * directory: then the key {@linkplain EventKey##end ends}. Another directory that has its path by the time of the look
 * is compared entry by entry, and watched from then on.
 *
 * <p>{@link DirectoryEvent.Kind#OVERFLOW} reports a file or directory that could not be read or watched (too many open
 * files, too many inotify watches, no permission), once. Each later look tries again, and reports what has changed
 * meanwhile; {@link #rescan} asks for a look.
 */
public final class DirectoryKey extends EventKey {
    private List<DirectoryEvent> events = List.of();

    /** Whether the next events begin a new record. */
    private boolean begins = true;

    DirectoryKey(KQueueSelector selector, DirectoryChannel channel) {
        super(selector, channel);
    }

    @Override
    public DirectoryChannel channel() {
        return (DirectoryChannel) super.channel();
    }

    /** The path that was given to the selector. */
    public Path path() {
        return channel().path();
    }

    /**
     * What has changed. The events of one look are a set, not a sequence; a record of several looks holds those of each
     * in turn. To follow a look, remove what was deleted and the former paths of what has moved, then add what has
     * moved and what was created.
     */
    public List<DirectoryEvent> events() {
        return Collections.unmodifiableList(events);
    }

    /**
     * Has a selection operation look at all directories, whether or not the kernel has reported a change of them. May
     * be called by any thread. Does nothing if the key's channel is closed.
     *
     * @throws IOException if the kernel has no memory for it
     */
    public void rescan() throws IOException {
        channel().rescan();
    }

    @Override
    void forget() {
        super.forget();
        begins = true;
    }

    /** Looks at what has changed: the kernel's event says only that something may have. */
    @Override
    boolean tells(int fflags, long data) {
        List<DirectoryEvent> found = channel().look();
        if (found.isEmpty()) {
            return false;
        }
        if (begins) {
            events = new ArrayList<>();
            begins = false;
        }
        events.addAll(found);
        if (channel().isGone()) {
            endWithThisRecord();
        }
        return true;
    }
}
