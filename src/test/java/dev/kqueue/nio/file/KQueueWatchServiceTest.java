package dev.kqueue.nio.file;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;
import static java.nio.file.StandardWatchEventKinds.OVERFLOW;

import dev.kqueue.internal.directory.RandomTree;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** A program that watches directories with the service. */
@Timeout(60)
class KQueueWatchServiceTest {
    private final KQueueWatchService service = KQueueWatchService.open();
    private final Path root;

    KQueueWatchServiceTest(@TempDir Path root) throws IOException {
        this.root = root;
    }

    @AfterEach
    void close() throws IOException {
        service.close();
    }

    /** Takes keys until one of them has had the event, and returns all events: kind and name. */
    private List<String> await(WatchEvent.Kind<?> kind, String name) throws InterruptedException {
        List<String> all = new ArrayList<>();
        while (!all.contains(kind + " " + name)) {
            WatchKey key = service.take();
            key.pollEvents().forEach(event -> all.add(event.kind() + " " + event.context()));
            assertThat(key.reset()).isTrue();
        }
        return all;
    }

    @Test
    void entriesAreReportedByTheirNames() throws Exception {
        WatchKey key = service.register(root, ENTRY_CREATE, ENTRY_DELETE, ENTRY_MODIFY);
        assertThat(key.watchable()).isSameAs(root);

        Path file = Files.createFile(root.resolve("file"));
        await(ENTRY_CREATE, "file");
        // One system call, and so one event: without APPEND the file is emptied first.
        Files.writeString(file, "text", StandardOpenOption.APPEND);
        await(ENTRY_MODIFY, "file");
        Files.move(file, root.resolve("moved"));
        assertThat(await(ENTRY_CREATE, "moved")).containsExactly("ENTRY_DELETE file", "ENTRY_CREATE moved");
        Files.delete(root.resolve("moved"));
        await(ENTRY_DELETE, "moved");
    }

    @Test
    void otherKindsAreNotReported() throws Exception {
        service.register(root, ENTRY_DELETE);
        Path file = Files.createFile(root.resolve("file"));
        Files.writeString(file, "text");
        Path other = Files.createFile(root.resolve("other"));
        // A registration sees all that came before as reported, or not.
        service.register(root, ENTRY_DELETE);
        assertThat(service.poll()).isNull();
        Files.delete(other);
        assertThat(await(ENTRY_DELETE, "other")).hasSize(1);
    }

    @Test
    void newFileIsModifiedForAKeyThatDoesNotAskForCreation() throws Exception {
        service.register(root, ENTRY_MODIFY);
        Files.writeString(root.resolve("file"), "text");

        await(ENTRY_MODIFY, "file");
    }

    @Test
    void editorsSaveIsReportedOfTheName() throws Exception {
        Path file = Files.writeString(root.resolve("file"), "old");
        service.register(root, ENTRY_CREATE, ENTRY_DELETE, ENTRY_MODIFY);
        for (int i = 0; i < 10; i++) {
            Path temporary = Files.writeString(root.resolve("file~"), "new " + i);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            await(ENTRY_CREATE, "file");
        }
    }

    @Test
    void repeatedWritesAreOneEventWithACount() throws Exception {
        Path file = Files.createFile(root.resolve("file"));
        WatchKey key = service.register(root, ENTRY_MODIFY);
        for (int i = 0; i < 3; i++) {
            Files.writeString(file, "x", StandardOpenOption.APPEND);
            // Its look is over when the registration returns.
            service.register(root, ENTRY_MODIFY);
        }

        assertThat(service.take()).isSameAs(key);
        List<WatchEvent<?>> events = key.pollEvents();
        assertThat(events).hasSize(1);
        assertThat(events.getFirst().count()).isEqualTo(3);
        assertThat(events.getFirst().context()).isEqualTo(Path.of("file"));
        assertThat(events.getFirst()).hasToString("ENTRY_MODIFY file, 3 times");
    }

    @Test
    void eventsBeforeResetQueueTheKeyAgain() throws Exception {
        WatchKey key = service.register(root, ENTRY_CREATE);
        Files.createFile(root.resolve("one"));
        assertThat(service.take()).isSameAs(key);
        assertThat(key.pollEvents()).hasSize(1);
        Files.createFile(root.resolve("two"));
        service.register(root, ENTRY_CREATE);
        assertThat(service.poll()).as("taken, and not reset").isNull();
        assertThat(key.reset()).isTrue();

        assertThat(service.poll()).isSameAs(key);
        assertThat(key.pollEvents().getFirst().context()).isEqualTo(Path.of("two"));
        assertThat(key.reset()).isTrue();
        assertThat(service.poll()).isNull();
    }

    @Test
    void directoryIsRegisteredOnceByAnyPath() throws Exception {
        Path directory = Files.createDirectory(root.resolve("directory"));
        Path link = Files.createSymbolicLink(root.resolve("link"), directory);
        WatchKey key = service.register(directory, ENTRY_CREATE);

        assertThat(service.register(directory, ENTRY_DELETE)).isSameAs(key);
        assertThat(service.register(link, ENTRY_DELETE)).isSameAs(key);
        Path file = Files.createFile(directory.resolve("file"));
        service.register(directory, ENTRY_DELETE);
        Files.delete(file);
        assertThat(await(ENTRY_DELETE, "file")).hasSize(1);
        assertThat(key.watchable()).isSameAs(directory);
    }

