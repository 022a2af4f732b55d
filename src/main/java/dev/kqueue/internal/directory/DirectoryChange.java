package dev.kqueue.internal.directory;

import java.io.IOException;
import java.nio.file.Path;

/**
 * One difference between two scans of a tree.
 *
 * @param path the entry, in the directory where it is now, or was
 * @param from where it was, if it has moved; otherwise null
 * @param reason why the scan is incomplete below the path, of {@link Kind#INCOMPLETE}; otherwise null
 */
public record DirectoryChange(Kind kind, Path path, Path from, IOException reason) {
    /** What has happened to the entry. */
    public enum Kind {
        CREATED,
        DELETED,
        MODIFIED,
        MOVED,
        /** What is at or below the path could not be scanned or watched. */
        INCOMPLETE
    }

    static DirectoryChange of(Kind kind, Path path) {
        return new DirectoryChange(kind, path, null, null);
    }

    static DirectoryChange moved(Path from, Path to) {
        return new DirectoryChange(Kind.MOVED, to, from, null);
    }

    static DirectoryChange incomplete(Path path, IOException reason) {
        return new DirectoryChange(Kind.INCOMPLETE, path, null, reason);
    }
}
