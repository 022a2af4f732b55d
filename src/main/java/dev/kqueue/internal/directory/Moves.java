package dev.kqueue.internal.directory;

import dev.kqueue.internal.directory.DirectoryChange.Kind;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects what has gone and what has come during one look, and finds the files that have only moved. */
final class Moves {
    private final Map<Path, DirectoryEntry> deleted = new LinkedHashMap<>();
    private final Map<Path, DirectoryEntry> created = new LinkedHashMap<>();

    void deleted(Path path, DirectoryEntry entry) {
        // An entry that came and went during one look leaves no trace.
        if (created.remove(path) == null) {
            deleted.put(path, entry);
        }
    }

    void created(Path path, DirectoryEntry entry) {
        created.put(path, entry);
    }

    /** Deletions (of contents before their directory), moves, creations (of a directory before its contents). */
    List<DirectoryChange> changes() {
        Map<Object, Deque<Path>> gone = new HashMap<>();
        deleted.forEach(
                (path, entry) -> {
                    if (entry.fileKey() != null) {
                        gone.computeIfAbsent(entry.fileKey(), key -> new ArrayDeque<>()).add(path);
                    }
                });
        List<DirectoryChange> moved = new ArrayList<>();
        List<DirectoryChange> appeared = new ArrayList<>();
        created.forEach(
                (path, entry) -> {
                    Deque<Path> sources = gone.get(entry.fileKey());
                    Path from = sources == null ? null : sources.peek();
                    if (from == null || !deleted.get(from).isSameFile(entry)) {
                        appeared.add(DirectoryChange.of(Kind.CREATED, path));
                        return;
                    }
                    sources.remove();
                    DirectoryEntry before = deleted.remove(from);
                    // With another inode in between, the old one may have come back to the same name.
                    if (!from.equals(path)) {
                        moved.add(DirectoryChange.moved(from, path));
                    }
                    if (before.isModified(entry)) {
                        moved.add(DirectoryChange.of(Kind.MODIFIED, path));
                    }
                });
        List<DirectoryChange> changes = new ArrayList<>();
        deleted.keySet().forEach(path -> changes.add(DirectoryChange.of(Kind.DELETED, path)));
        changes.addAll(moved);
        changes.addAll(appeared);
        return changes;
    }
}
