package dev.kqueue.internal.directory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.internal.directory.DirectoryChange.Kind;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The paths of a tree as the changes tell them. A change that does not fit what is there fails. */
final class Replica {
    private final Set<Path> paths = new TreeSet<>();

    void apply(List<DirectoryChange> changes) {
        for (DirectoryChange change : changes) {
            Path gone = change.kind() == Kind.MOVED ? change.from() : change.path();
            if (change.kind() == Kind.MOVED || change.kind() == Kind.DELETED) {
                assertThat(paths.remove(gone)).as("%s was there", gone).isTrue();
            }
        }
        for (DirectoryChange change : changes) {
            if (change.kind() == Kind.MOVED || change.kind() == Kind.CREATED) {
                assertThat(paths.add(change.path())).as("%s is new", change.path()).isTrue();
            } else if (change.kind() == Kind.MODIFIED) {
                assertThat(paths).contains(change.path());
            }
        }
    }

    Set<Path> paths() {
        return paths;
    }
}
