package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.kqueue.internal.directory.RandomTree;
import dev.kqueue.internal.libc.PathBytes;
import dev.kqueue.nio.DirectoryEvent.Kind;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Directories and trees in a selector, on this system's kqueue. */
@Timeout(60)
class DirectoryKeysTest {
    private final KQueueSelector selector = KQueueSelector.open();
    private final Path root;

    DirectoryKeysTest(@TempDir Path root) throws IOException {
        this.root = root;
    }

    @AfterEach
    void close() throws IOException {
        selector.close();
    }

    /** Selects until the path has had such an event, and returns all that came. */
    private List<DirectoryEvent> await(DirectoryKey key, Kind kind, Path path) throws IOException {
        List<DirectoryEvent> all = new ArrayList<>();
        while (all.stream().noneMatch(event -> event.kind() == kind && event.path().equals(path))) {
            selector.select(selected -> all.addAll(key.events()));
        }
        return all;
    }

    private static List<String> kinds(List<DirectoryEvent> events, Path path) {
        return events.stream()
                .filter(event -> event.path().equals(path))
                .map(event -> event.kind().toString())
                .toList();
    }

    @Test
    void entriesAreReportedByName() throws IOException {
        Path file = Files.createFile(root.resolve("file"));
        DirectoryKey key = selector.watchDirectory(root, "attachment");
        assertThat(key.attachment()).isEqualTo("attachment");
        assertThat(key.path()).isEqualTo(root);
        assertThat(selector.selectNow()).isZero();

        Path created = Files.createFile(root.resolve("created"));
        await(key, Kind.CREATED, created);
        Files.writeString(file, "text");
        await(key, Kind.MODIFIED, file);
        Path moved = Files.move(file, root.resolve("moved"));
        assertThat(await(key, Kind.MOVED, moved).getLast().from()).contains(file);
        Files.writeString(moved, "more");
        await(key, Kind.MODIFIED, moved);
        Files.delete(moved);
        await(key, Kind.DELETED, moved);
    }

    @Test
    void writesOfOneTickAreAllReported() throws IOException {
        Path file = Files.writeString(root.resolve("file"), "a");
        DirectoryKey key = selector.watchDirectory(root);
        for (int i = 0; i < 50; i++) {
            Files.writeString(file, "b");
            await(key, Kind.MODIFIED, file);
        }
    }

    @Test
    void editorsSaveIsANewFileOfTheName() throws IOException {
        Path file = Files.writeString(root.resolve("file"), "old");
        DirectoryKey key = selector.watchDirectory(root);
        for (int i = 0; i < 20; i++) {
            Path temporary = Files.writeString(root.resolve(".file.swp"), "new " + i);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            assertThat(kinds(await(key, Kind.CREATED, file), file)).containsExactly("DELETED", "CREATED");
        }
    }

    @Test
    void treeThatIsRemovedAndMadeAnewIsWatched() throws IOException {
        DirectoryKey key = selector.watchTree(root);
        Path top = root.resolve("top");
        Path file = top.resolve("a/b/file");
        for (int i = 0; i < 10; i++) {
            Files.createDirectories(file.getParent());
            Files.createFile(file);
            await(key, Kind.CREATED, file);
            Files.writeString(file, "text");
            await(key, Kind.MODIFIED, file);
            RandomTree.delete(top);
            await(key, Kind.DELETED, top);
        }
    }

    @Test
    void linkThatIsSwappedIsFollowedIfAsked() throws IOException {
        Path one = Files.createDirectory(root.resolve("one"));
        Path two = Files.createDirectory(root.resolve("two"));
        Files.createFile(one.resolve("in-one"));
        Files.createFile(two.resolve("in-two"));
        Path top = Files.createDirectory(root.resolve("top"));
        Path current = Files.createSymbolicLink(top.resolve("current"), one);
        DirectoryKey plain = selector.watchTree(top);
        KQueueSelector other = KQueueSelector.open();
        try (other) {
            DirectoryKey following = other.watchTree(top, null, FileVisitOption.FOLLOW_LINKS);
            Path next = Files.createSymbolicLink(root.resolve("next"), two);
            Files.move(next, current, StandardCopyOption.ATOMIC_MOVE);

            assertThat(await(plain, Kind.CREATED, current)).extracting(DirectoryEvent::path).containsOnly(current);
            List<DirectoryEvent> events = new ArrayList<>();
            while (kinds(events, current.resolve("in-two")).isEmpty()) {
                other.select(selected -> events.addAll(following.events()));
            }
            assertThat(kinds(events, current.resolve("in-one"))).containsExactly("DELETED");
            assertThat(kinds(events, current.resolve("in-two"))).containsExactly("CREATED");
        }
    }

    @Test
    void rootThatIsDeletedEndsTheWatch() throws IOException {
        Path top = Files.createDirectory(root.resolve("top"));
        DirectoryKey key = selector.watchTree(top);
        Files.delete(top);
        await(key, Kind.DELETED, top);
        Files.createDirectory(top);

        assertThat(selector.selectNow()).isZero();
    }

    @Test
    void rootThatIsRenamedEndsTheWatch() throws IOException {
        Path top = Files.createDirectory(root.resolve("top"));
        Path file = Files.createFile(top.resolve("file"));
        DirectoryKey key = selector.watchTree(top);
        Files.move(top, root.resolve("elsewhere"));

        assertThat(kinds(await(key, Kind.DELETED, top), file)).containsExactly("DELETED");
    }

