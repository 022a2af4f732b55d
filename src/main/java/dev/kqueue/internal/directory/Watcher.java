package dev.kqueue.internal.directory;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The watch service that a {@link DirectoryTree} needs: it reports when a directory or file of the tree may have
 * changed.
 */
public interface Watcher {
    /**
     * Watches a directory or a regular file from now on. Does nothing if this very file is watched at this path
     * already.
     *
     * @throws IOException if it cannot be watched: the tree then reports it, and tries again with the next scan
     */
    void watch(Path path, DirectoryEntry entry) throws IOException;

    /** Stops watching; does nothing if the path is not watched. */
    void unwatch(Path path);
}
