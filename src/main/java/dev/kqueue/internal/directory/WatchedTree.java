package dev.kqueue.internal.directory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A directory, or the tree below it, that is watched: its last scan, and its open files. Not safe for use by several
 * threads.
 */
public final class WatchedTree extends WatchedFiles {
    private final Path root;
    private final DirectoryTree tree;
    private boolean rescan;

    /** What could not be watched from the start: reported with the first look. */
    private List<DirectoryChange> problems = List.of();

    /**
     * Nothing is watched before {@link #open}.
     *
     * @param recursive whether the tree below the directory is watched
     * @param followLinks whether a link stands for what it leads to, within the tree
     */
    public WatchedTree(DirectoryWatches watches, Path root, boolean recursive, boolean followLinks) {
        super(watches);
        // The empty path is the current directory, and has no names below it.
        this.root = root.toString().isEmpty() ? root.resolve(".") : root;
        tree = new DirectoryTree(this.root, recursive, followLinks, this);
    }

    /**
     * Watches from now on.
     *
     * @throws IOException if the path is no directory, or it cannot be read or watched; then nothing is watched
     */
    public void open() throws IOException {
        boolean opened = false;
        try {
            problems = tree.open();
            opened = true;
        } finally {
            if (!opened) {
                close();
            }
        }
    }

    /** The path of the directory; those of its entries begin with it. */
    public Path root() {
        return root;
    }

    /** Whether something below the root could not be watched from the start, and {@link #look} has it to report. */
    public boolean hasProblems() {
        return !problems.isEmpty();
    }

    /** Whether the root has gone: the tree is empty, and stays so. */
    public boolean isGone() {
        return tree.isGone();
    }

    /** Has the next look scan all directories. */
    public void rescan() {
        rescan = true;
    }

    /** Scans what may have changed since the last look. */
    public List<DirectoryChange> look() {
        List<DirectoryChange> found = new ArrayList<>(problems);
        problems = List.of();
        Set<Path> toScan = takeChanged();
        if (rescan) {
            rescan = false;
            toScan.addAll(tree.directories());
        }
        found.addAll(tree.look(toScan, takeWritten()));
        return found;
    }
}