    @Test
    void undecodableNameIsTheFilesOwn() throws IOException {
        DirectoryKey key = selector.watchDirectory(root);
        byte[] prefix = (root + "/").getBytes(StandardCharsets.UTF_8);
        byte[] bytes = Arrays.copyOf(prefix, prefix.length + 2);
        bytes[prefix.length] = (byte) 0xff;
        bytes[prefix.length + 1] = (byte) 0xe4;
        Path file = Files.createFile(PathBytes.path(bytes));

        List<DirectoryEvent> events = await(key, Kind.CREATED, file);
        assertThat(PathBytes.of(events.getLast().path())).isEqualTo(bytes);
        Files.writeString(file, "text");
        await(key, Kind.MODIFIED, file);
    }

    @Test
    void unreadableDirectoryIsReportedAndReadWhenItCanBe() throws IOException {
        assumeFalse(System.getProperty("user.name").equals("root"), "root may read everything");
        Path closed = Files.createDirectory(root.resolve("closed"));
        Path file = Files.createFile(closed.resolve("file"));
        Files.setPosixFilePermissions(closed, Set.of());
        DirectoryKey key = selector.watchTree(root);

        List<DirectoryEvent> events = await(key, Kind.OVERFLOW, closed);
        assertThat(events.getLast().reason()).isPresent();
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        key.rescan();
        await(key, Kind.CREATED, file);
    }

    @Test
    void manyEntriesAreAllReported() throws IOException {
        DirectoryKey key = selector.watchDirectory(root);
        Set<Path> files = new TreeSet<>();
        for (int i = 0; i < 1000; i++) {
            files.add(Files.createFile(root.resolve("file" + i)));
        }
        Set<Path> created = new TreeSet<>();
        while (created.size() < files.size()) {
            selector.select(selected -> key.events().forEach(event -> created.add(event.path())));
        }
        assertThat(created).isEqualTo(files);
    }

    /** On Linux more than the default of fs.inotify.max_queued_events, 16,384. */
    @Test
    void moreThanTheKernelQueuesIsFoundByLooking() throws IOException {
        Path busy = Files.createDirectory(root.resolve("busy"));
        Path quiet = Files.createDirectory(root.resolve("quiet"));
        DirectoryKey key = selector.watchTree(root);
        for (int i = 0; i < 10_000; i++) {
            Files.delete(Files.createFile(busy.resolve("file" + i)));
        }
        Path last = Files.createFile(quiet.resolve("last"));

        await(key, Kind.CREATED, last);
        Files.writeString(last, "text");
        await(key, Kind.MODIFIED, last);
    }

    @Test
    void cancelledKeyClosesAllFiles() throws IOException {
        long before = OpenDescriptors.count();
        for (int i = 0; i < 20; i++) {
            Files.createFile(Files.createDirectory(root.resolve("directory" + i)).resolve("file"));
        }
        DirectoryKey key = selector.watchTree(root);
        assertThat(OpenDescriptors.count()).isGreaterThan(before + 40);
        key.cancel();
        selector.selectNow();

        assertThat(key.channel().isOpen()).isFalse();
        assertThat(OpenDescriptors.count()).isLessThanOrEqualTo(before);
        key.rescan();
    }

    @Test
    void keyWithoutInterestReportsLater() throws IOException {
        DirectoryKey key = selector.watchDirectory(root);
        key.interestOps(0);
        Path file = Files.createFile(root.resolve("file"));
        assertThat(selector.selectNow()).isZero();
        key.interestOps(SelectionKey.OP_READ);
        await(key, Kind.CREATED, file);
    }

    @Test
    void whatCannotBeWatchedIsNamed() throws IOException {
        Path missing = root.resolve("missing");
        Path file = Files.createFile(root.resolve("file"));
        long before = OpenDescriptors.count();

        assertThatThrownBy(() -> selector.watchTree(missing)).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> selector.watchDirectory(file))
                .isInstanceOf(NotDirectoryException.class)
                .hasMessageContaining(file.toString());
        assertThat(OpenDescriptors.count()).isEqualTo(before);
        assertThat(selector.keys()).isEmpty();
    }

    @Test
    void eventsLeadFromOneScanToTheNext() throws IOException {
        compare(300);
    }

    @Test
    @Tag("slow")
    @Timeout(600)
    void eventsLeadFromOneScanToTheNextForLong() throws IOException {
        compare(10_000);
    }

    private void compare(int steps) throws IOException {
        RandomTree files = new RandomTree(root, steps);
        DirectoryKey key = selector.watchTree(root);
        Set<Path> replica = new TreeSet<>();
        for (int step = 0; step < steps; step++) {
            files.step();
            Set<Path> scan = files.scan();
            selector.selectNow(selected -> apply(key.events(), replica));
            while (!replica.equals(scan)) {
                selector.select(selected -> apply(key.events(), replica));
            }
        }
    }

    private static void apply(List<DirectoryEvent> events, Set<Path> replica) {
        for (DirectoryEvent event : events) {
            assertThat(event.kind()).isNotEqualTo(Kind.OVERFLOW);
            if (event.kind() == Kind.DELETED) {
                assertThat(replica.remove(event.path())).as("%s", event).isTrue();
            }
            event.from().ifPresent(from -> assertThat(replica.remove(from)).as("%s", event).isTrue());
        }
        for (DirectoryEvent event : events) {
            if (event.kind() == Kind.CREATED || event.kind() == Kind.MOVED) {
                assertThat(replica.add(event.path())).as("%s", event).isTrue();
            }
        }
    }
}
