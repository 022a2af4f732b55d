package dev.kqueue.internal.directory;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The entries of one directory at the time of a scan, by their paths: the directory's own path and the name. */
final class Snapshot {
    private static final LinkOption[] NO_FOLLOW = {LinkOption.NOFOLLOW_LINKS};
    private static final LinkOption[] FOLLOW = {};

    /** The snapshot of a directory that has not been scanned yet. */
    static final Snapshot EMPTY = new Snapshot(Map.of());

    private final Map<Path, DirectoryEntry> entries;

    private Snapshot(Map<Path, DirectoryEntry> entries) {
        this.entries = entries;
    }

    /**
     * Lists a directory. An entry that vanishes while it is listed is left out.
     *
     * @throws IOException if the directory cannot be read
     */
    static Snapshot read(Path directory, boolean followLinks) throws IOException {
        Map<Path, DirectoryEntry> entries = new HashMap<>();
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(directory)) {
            for (Path path : paths) {
                DirectoryEntry entry = entry(path, followLinks);
                if (entry != null) {
                    entries.put(path, entry);
                }
            }
        } catch (DirectoryIteratorException failed) {
            throw failed.getCause();
        }
        return new Snapshot(entries);
    }

    /**
     * Reads one entry, or returns null if there is none. A link that leads nowhere, or in a circle, is itself the
     * entry.
     *
     * @throws IOException if the directory cannot be searched
     */
    static DirectoryEntry entry(Path path, boolean followLinks) throws IOException {
        DirectoryEntry entry;
        try {
            entry = DirectoryEntry.read(path, NO_FOLLOW);
        } catch (NoSuchFileException vanished) {
            return null;
        }
        if (!followLinks || entry.kind() != DirectoryEntry.FileType.LINK) {
            return entry;
        }
        try {
            return DirectoryEntry.read(path, FOLLOW);
        } catch (IOException leadsNowhere) {
            return entry;
        }
    }

    Map<Path, DirectoryEntry> entries() {
        return entries;
    }
}
