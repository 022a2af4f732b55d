package dev.kqueue.nio.file;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;
import static java.nio.file.StandardWatchEventKinds.OVERFLOW;

import dev.kqueue.internal.directory.RandomTree;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The service and many directories, and a tree under random operations. */
@Timeout(60)
class WatchedTreesTest {
    private static final WatchEvent.Kind<?>[] ALL = {ENTRY_CREATE, ENTRY_DELETE, ENTRY_MODIFY};

    private final KQueueWatchService service = KQueueWatchService.open();
    private final Path root;

    WatchedTreesTest(@TempDir Path root) throws IOException {
        this.root = root;
    }

    @AfterEach
    void close() throws IOException {
        service.close();
    }

    /** On Linux more than the default of fs.inotify.max_user_instances, 128. */
    @Test
    void manyDirectoriesAreWatchedByOneKqueue() throws Exception {
        List<WatchKey> keys = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            keys.add(service.register(Files.createDirectory(root.resolve("directory" + i)), ALL));
        }
        for (WatchKey key : keys) {
            Files.createFile(((Path) key.watchable()).resolve("file"));
        }

        Set<WatchKey> signalled = new HashSet<>();
        while (signalled.size() < keys.size()) {
            WatchKey key = service.take();
            assertThat(key.pollEvents()).extracting(WatchEvent::toString).containsExactly("ENTRY_CREATE file");
            signalled.add(key);
        }
        assertThat(signalled).containsExactlyInAnyOrderElementsOf(keys);
    }

    @Test
    void directoryWithinAWatchedTreeHasAKeyOfItsOwn() throws Exception {
        Path inner = Files.createDirectory(root.resolve("inner"));
        Path file = Files.createFile(inner.resolve("file"));
        WatchKey tree = service.register(root, ALL, KQueueWatchService.FILE_TREE);
        WatchKey directory = service.register(inner, ALL);
        Files.writeString(file, "text");
        assertThat(eventsOfBoth()).containsExactlyInAnyOrder(tree, directory);

        directory.cancel();
        Files.writeString(file, "more");
        assertThat(service.take()).isSameAs(tree);
        // That the file is emptied and that it is written may be two events: its count tells.
        assertThat(tree.pollEvents())
                .extracting(event -> event.kind() + " " + event.context())
                .containsExactly("ENTRY_MODIFY inner/file");
    }

    private List<WatchKey> eventsOfBoth() throws InterruptedException {
        List<WatchKey> keys = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            WatchKey key = service.take();
            assertThat(key.pollEvents()).hasSize(1);
            key.reset();
            keys.add(key);
        }
        return keys;
    }

    @Test
    void eventsLeadFromOneScanToTheNext() throws Exception {
        compare(300);
    }

    @Test
    @Tag("slow")
    @Timeout(600)
    void eventsLeadFromOneScanToTheNextForLong() throws Exception {
        compare(10_000);
    }

    private void compare(int steps) throws Exception {
        RandomTree files = new RandomTree(root, steps);
        service.register(root, ALL, KQueueWatchService.FILE_TREE);
        Set<Path> replica = new TreeSet<>();
        for (int step = 0; step < steps; step++) {
            String operation = files.step();
            Set<Path> scan = files.scan();
            while (!replica.equals(scan)) {
                WatchKey key = service.take();
                for (WatchEvent<?> event : key.pollEvents()) {
                    apply(event, replica, step + " " + operation);
                }
                assertThat(key.reset()).isTrue();
            }
        }
    }

    private void apply(WatchEvent<?> event, Set<Path> replica, String operation) {
        String what = operation + ": " + event;
        assertThat((Object) event.kind()).as(what).isNotEqualTo(OVERFLOW);
        Path path = root.resolve((Path) event.context());
        if (event.kind().equals(ENTRY_CREATE)) {
            assertThat(replica.add(path)).as(what).isTrue();
        } else if (event.kind().equals(ENTRY_DELETE)) {
            assertThat(replica.remove(path)).as(what).isTrue();
        } else {
            assertThat(replica).as(what).contains(path);
        }
    }
}