    @Test
    void treeIsReportedByRelativePaths() throws Exception {
        Path inner = Files.createDirectories(root.resolve("a/b"));
        WatchKey key = service.register(root, new WatchEvent.Kind<?>[] {ENTRY_CREATE}, KQueueWatchService.FILE_TREE);
        Files.createFile(inner.resolve("file"));
        await(ENTRY_CREATE, "a/b/file");

        assertThat(service.register(root, ENTRY_CREATE)).isSameAs(key);
        Files.createFile(inner.resolve("unseen"));
        Files.createFile(root.resolve("seen"));
        assertThat(await(ENTRY_CREATE, "seen")).hasSize(1);
        service.register(root, new WatchEvent.Kind<?>[] {ENTRY_DELETE}, KQueueWatchService.FILE_TREE);
        Files.delete(inner.resolve("file"));
        assertThat(await(ENTRY_DELETE, "a/b/file")).hasSize(1);
    }

    @Test
    void cancelledKeyIsNotQueued() throws Exception {
        Path other = Files.createDirectory(root.resolve("other"));
        WatchKey key = service.register(root, ENTRY_CREATE);
        service.register(other, ENTRY_CREATE);
        key.cancel();
        key.cancel();
        assertThat(key.isValid()).isFalse();
        assertThat(key.reset()).isFalse();
        Files.createFile(root.resolve("file"));
        Files.createFile(other.resolve("other"));

        assertThat(await(ENTRY_CREATE, "other")).hasSize(1);
        assertThat(service.poll()).isNull();
        assertThat(service.register(root, ENTRY_CREATE)).isNotSameAs(key);
    }

    @Test
    void pendingEventsOfACancelledKeyCanBeRead() throws Exception {
        WatchKey key = service.register(root, ENTRY_CREATE);
        Files.createFile(root.resolve("file"));
        service.register(root, ENTRY_CREATE);
        key.cancel();

        assertThat(service.poll()).isSameAs(key);
        assertThat(key.pollEvents()).hasSize(1);
        assertThat(key.reset()).isFalse();
    }

    @Test
    void keyOfADirectoryThatIsDeletedIsQueuedAndInvalid() throws Exception {
        Path directory = Files.createDirectory(root.resolve("directory"));
        Files.createFile(directory.resolve("file"));
        WatchKey key = service.register(directory, ENTRY_CREATE, ENTRY_DELETE);
        RandomTree.delete(directory);
        do {
            assertThat(service.take()).isSameAs(key);
        } while (key.reset());
        assertThat(key.isValid()).isFalse();

        Files.createDirectory(directory);
        WatchKey again = service.register(directory, ENTRY_CREATE);
        assertThat(again).isNotSameAs(key);
        Files.createFile(directory.resolve("file"));
        await(ENTRY_CREATE, "file");
    }

    @Test
    void pathThatLeadsToAnotherDirectoryIsAnotherRegistration() throws Exception {
        Path one = Files.createDirectory(root.resolve("one"));
        WatchKey first = service.register(one, ENTRY_CREATE);
        Files.move(one, root.resolve("two"));
        WatchKey second = service.register(root.resolve("two"), ENTRY_CREATE);

        assertThat(second).isNotSameAs(first);
        Files.createFile(root.resolve("two/file"));
        List<Object> names = new ArrayList<>();
        while (names.isEmpty()) {
            WatchKey key = service.take();
            key.pollEvents().forEach(event -> names.add(key.equals(second) ? event.context() : "of the first key"));
            key.reset();
        }
        assertThat(names).containsExactly(Path.of("file"));
        assertThat(first.isValid()).isFalse();
    }

    @Test
    void moreEventsThanTheLimitAreAnOverflow() throws Exception {
        WatchKey key = service.register(root, ENTRY_CREATE);
        for (int i = 0; i < 600; i++) {
            Files.createFile(root.resolve("file" + i));
        }
        service.register(root, ENTRY_CREATE);

        List<WatchEvent<?>> events = key.pollEvents();
        assertThat(events).hasSize(1);
        assertThat((Object) events.getFirst().kind()).isEqualTo(OVERFLOW);
        assertThat(events.getFirst().context()).isNull();
        assertThat(events.getFirst().count()).isEqualTo(600 - 512);
    }

    @Test
    void threadThatWaitsLearnsOfTheClose() throws Exception {
        WatchKey key = service.register(root, ENTRY_CREATE);
        List<CompletableFuture<WatchKey>> waiting = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            waiting.add(CompletableFuture.supplyAsync(this::take, task -> Thread.ofPlatform().start(task)));
        }
        service.close();
        service.close();

        for (CompletableFuture<WatchKey> taken : waiting) {
            try {
                assertThat(taken.get()).isNull();
            } catch (ExecutionException e) {
                assertThat(e.getCause()).isInstanceOf(ClosedWatchServiceException.class);
            }
        }
        assertThat(key.isValid()).isFalse();
        assertThat(key.reset()).isFalse();
        key.cancel();
    }

    private WatchKey take() {
        try {
            return service.take();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void timeoutIsKept() throws InterruptedException {
        long start = System.nanoTime();
        assertThat(service.poll(20, TimeUnit.MILLISECONDS)).isNull();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(20));
    }
}
