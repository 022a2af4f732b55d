package dev.kqueue.internal.directory;

import dev.kqueue.internal.directory.DirectoryWatches.FileWatch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The open files of something that is watched, and which of them the kernel has reported since the last look. Not safe
 * for use by several threads.
 */
public abstract sealed class WatchedFiles implements Watcher permits WatchedTree, WatchedName {
    private final DirectoryWatches watches;
    private final Map<Path, FileWatch> watched = new HashMap<>();

    // -- since the last look
    private Set<Path> changed = new LinkedHashSet<>();
    private Set<Path> written = new LinkedHashSet<>();

    WatchedFiles(DirectoryWatches watches) {
        this.watches = watches;
    }

    /** Directories that may have other entries, and files that may be other ones; forgotten by this call. */
    final Set<Path> takeChanged() {
        Set<Path> taken = changed;
        changed = new LinkedHashSet<>();
        return taken;
    }

    /** Files that were written to, whether or not that shows in their size and time; forgotten by this call. */
    final Set<Path> takeWritten() {
        Set<Path> taken = written;
        written = new LinkedHashSet<>();
        return taken;
    }

    /** Closes the files. */
    public final void close() {
        watched.values().forEach(watches::remove);
        watched.clear();
    }

    // ---- for DirectoryWatches

    final void changed(FileWatch watch, boolean write, boolean deleted) {
        (write ? written : changed).add(watch.path());
        if (deleted && !watch.entry().isDirectory()) {
            // The scan that follows needs a descriptor: these may be the last. A file that has another link at this
            // path is watched again by the scan.
            unwatch(watch.path());
        }
    }

    // ---- for the scan

    @Override
    public final void watch(Path path, DirectoryEntry entry) throws IOException {
        FileWatch present = watched.get(path);
        if (present != null && present.entry().isSameFile(entry)) {
            return;
        }
        unwatch(path);
        watched.put(path, watches.add(this, path, entry));
    }

    @Override
    public final void unwatch(Path path) {
        FileWatch watch = watched.remove(path);
        if (watch != null) {
            watches.remove(watch);
        }
    }
}
