package dev.kqueue.internal.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.internal.directory.DirectoryChange.Kind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

class DirectoryTreeTest implements Watcher {
    private final Path root;
    private final Map<Path, DirectoryEntry> watched = new TreeMap<>();
    private final Map<Path, IOException> refused = new HashMap<>();
    private final DirectoryTree tree;

    DirectoryTreeTest(@TempDir Path root) {
        this.root = root;
        this.tree = new DirectoryTree(root, true, false, this);
    }

    @Override
    public void watch(Path path, DirectoryEntry entry) throws IOException {
        if (refused.containsKey(path)) {
            throw refused.get(path);
        }
        watched.put(path, entry);
    }

    @Override
    public void unwatch(Path path) {
        watched.remove(path);
    }

    private static List<DirectoryChange> lookAtAll(DirectoryTree tree) {
        return tree.look(tree.directories(), Set.of());
    }

    private static DirectoryChange change(Kind kind, Path path) {
        return DirectoryChange.of(kind, path);
    }

    @Test
    void whatIsThereIsWatchedAndNotReported() throws IOException {
        Path inner = Files.createDirectories(root.resolve("a/b"));
        Path file = Files.createFile(inner.resolve("file"));
        Path link = Files.createSymbolicLink(root.resolve("link"), inner);

        assertThat(tree.open()).isEmpty();
        assertThat(watched.keySet()).containsExactly(root, inner.getParent(), inner, file).doesNotContain(link);
        assertThat(lookAtAll(tree)).isEmpty();
    }

    @Test
    void contentsOfANewDirectoryAreReportedAfterIt() throws IOException {
        tree.open();
        Path inner = Files.createDirectories(root.resolve("a/b"));
        Path file = Files.createFile(inner.resolve("file"));

        assertThat(tree.look(Set.of(root), Set.of()))
                .containsExactly(
                        change(Kind.CREATED, inner.getParent()),
                        change(Kind.CREATED, inner),
                        change(Kind.CREATED, file));
        assertThat(watched).containsKey(file);
        RandomTree.delete(inner.getParent());
        assertThat(tree.look(Set.of(root), Set.of()))
                .containsExactly(
                        change(Kind.DELETED, file),
                        change(Kind.DELETED, inner),
                        change(Kind.DELETED, inner.getParent()));
        assertThat(watched).containsOnlyKeys(root);
    }

    @Test
    void moveBetweenDirectoriesIsOneChange() throws IOException {
        Path from = Files.createDirectory(root.resolve("from"));
        Path to = Files.createDirectory(root.resolve("to"));
        Path file = Files.createFile(from.resolve("file"));
        tree.open();
        Path moved = Files.move(file, to.resolve("moved"));

        assertThat(tree.look(Set.of(from, to), Set.of())).containsExactly(DirectoryChange.moved(file, moved));
    }

    @Test
    void swappedFilesHaveBothMoved() throws IOException {
        Path a = Files.writeString(root.resolve("a"), "a");
        Path b = Files.writeString(root.resolve("b"), "bb");
        tree.open();
        Path c = Files.move(a, root.resolve("c"));
        Files.move(b, a);
        Files.move(c, b);

        assertThat(lookAtAll(tree)).containsExactlyInAnyOrder(DirectoryChange.moved(a, b), DirectoryChange.moved(b, a));
    }

    @Test
    void fileThatIsReplacedIsAnotherOne() throws IOException {
        Path file = Files.writeString(root.resolve("file"), "old");
        tree.open();
        Path temporary = Files.writeString(root.resolve("file~"), "new");
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);

        assertThat(lookAtAll(tree)).containsExactly(change(Kind.DELETED, file), change(Kind.CREATED, file));
    }

    @Test
    void writeThatLeavesNoTraceIsReportedIfItIsKnown() throws IOException {
        Path file = Files.writeString(root.resolve("file"), "old");
        tree.open();

        assertThat(tree.look(Set.of(file), Set.of())).isEmpty();
        assertThat(tree.look(Set.of(), Set.of(file))).containsExactly(change(Kind.MODIFIED, file));
        Files.writeString(file, "longer");
        assertThat(tree.look(Set.of(file), Set.of())).containsExactly(change(Kind.MODIFIED, file));
        Files.delete(file);
        assertThat(tree.look(Set.of(), Set.of(file))).containsExactly(change(Kind.DELETED, file));
    }

    @Test
    void whatCannotBeWatchedIsReportedOnceAndTriedAgain() throws IOException {
        Path file = Files.writeString(root.resolve("file"), "old");
        Path inner = Files.createDirectory(root.resolve("inner"));
        IOException reason = new FileSystemException("too many open files");
        refused.put(file, reason);
        refused.put(inner, reason);

        assertThat(tree.open())
                .containsExactlyInAnyOrder(
                        DirectoryChange.incomplete(file, reason), DirectoryChange.incomplete(inner, reason));
        Path late = Files.createFile(inner.resolve("late"));
        assertThat(tree.look(Set.of(), Set.of())).isEmpty();
        refused.clear();
        assertThat(tree.look(Set.of(), Set.of())).containsExactly(change(Kind.CREATED, late));
        assertThat(watched).containsOnlyKeys(root, file, inner, late);
    }

    @Test
    void rootThatIsDeletedTakesAllWithIt() throws IOException {
        Path top = Files.createDirectory(root.resolve("top"));
        Path file = Files.createFile(top.resolve("file"));
        DirectoryTree small = new DirectoryTree(top, true, false, this);
        small.open();
        RandomTree.delete(top);

        assertThat(small.look(Set.of(top), Set.of())).containsExactly(change(Kind.DELETED, file));
        assertThat(small.isGone()).isTrue();
        assertThat(watched).isEmpty();
        assertThat(lookAtAll(small)).isEmpty();
    }

    @Test
    void loopOfLinksEnds() throws IOException {
        Path inner = Files.createDirectory(root.resolve("inner"));
        Path loop = Files.createSymbolicLink(inner.resolve("loop"), root);
        Path self = root.resolve("self");
        Files.createSymbolicLink(self, self);
        DirectoryTree following = new DirectoryTree(root, true, true, this);

        assertThat(following.open()).isEmpty();
        assertThat(watched).containsOnlyKeys(root, inner);
        assertThat(loop).isSymbolicLink();
    }

    @Test
    void directoryAloneDoesNotDescend() throws IOException {
        DirectoryTree flat = new DirectoryTree(root, false, false, this);
        flat.open();
        Path inner = Files.createDirectory(root.resolve("inner"));
        Files.createFile(inner.resolve("file"));

        assertThat(lookAtAll(flat)).containsExactly(change(Kind.CREATED, inner));
        assertThat(watched).containsOnlyKeys(root);
    }

    @Test
    void fileIsNoDirectory() throws IOException {
        Path file = Files.createFile(root.resolve("file"));
        DirectoryTree wrong = new DirectoryTree(file, true, false, this);

        assertThatThrownBy(wrong::open).isInstanceOf(NotDirectoryException.class);
    }

    @Test
    void changesLeadFromOneScanToTheNext() throws IOException {
        RandomTree files = new RandomTree(root, 19);
        tree.open();
        Replica replica = new Replica();
        for (int step = 0; step < 3000; step++) {
            String operation = files.step();
            List<DirectoryChange> changes = lookAtAll(tree);
            replica.apply(changes);
            assertThat(replica.paths()).as("step %s, %s: %s", step, operation, changes).isEqualTo(files.scan());
        }
    }
}
