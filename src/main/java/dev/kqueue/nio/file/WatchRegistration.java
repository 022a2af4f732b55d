package dev.kqueue.nio.file;

import dev.kqueue.internal.directory.DirectoryChange;
import dev.kqueue.internal.directory.WatchedTree;

import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.util.List;

/** What a service watches for a key; only the service's thread uses it. */
final class WatchRegistration {
    private final DirectoryWatchKey key;
    private final Object fileKey;
    private WatchInterest interest;
    private WatchedTree tree;

    /**
     * @param fileKey of the directory at the time of the registration
     */
    WatchRegistration(DirectoryWatchKey key, Object fileKey, WatchInterest interest, WatchedTree tree) {
        this.key = key;
        this.fileKey = fileKey;
        this.interest = interest;
        this.tree = tree;
    }

    DirectoryWatchKey key() {
        return key;
    }

    Object fileKey() {
        return fileKey;
    }

    WatchInterest interest() {
        return interest;
    }

    WatchedTree tree() {
        return tree;
    }

    void replace(WatchInterest newInterest, WatchedTree newTree) {
        interest = newInterest;
        tree = newTree;
    }

    /** Looks at the directory, and gives the key the events. */
    void look() {
        List<DirectoryChange> changes = tree.look();
        // First what has gone, so that a program can follow the events in order.
        for (DirectoryChange change : changes) {
            switch (change.kind()) {
                case INCOMPLETE -> key.add(StandardWatchEventKinds.OVERFLOW, null);
                case DELETED -> deleted(change.path());
                case MOVED -> deleted(change.from());
                case CREATED, MODIFIED -> {}
            }
        }
        for (DirectoryChange change : changes) {
            switch (change.kind()) {
                case CREATED, MOVED -> created(change.path());
                case MODIFIED -> modified(change.path());
                case DELETED, INCOMPLETE -> {}
            }
        }
    }

    private void created(Path path) {
        if (interest.contains(StandardWatchEventKinds.ENTRY_CREATE)) {
            key.add(StandardWatchEventKinds.ENTRY_CREATE, name(path));
        } else {
            // It may have been written to already, and that is not reported again.
            modified(path);
        }
    }

    private void modified(Path path) {
        if (interest.contains(StandardWatchEventKinds.ENTRY_MODIFY)) {
            key.add(StandardWatchEventKinds.ENTRY_MODIFY, name(path));
        }
    }

    private void deleted(Path path) {
        if (interest.contains(StandardWatchEventKinds.ENTRY_DELETE)) {
            key.add(StandardWatchEventKinds.ENTRY_DELETE, name(path));
        }
    }

    /** The path relative to the directory, as the file system has it. */
    private Path name(Path path) {
        return path.subpath(tree.root().getNameCount(), path.getNameCount());
    }
}
