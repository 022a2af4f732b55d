package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.Set;

/** Names in a selector: saves as editors and deployments make them. */
@Timeout(60)
class PathKeysTest {
    private final KQueueSelector selector = KQueueSelector.open();
    private final Path folder;
    private final Path file;

    PathKeysTest(@TempDir Path folder) throws IOException {
        this.folder = folder.toRealPath();
        file = this.folder.resolve("app.conf");
    }

    @AfterEach
    void close() throws IOException {
        selector.close();
    }

    /** Selects until the event comes, and takes in what may follow it. */
    private Set<PathEvent> await(PathKey key, PathEvent event) throws IOException {
        Set<PathEvent> all = EnumSet.noneOf(PathEvent.class);
        while (!all.contains(event)) {
            selector.select(ready -> all.addAll(key.events()));
        }
        int more;
        do {
            more = selector.selectNow(ready -> all.addAll(key.events()));
        } while (more > 0);
        return all;
    }

    private void save(String text) throws IOException {
        Path temporary = Files.writeString(folder.resolve("." + text), text);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void saveInPlaceIsAModification() throws IOException {
        Files.writeString(file, "first");
        PathKey key = selector.watchPath(file, "attachment");
        assertThat(key.attachment()).isEqualTo("attachment");
        assertThat(key.path()).isEqualTo(file);
        assertThat(key.exists()).isTrue();
        assertThat(selector.selectNow()).isZero();
        for (String text : new String[] {"other", "later"}) {
            Files.writeString(file, text);
            assertThat(await(key, PathEvent.MODIFIED)).containsExactly(PathEvent.MODIFIED);
        }
    }

    @Test
    void eachSaveByRenameIsReported() throws IOException {
        Files.writeString(file, "first");
        PathKey key = selector.watchPath(file);
        for (String text : new String[] {"second", "third", "fourth"}) {
            save(text);
            assertThat(await(key, PathEvent.REPLACED)).containsExactly(PathEvent.REPLACED);
            assertThat(key.exists()).isTrue();
        }
        Files.writeString(file, "in place", StandardOpenOption.APPEND);
        assertThat(await(key, PathEvent.MODIFIED)).containsExactly(PathEvent.MODIFIED);
    }

    @Test
    void saveWithABackupIsReported() throws IOException {
        Files.writeString(file, "first");
        PathKey key = selector.watchPath(file);
        for (int i = 0; i < 3; i++) {
            // As vim with 'backup': the former file is renamed, a new one is written.
            Files.move(file, folder.resolve("app.conf~"), StandardCopyOption.REPLACE_EXISTING);
            Files.writeString(file, "new");
            assertThat(await(key, PathEvent.REPLACED)).isSubsetOf(PathEvent.REPLACED, PathEvent.MODIFIED);
        }
        Files.writeString(folder.resolve("app.conf~"), "of the backup");
        assertThat(selector.select(50)).as("the former file has another name").isZero();
    }

    @Test
    void deletionAndCreationAreReportedApart() throws IOException {
        Files.writeString(file, "first");
        PathKey key = selector.watchPath(file);
        for (int i = 0; i < 3; i++) {
            Files.delete(file);
            assertThat(await(key, PathEvent.DELETED)).containsExactly(PathEvent.DELETED);
            assertThat(key.exists()).isFalse();
            Files.createFile(file);
            assertThat(await(key, PathEvent.CREATED)).containsExactly(PathEvent.CREATED);
            Files.writeString(file, "text");
            assertThat(await(key, PathEvent.MODIFIED)).containsExactly(PathEvent.MODIFIED);
        }
    }

    @Test
    void fileThatIsAbsentAtFirstIsAwaited() throws IOException {
        PathKey key = selector.watchPath(file);
        assertThat(key.exists()).isFalse();
        Files.writeString(folder.resolve("other"), "text");
        assertThat(selector.select(50)).as("of another file").isZero();
        save("first");
        assertThat(await(key, PathEvent.CREATED)).contains(PathEvent.CREATED);
        assertThat(key.exists()).isTrue();
    }

    @Test
    void linkThatIsChangedIsAReplacement() throws IOException {
        for (String release : new String[] {"1", "2"}) {
            Files.writeString(Files.createDirectories(folder.resolve("releases/" + release)).resolve("conf"), release);
        }
        Path current = Files.createSymbolicLink(folder.resolve("current"), Path.of("releases/1"));
        Path link = Files.createSymbolicLink(file, current.resolve("../../current/conf"));
        PathKey key = selector.watchPath(link);
        for (String release : new String[] {"2", "1", "2"}) {
            Path next = Files.createSymbolicLink(folder.resolve("next"), Path.of("releases", release));
            Files.move(next, current, StandardCopyOption.ATOMIC_MOVE);
            assertThat(await(key, PathEvent.REPLACED)).containsExactly(PathEvent.REPLACED);
        }
        Files.writeString(folder.resolve("releases/2/conf"), "new");
        assertThat(await(key, PathEvent.MODIFIED)).containsExactly(PathEvent.MODIFIED);
        Files.writeString(folder.resolve("releases/1/conf"), "new");
        assertThat(selector.select(50)).as("of the former release").isZero();
    }

    @Test
    void directoryThatVanishesIsAwaited() throws IOException {
        Path directory = Files.createDirectories(folder.resolve("a/b"));
        Path inside = Files.writeString(directory.resolve("conf"), "text");
        PathKey key = selector.watchPath(inside);
        Files.delete(inside);
        Files.delete(directory);
        Files.delete(directory.getParent());
        await(key, PathEvent.DELETED);
        Files.createDirectories(directory);
        while (selector.selectNow() > 0) {
            selector.selectedKeys().clear();
        }
        Files.writeString(inside, "new");
        assertThat(await(key, PathEvent.CREATED)).contains(PathEvent.CREATED);
    }

    @Test
    void attributesAreNoEvents() throws IOException {
        Files.writeString(file, "text");
        selector.watchPath(file);
        assertThat(file.toFile().setReadOnly()).isTrue();
        assertThat(selector.select(50)).isZero();
    }

    @Test
    void whatCannotBeWatchedIsNamed() throws IOException {
        assertThatThrownBy(() -> selector.watchPath(folder.resolve("absent/conf")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("absent");
        Files.writeString(file, "text");
        assertThatThrownBy(() -> selector.watchPath(file.resolve("conf")))
                .isInstanceOf(NotDirectoryException.class)
                .hasMessageContaining(file.toString());
        assertThat(selector.keys()).isEmpty();
    }

    @Test
    void cancelledKeyLeavesNoDescriptor() throws IOException {
        Files.writeString(file, "text");
        long before = OpenDescriptors.count();
        for (int i = 0; i < 10; i++) {
            selector.watchPath(file).cancel();
            selector.selectNow();
        }
        assertThat(OpenDescriptors.count()).isEqualTo(before);
    }
}
