package dev.kqueue.nio.file;

import dev.kqueue.internal.directory.WatchedFiles;
import dev.kqueue.internal.directory.WatchedTree;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The directories that a service watches, to be found by their paths and by the files that they are. */
final class WatchRegistrations {
    private final Map<WatchedTree, WatchRegistration> byTree = new HashMap<>();
    private final Map<DirectoryWatchKey, WatchRegistration> byKey = new HashMap<>();
    private final Map<Path, WatchRegistration> byPath = new HashMap<>();
    private final Map<Object, WatchRegistration> byFile = new HashMap<>();

    void add(WatchRegistration registration) {
        byTree.put(registration.tree(), registration);
        byKey.put(registration.key(), registration);
        byPath.put(registration.key().directory(), registration);
        byFile.put(registration.fileKey(), registration);
    }

    /**
     * The registration of a directory under this path or another one, or null.
     *
     * @param fileKey of the directory that the path leads to
     */
    WatchRegistration find(Path directory, Object fileKey) throws IOException {
        WatchRegistration samePath = byPath.get(directory);
        if (samePath != null && samePath.key().isValid()) {
            return samePath;
        }
        WatchRegistration sameFile = byFile.get(fileKey);
        // The path that was registered may lead to another directory by now.
        boolean current =
                sameFile != null
                        && sameFile.key().isValid()
                        && Files.exists(sameFile.key().directory())
                        && Files.isSameFile(sameFile.key().directory(), directory);
        return current ? sameFile : null;
    }

    /** The registration that the files are watched for, or null. */
    WatchRegistration of(WatchedFiles files) {
        return byTree.get(files);
    }

    /** Has another tree watched for the key. */
    void replace(WatchRegistration registration, WatchInterest interest, WatchedTree tree) {
        byTree.remove(registration.tree());
        registration.replace(interest, tree);
        byTree.put(tree, registration);
    }

    /** Returns the registration of the key, or null if it is removed already. */
    WatchRegistration remove(DirectoryWatchKey key) {
        WatchRegistration registration = byKey.remove(key);
        if (registration != null) {
            byTree.remove(registration.tree());
            byPath.remove(key.directory(), registration);
            byFile.remove(registration.fileKey(), registration);
        }
        return registration;
    }

    Collection<WatchRegistration> all() {
        return List.copyOf(byKey.values());
    }
}
