package dev.kqueue.internal.directory;

import dev.kqueue.internal.directory.DirectoryChange.Kind;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The entries of a directory, or of the tree below it, as the last look found them. Each look scans the directories
 * that may have changed and returns the differences: applied to the entries before, they give the entries after.
 *
 * <p>A directory is watched before it is scanned, so a change during the scan brings another look. Not safe for use by
 * several threads.
 */
public final class DirectoryTree {
    private final Path root;
    private final boolean recursive;
    private final boolean followLinks;
    private final Watcher watcher;

    private final Map<Path, Snapshot> directories = new HashMap<>();

    /** Which directory each path of {@link #directories} was. */
    private final Map<Path, DirectoryEntry> identities = new HashMap<>();

    /** What could not be watched or scanned, to be tried again. */
    private final Set<Path> incomplete = new LinkedHashSet<>();

    // -- of one look
    private Moves moves = new Moves();
    private List<DirectoryChange> others = new ArrayList<>();

    /**
     * @param recursive whether the tree below the directory belongs to it
     * @param followLinks whether a link stands for what it leads to, within the tree
     */
    public DirectoryTree(Path root, boolean recursive, boolean followLinks, Watcher watcher) {
        this.root = root;
        this.recursive = recursive;
        this.followLinks = followLinks;
        this.watcher = watcher;
    }

    /**
     * Takes the first look: what is there is not reported, except what cannot be scanned or watched.
     *
     * @throws IOException if the root is not a directory, or cannot be read
     */
    public List<DirectoryChange> open() throws IOException {
        DirectoryEntry entry = DirectoryEntry.read(root);
        if (!entry.isDirectory()) {
            throw new NotDirectoryException(root.toString());
        }
        watcher.watch(root, entry);
        identities.put(root, entry);
        directories.put(root, Snapshot.EMPTY);
        scan(root, Snapshot.read(root, followLinks));
        List<DirectoryChange> problems = others;
        beginLook();
        return problems;
    }

    /** Whether the root has gone: the tree is empty, and stays so. */
    public boolean isGone() {
        return directories.isEmpty();
    }

    /**
     * Looks again.
     *
     * @param changed directories that may have other entries, and files that may be other ones
     * @param written files that were written to, whether or not that shows in their size and time
     */
    public List<DirectoryChange> look(Collection<Path> changed, Collection<Path> written) {
        Set<Path> dirty = new LinkedHashSet<>(changed);
        dirty.addAll(written);
        Set<Path> retried = Set.copyOf(incomplete);
        dirty.addAll(retried);
        Set<Path> modified = new LinkedHashSet<>();
        for (Path path : dirty) {
            if (directories.containsKey(path)) {
                rescan(path);
            } else if (path.getParent() != null && directories.containsKey(path.getParent())) {
                rescanFile(path, written.contains(path), modified);
            }
        }
        List<DirectoryChange> changes = moves.changes();
        Set<Path> told = new HashSet<>();
        changes.forEach(change -> told.add(change.path()));
        for (DirectoryChange other : others) {
            // A file that was modified and then deleted has only been deleted.
            if (other.kind() == Kind.INCOMPLETE) {
                changes.add(other);
            } else {
                modified.add(other.path());
            }
        }
        modified.removeAll(told);
        modified.forEach(path -> changes.add(DirectoryChange.of(Kind.MODIFIED, path)));
        beginLook();
        return changes;
    }

    /** The directories of the tree, as the last look found them: a look at all of them is one at everything. */
    public Set<Path> directories() {
        return Set.copyOf(directories.keySet());
    }

    private void beginLook() {
        moves = new Moves();
        others = new ArrayList<>();
    }

    /** A file may have been written to or replaced, or could not be watched. */
    private void rescanFile(Path path, boolean written, Set<Path> modified) {
        Map<Path, DirectoryEntry> entries = directories.get(path.getParent()).entries();
        DirectoryEntry before = entries.get(path);
        if (before == null) {
            return;
        }
        try {
            DirectoryEntry now = entry(path);
            if (now == null || !before.isSameFile(now)) {
                rescan(path.getParent());
                return;
            }
            entries.put(path, now);
            // Two writes within one tick of the file system's clock leave no difference.
            if (written || before.isModified(now)) {
                modified.add(path);
            }
            watcher.watch(path, now);
            incomplete.remove(path);
        } catch (NoSuchFileException vanished) {
            rescan(path.getParent());
        } catch (IOException failed) {
            problem(path, failed);
        }
    }

