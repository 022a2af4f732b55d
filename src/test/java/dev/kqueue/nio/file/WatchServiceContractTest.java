package dev.kqueue.nio.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.OVERFLOW;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.Watchable;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What the service refuses, and the directory for code that takes a Watchable. */
@Timeout(60)
class WatchServiceContractTest {
    private static final WatchEvent.Kind<?>[] KINDS = {ENTRY_CREATE};

    private final KQueueWatchService service = KQueueWatchService.open();
    private final Path root;

    WatchServiceContractTest(@TempDir Path root) throws IOException {
        this.root = root;
    }

    @AfterEach
    void close() throws IOException {
        service.close();
    }

    @Test
    void nullIsRefused() {
        assertThatNullPointerException().isThrownBy(() -> service.register(null, ENTRY_CREATE));
        assertThatNullPointerException().isThrownBy(() -> service.register(root, (WatchEvent.Kind<?>[]) null));
        assertThatNullPointerException().isThrownBy(() -> service.register(root, new WatchEvent.Kind<?>[1]));
        assertThatNullPointerException().isThrownBy(() -> service.register(root, KINDS, new WatchEvent.Modifier[1]));
        assertThatNullPointerException().isThrownBy(() -> service.register(root, KINDS, (WatchEvent.Modifier[]) null));
        assertThatNullPointerException().isThrownBy(() -> service.poll(1, null));
        assertThatNullPointerException().isThrownBy(() -> KQueueWatchService.watchable(null));
        assertThatNullPointerException()
                .isThrownBy(() -> KQueueWatchService.watchable(root).register(null, ENTRY_CREATE));
    }

    @Test
    void registrationWithoutAKindIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> service.register(root));
        assertThatIllegalArgumentException().isThrownBy(() -> service.register(root, OVERFLOW));
        assertThatIllegalArgumentException().isThrownBy(() -> service.register(root, OVERFLOW, OVERFLOW));
    }

    private record Named<T>(String name, Class<T> type) implements WatchEvent.Kind<T>, WatchEvent.Modifier {}

    @Test
    void unknownKindsAndModifiersAreNamed() {
        Named<Object> custom = new Named<>("custom", Object.class);

        assertThatThrownBy(() -> service.register(root, custom))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("custom");
        assertThatThrownBy(() -> service.register(root, KINDS, custom))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("custom");
    }

    @Test
    void modifiersOfTheJdkAreKnown() throws Exception {
        WatchEvent.Modifier tree =
                (WatchEvent.Modifier)
                        Class.forName("com.sun.nio.file.ExtendedWatchEventModifier").getField("FILE_TREE").get(null);

        assertThat(WatchInterest.of(KINDS, tree).tree()).isTrue();
        assertThat(WatchInterest.of(KINDS, KQueueWatchService.FILE_TREE).tree()).isTrue();
        assertThat(WatchInterest.of(KINDS).tree()).isFalse();
    }

    @Test
    void whatIsNoDirectoryIsNamed() throws IOException {
        Path file = Files.createFile(root.resolve("file"));
        Path missing = root.resolve("missing");

        assertThatThrownBy(() -> service.register(file, ENTRY_CREATE))
                .isInstanceOf(NotDirectoryException.class)
                .hasMessageContaining(file.toString());
        assertThatThrownBy(() -> service.register(missing, ENTRY_CREATE))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining(missing.toString());
        assertThat(service.register(root, ENTRY_CREATE).isValid()).isTrue();
    }

    @Test
    void pathOfAnotherFileSystemIsRefused() throws IOException {
        Path zip = root.resolve("files.zip");
        try (FileSystem files = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
            assertThatThrownBy(() -> service.register(files.getPath("/"), ENTRY_CREATE))
                    .isInstanceOf(ProviderMismatchException.class)
                    .hasMessageContaining(zip.toString());
        }
    }

    @Test
    void closedServiceIsNotUsed() throws IOException {
        service.close();

        assertThatThrownBy(service::poll).isInstanceOf(ClosedWatchServiceException.class);
        assertThatThrownBy(service::take).isInstanceOf(ClosedWatchServiceException.class);
        assertThatThrownBy(() -> service.poll(1, TimeUnit.DAYS)).isInstanceOf(ClosedWatchServiceException.class);
        assertThatThrownBy(() -> service.register(root, ENTRY_CREATE)).isInstanceOf(ClosedWatchServiceException.class);
        assertThat(root).isDirectory();
    }

    @Test
    void interruptedThreadStaysInterrupted() throws Exception {
        Thread.currentThread().interrupt();
        try {
            WatchKey key = service.register(root, ENTRY_CREATE);
            assertThat(key.isValid()).isTrue();
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
        Files.createFile(root.resolve("file"));
        assertThat(service.take().pollEvents()).hasSize(1);
    }

    @Test
    void watchableRegistersWithBothServices() throws Exception {
        Watchable watchable = KQueueWatchService.watchable(root);
        WatchKey ours = watchable.register(service, ENTRY_CREATE);
        try (WatchService theirs = root.getFileSystem().newWatchService()) {
            WatchKey key = watchable.register(theirs, ENTRY_CREATE);
            assertThat(key.watchable()).isEqualTo(root);
        }

        assertThat(ours.watchable()).isSameAs(watchable).hasToString(root.toString());
        assertThat(KQueueWatchService.watchable(root)).isEqualTo(watchable);
        Files.createFile(root.resolve("file"));
        assertThat(service.take()).isSameAs(ours);
    }

    @Test
    void limitOfEventsIsTheNumberOfTheProperty() {
        assertThat(DirectoryWatchKey.limit(null)).isEqualTo(512);
        assertThat(DirectoryWatchKey.limit("none")).isEqualTo(512);
        assertThat(DirectoryWatchKey.limit("5")).isEqualTo(5);
        assertThat(DirectoryWatchKey.limit("-5")).isEqualTo(1);
        assertThat(DirectoryWatchKey.limit("3000000000")).isEqualTo(Integer.MAX_VALUE);
    }
}
