package dev.kqueue.nio;

import dev.kqueue.KEvent;
import dev.kqueue.internal.directory.DirectoryWatches;
import dev.kqueue.internal.directory.WatchedTree;
import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.libc.PathBytes;
import dev.kqueue.internal.libc.Startup;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A channel for the changes of a directory's entries, or of those of the whole tree below it.
 *
 * {@snippet :
 * DirectoryKey key = selector.watchTree(Path.of("src"));
 * DirectoryChannel channel = key.channel();
 * System.out.println(channel.path() + (channel.isTree() ? " and below" : ""));
 * }
 *
 * <p>{@link KQueueSelector#watchDirectory} and {@link KQueueSelector#watchTree} make it. Each directory and each
 * regular file of it is open as long as it is watched.
 *
 * @see DirectoryKey
 */
public final class DirectoryChannel extends EventChannel {
    private final Path root;
    private final boolean recursive;
    private final DirectoryWatches watches;
    private final WatchedTree tree;
    private final Descriptor descriptor;
    private final KEvent knote;
    private final AtomicBoolean hasKey = new AtomicBoolean();
    private final AtomicBoolean rescanWanted = new AtomicBoolean();
    private boolean gone;

    private DirectoryChannel(Path root, boolean recursive, boolean followLinks) throws IOException {
        this.root = root;
        this.recursive = recursive;
        watches = new DirectoryWatches();
        tree = new WatchedTree(watches, root, recursive, followLinks);
        descriptor = watches.descriptor();
        knote = KEvent.read(watches.kqueue().descriptor(), 0, 0, null);
    }

    static DirectoryChannel open(Path root, boolean recursive, boolean followLinks) throws IOException {
        Startup.check();
        PathBytes.check(root);
        DirectoryChannel channel = new DirectoryChannel(root, recursive, followLinks);
        boolean opened = false;
        try {
            channel.tree.open();
            if (channel.tree.hasProblems()) {
                channel.watches.trigger();
            }
            opened = true;
        } finally {
            if (!opened) {
                channel.close();
            }
        }
        return channel;
    }

    /** The path that was given to the selector. */
    public Path path() {
        return root;
    }

    /** Whether the tree below the directory is watched, or its own entries alone. */
    public boolean isTree() {
        return recursive;
    }

    /** What is watched: {@code tree src} or {@code directory src}. */
    @Override
    public String toString() {
        return (recursive ? "tree " : "directory ") + root;
    }

    // ---- for the key

    /** Scans what may have changed since the last look; called by the selecting thread, which holds the channel. */
    List<DirectoryEvent> look() {
        List<DirectoryEvent> found = new ArrayList<>();
        if (rescanWanted.getAndSet(false)) {
            tree.rescan();
        }
        try {
            watches.take(0);
        } catch (IOException failed) {
            // What the kernel had to report is lost.
            found.add(DirectoryEvent.overflow(root, failed));
            tree.rescan();
        }
        tree.look().forEach(change -> found.add(DirectoryEvent.of(change)));
        if (tree.isGone() && !gone) {
            gone = true;
            found.add(DirectoryEvent.deleted(root));
        }
        return found;
    }

    /** Whether the last look has found that the directory is gone. */
    boolean isGone() {
        return gone;
    }

    void rescan() throws IOException {
        if (!descriptor.hold()) {
            return;
        }
        try {
            rescanWanted.set(true);
            watches.trigger();
        } finally {
            descriptor.release();
        }
    }

    // ---- for the selector

    @Override
    DirectoryKey newKey(KQueueSelector selector) {
        if (hasKey.getAndSet(true)) {
            throw new IllegalStateException(this + " is, or was, registered already: each change is reported once");
        }
        return new DirectoryKey(selector, this);
    }

    @Override
    KEvent knote(int attempt) {
        return knote;
    }

    @Override
    IOException failure(int errno, String reason) {
        return new FileSystemException(root.toString(), null, "cannot be watched: " + reason);
    }

    @Override
    Descriptor owned() {
        return descriptor;
    }
}
