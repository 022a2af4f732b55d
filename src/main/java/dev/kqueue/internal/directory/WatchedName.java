package dev.kqueue.internal.directory;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The file that a path leads to, whichever it is at the moment. It watches that file, and each directory in which a
 * name of the path's resolution can change: the file's own, and those with a symbolic link on the way. Not safe for use
 * by several threads.
 */
public final class WatchedName extends WatchedFiles {
    /** As the kernels' own limits: 32 on the BSDs, 40 on Linux. */
    private static final int MOST_LINKS = 40;

    /** Resolutions that are tried until two in a row agree; what changes later is reported by the watches. */
    private static final int ATTEMPTS = 5;

    /** What has happened between two looks. */
    public enum Difference {
        NONE,
        CREATED,
        REPLACED,
        MODIFIED,
        DELETED
    }

    /**
     * @param watched the file, and the directories that decide which one it is
     * @param file where the file is, or would be; without links
     * @param entry the file, or null if there is none
     */
    private record Resolution(Map<Path, DirectoryEntry> watched, Path file, DirectoryEntry entry) {}

    private final Path path;
    private Resolution last = new Resolution(Map.of(), null, null);
    private IOException problem;

    /** Nothing is watched before {@link #open}. */
    public WatchedName(DirectoryWatches watches, Path path) {
        super(watches);
        this.path = path.toAbsolutePath();
    }

    /**
     * Watches the path, whose file need not be there.
     *
     * @throws IOException if its directory is not there, or if something cannot be watched
     */
    public void open() throws IOException {
        Path parent = path.getParent();
        if (parent != null && !DirectoryEntry.read(parent).isDirectory()) {
            throw new NotDirectoryException(parent.toString());
        }
        watch();
        if (problem != null) {
            throw problem;
        }
    }

    /** Whether there was a file at the last look. */
    public boolean exists() {
        return last.entry != null;
    }

    /** Why the last look could not watch all that it has to; null if it could. */
    public IOException problem() {
        return problem;
    }

    /** Looks again. */
    public Difference look() {
        Set<Path> changed = takeChanged();
        Set<Path> written = takeWritten();
        Resolution before = last;
        watch();
        if (last.entry == null) {
            return before.entry == null ? Difference.NONE : Difference.DELETED;
        }
        if (before.entry == null) {
            return Difference.CREATED;
        }
        if (!before.entry.isSameFile(last.entry)) {
            return Difference.REPLACED;
        }
        boolean modified =
                last.entry.isDirectory()
                        ? changed.contains(last.file)
                        : written.contains(before.file) || before.entry.isModified(last.entry);
        return modified ? Difference.MODIFIED : Difference.NONE;
    }

    /** Resolves the path and watches what it depends on, until nothing of it has changed meanwhile. */
    private void watch() {
        problem = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Resolution now;
            try {
                now = resolve();
            } catch (IOException failed) {
                problem = failed;
                return;
            }
            Set<Path> watchedBefore = last.watched.keySet();
            watchedBefore.stream().filter(each -> !now.watched.containsKey(each)).forEach(this::unwatch);
            boolean same = now.watched.keySet().equals(watchedBefore) && isSame(last.entry, now.entry);
            last = now;
            if (!watchAll(now) || same) {
                return;
            }
        }
    }

    private static boolean isSame(DirectoryEntry one, DirectoryEntry other) {
        return one == null ? other == null : other != null && one.isSameFile(other);
    }

    private boolean watchAll(Resolution now) {
        for (Map.Entry<Path, DirectoryEntry> each : now.watched.entrySet()) {
            try {
                watch(each.getKey(), each.getValue());
            } catch (NoSuchFileException | NotDirectoryException vanished) {
                // The next resolution finds out.
            } catch (IOException failed) {
                problem = failed;
                return false;
            }
        }
        return true;
    }

    private Resolution resolve() throws IOException {
        Map<Path, DirectoryEntry> watched = new LinkedHashMap<>();
        Deque<Path> names = new ArrayDeque<>();
        path.forEach(names::add);
        Path directory = path.getRoot();
        DirectoryEntry directoryEntry = DirectoryEntry.read(directory);
        int links = 0;
        while (!names.isEmpty()) {
            Path name = names.pop();
            if (name.toString().equals("..")) {
                directory = directory.getParent() == null ? directory : directory.getParent();
                directoryEntry = DirectoryEntry.read(directory);
                continue;
            }
            Path next = directory.resolve(name).normalize();
            DirectoryEntry entry = read(next);
            boolean link = entry != null && entry.kind() == DirectoryEntry.FileType.LINK;
            if (entry == null || link || names.isEmpty()) {
                watched.put(directory, directoryEntry);
            }
            if (entry == null || (!link && !names.isEmpty() && !entry.isDirectory())) {
                watched.put(directory, directoryEntry);
                return new Resolution(watched, next, null);
            }
            if (link) {
                if (++links > MOST_LINKS) {
                    throw new FileSystemLoopException(path.toString());
                }
                Path target = Files.readSymbolicLink(next);
                for (int i = target.getNameCount() - 1; i >= 0; i--) {
                    names.push(target.getName(i));
                }
                if (target.isAbsolute()) {
                    directory = target.getRoot();
                    directoryEntry = DirectoryEntry.read(directory);
                }
                continue;
            }
            directory = next;
            directoryEntry = entry;
        }
        if (directoryEntry.isDirectory() || directoryEntry.kind() == DirectoryEntry.FileType.FILE) {
            watched.put(directory, directoryEntry);
        }
        return new Resolution(watched, directory, directoryEntry);
    }

    /** Reads the entry of a name, or returns null if there is none. */
    private static DirectoryEntry read(Path path) throws IOException {
        try {
            return DirectoryEntry.read(path, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException | NotDirectoryException absent) {
            return null;
        } catch (FileSystemException failed) {
            // ENOTDIR has no exception of its own in the JDK: what was a directory is a file by now.
            Path parent = path.getParent();
            if (parent != null && Files.exists(parent) && !Files.isDirectory(parent)) {
                return null;
            }
            throw failed;
        }
    }
}