    private void rescan(Path directory) {
        try {
            DirectoryEntry entry = directory.equals(root) ? DirectoryEntry.read(root) : entry(directory);
            if (entry == null || !entry.isDirectory()) {
                throw new NotDirectoryException(directory.toString());
            }
            if (!entry.isSameFile(identities.get(directory))) {
                watcher.unwatch(directory);
                identities.put(directory, entry);
            }
            watcher.watch(directory, entry);
            scan(directory, Snapshot.read(directory, followLinks));
            incomplete.remove(directory);
        } catch (NoSuchFileException | NotDirectoryException gone) {
            // Its parent is scanned for this change, too; the root has none.
            if (directory.equals(root)) {
                leave(root);
            }
        } catch (IOException failed) {
            problem(directory, failed);
        }
    }

    private DirectoryEntry entry(Path path) throws IOException {
        return Snapshot.entry(path, followLinks);
    }

    /** Compares a directory with what it was, and takes in the new entries. */
    private void scan(Path directory, Snapshot now) {
        Snapshot before = directories.put(directory, now);
        before.entries()
                .forEach(
                        (path, entry) -> {
                            DirectoryEntry after = now.entries().get(path);
                            if (after == null || !entry.isSameFile(after)) {
                                forget(path, entry);
                            }
                        });
        for (Map.Entry<Path, DirectoryEntry> found : List.copyOf(now.entries().entrySet())) {
            Path path = found.getKey();
            DirectoryEntry entry = found.getValue();
            DirectoryEntry earlier = before.entries().get(path);
            if (earlier == null || !earlier.isSameFile(entry)) {
                moves.created(path, entry);
                enter(path, entry, now);
            } else if (earlier.isModified(entry)) {
                others.add(DirectoryChange.of(Kind.MODIFIED, path));
            }
        }
    }

    /** Watches a new entry, and takes in what is in it already. */
    private void enter(Path path, DirectoryEntry entry, Snapshot snapshot) {
        try {
            if (entry.kind() == DirectoryEntry.FileType.FILE) {
                watcher.watch(path, entry);
                // What was written between the scan and the watch is part of the new entry.
                DirectoryEntry later = entry(path);
                if (later != null && later.isSameFile(entry)) {
                    snapshot.entries().put(path, later);
                }
            } else if (entry.isDirectory() && recursive && !isLoop(path, entry)) {
                identities.put(path, entry);
                directories.put(path, Snapshot.EMPTY);
                watcher.watch(path, entry);
                scan(path, Snapshot.read(path, followLinks));
            }
        } catch (NoSuchFileException | NotDirectoryException vanished) {
            // The directory that it was in has changed after it was watched: the next look finds out.
        } catch (IOException failed) {
            problem(path, failed);
        }
    }

    /** Whether the directory is one of those above it: a link leads up. */
    private boolean isLoop(Path path, DirectoryEntry entry) {
        for (Path above = path.getParent(); above != null; above = above.getParent()) {
            DirectoryEntry identity = identities.get(above);
            if (identity == null) {
                return false;
            }
            if (identity.isSameFile(entry)) {
                return true;
            }
        }
        return false;
    }

    private void problem(Path path, IOException reason) {
        // Reported once, until it has succeeded.
        if (incomplete.add(path)) {
            others.add(DirectoryChange.incomplete(path, reason));
        }
    }

    /** An entry has gone, and all below it. */
    private void forget(Path path, DirectoryEntry entry) {
        leave(path);
        moves.deleted(path, entry);
    }

    private void leave(Path path) {
        watcher.unwatch(path);
        incomplete.remove(path);
        identities.remove(path);
        Snapshot snapshot = directories.remove(path);
        if (snapshot != null) {
            snapshot.entries().forEach(this::forget);
        }
    }
}
