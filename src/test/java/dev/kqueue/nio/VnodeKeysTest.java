package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.channels.SelectionKey.OP_READ;
import static java.nio.file.StandardOpenOption.APPEND;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Files in a selector, on this system's kqueue. */
@Timeout(60)
class VnodeKeysTest {
    private static final Set<VnodeEvent> ANY =
            EnumSet.of(
                    VnodeEvent.DELETE,
                    VnodeEvent.WRITE,
                    VnodeEvent.EXTEND,
                    VnodeEvent.ATTRIB,
                    VnodeEvent.LINK,
                    VnodeEvent.RENAME);

    private final KQueueSelector selector = KQueueSelector.open();
    private final Path folder;
    private final Path file;

    VnodeKeysTest(@TempDir Path folder) throws IOException {
        this.folder = folder;
        this.file = Files.createFile(folder.resolve("file"));
    }

    @AfterEach
    void close() throws IOException {
        selector.close();
    }

    /** Selects until all of these events are in the key's record. */
    private void await(VnodeKey key, VnodeEvent... events) throws IOException {
        while (!key.events().containsAll(List.of(events))) {
            selector.select();
        }
        selector.selectedKeys().clear();
    }

    @Test
    void keyTellsWhatHasHappened() throws IOException {
        VnodeKey key = selector.watchFile(file, ANY, "attachment");
        Files.writeString(file, "some", APPEND);
        await(key, VnodeEvent.WRITE, VnodeEvent.EXTEND);
        assertThat(key.events()).doesNotContain(VnodeEvent.DELETE, VnodeEvent.RENAME);
        assertThat(key.path()).isEqualTo(file);
        assertThat(key.attachment()).isEqualTo("attachment");

        Files.setLastModifiedTime(file, FileTime.fromMillis(1));
        await(key, VnodeEvent.ATTRIB);
        Path renamed = Files.move(file, folder.resolve("renamed"));
        await(key, VnodeEvent.RENAME);
        Files.writeString(renamed, "more", APPEND);
        await(key, VnodeEvent.WRITE);
        assertThat(key.events()).doesNotContain(VnodeEvent.RENAME);
        Files.delete(renamed);
        await(key, VnodeEvent.DELETE);
    }

    @Test
    void changeRightAfterTheRegistrationIsReported() throws IOException {
        VnodeKey key = selector.watchFile(file, ANY);
        Files.writeString(file, "at once");

        assertThat(selector.select()).isOne();
        assertThat(key.events()).contains(VnodeEvent.WRITE);
    }

    @Test
    void eventsAddUpWhileTheKeyIsSelected() throws IOException {
        VnodeKey key = selector.watchFile(file, ANY);
        Files.writeString(file, "some");
        selector.select();
        Files.delete(file);
        while (!key.events().contains(VnodeEvent.DELETE)) {
            selector.select(100);
        }

        assertThat(key.events()).contains(VnodeEvent.WRITE, VnodeEvent.DELETE);
    }

    @Test
    void onlyWhatIsWatchedForIsReported() throws IOException {
        VnodeKey key = selector.watchFile(file, EnumSet.of(VnodeEvent.DELETE));
        Files.writeString(file, "some");
        assertThat(selector.select(50)).isZero();
        Files.delete(file);
        selector.select();

        assertThat(key.events()).containsExactly(VnodeEvent.DELETE);
    }

    @Test
    void directoryTellsOfItsEntries() throws IOException {
        VnodeKey key = selector.watchFile(folder, EnumSet.of(VnodeEvent.WRITE));
        Path entry = Files.createFile(folder.resolve("entry"));
        await(key, VnodeEvent.WRITE);
        Files.move(entry, folder.resolve("other"));
        await(key, VnodeEvent.WRITE);
        Files.delete(folder.resolve("other"));
        await(key, VnodeEvent.WRITE);
    }

    @Test
    void fileThatIsReplacedByRenamingIsDeleted() throws IOException {
        VnodeKey key = selector.watchFile(file, ANY);
        Path replacement = Files.writeString(folder.resolve("new"), "new");
        Files.move(replacement, file, StandardCopyOption.REPLACE_EXISTING);

        await(key, VnodeEvent.DELETE);
    }

    @Test
    void keyWithoutInterestKeepsWhatHappens() throws IOException {
        VnodeKey key = selector.watchFile(file, ANY);
        key.interestOps(0);
        selector.selectNow();
        Files.writeString(file, "some");
        assertThat(selector.select(50)).isZero();
        key.interestOps(OP_READ);

        assertThat(selector.select()).isOne();
        assertThat(key.events()).contains(VnodeEvent.WRITE);
    }

    @Test
    void oneFileMayHaveManyKeys() throws IOException {
        Set<SelectionKey> keys = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            keys.add(selector.watchFile(file, ANY, i));
        }
        Files.writeString(file, "some");
        while (selector.selectedKeys().size() < 10) {
            selector.select();
        }

        assertThat(selector.selectedKeys()).isEqualTo(keys);
    }

    @Test
    void cancelledKeyClosesItsFileAndIsSilent() throws IOException {
        long before = OpenDescriptors.count();
        VnodeKey key = selector.watchFile(file, ANY);
        key.cancel();
        Files.writeString(file, "some");

        assertThat(selector.select(50)).isZero();
        assertThat(key.channel().isOpen()).isFalse();
        assertThat(OpenDescriptors.count()).isLessThanOrEqualTo(before + 1); // the kqueue's own for files stays
    }

    @Test
    void channelOpenedByHandStaysOpenWithoutItsKey() throws IOException {
        try (VnodeChannel channel = VnodeChannel.open(file, ANY)) {
            channel.register(selector, OP_READ).cancel();
            selector.selectNow();
            assertThat(channel.isOpen()).isTrue();

            SelectionKey again = channel.register(selector, OP_READ);
            Files.writeString(file, "some");
            selector.select();
            assertThat(selector.selectedKeys()).containsExactly(again);
        }
    }

    @Test
    void closedChannelLeavesNothingForTheNextOwnerOfItsNumber() throws IOException {
        for (int i = 0; i < 100; i++) {
            VnodeChannel channel = VnodeChannel.open(file, ANY);
            channel.register(selector, OP_READ);
            channel.close();
            selector.selectNow();
            try (VnodeChannel next = VnodeChannel.open(folder, EnumSet.of(VnodeEvent.DELETE))) {
                SelectionKey key = next.register(selector, OP_READ);
                Files.writeString(file, "some");
                assertThat(selector.selectNow()).isZero();
                key.cancel();
            }
        }
        assertThat(selector.keys().stream().filter(SelectionKey::isValid)).isEmpty();
    }

    @Test
    void whatCannotBeWatchedIsNamed() {
        Path missing = folder.resolve("missing");

        assertThatThrownBy(() -> selector.watchFile(missing, ANY))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining(missing.toString());
        assertThatThrownBy(() -> selector.watchFile(file, Set.of())).isInstanceOf(IllegalArgumentException.class);
        for (VnodeEvent event : VnodeEvent.values()) {
            if (!event.isDefined()) {
                assertThatThrownBy(() -> selector.watchFile(file, EnumSet.of(event)))
                        .isInstanceOf(UnsupportedOperationException.class)
                        .hasMessageContaining("NOTE_" + event);
            }
        }
        assertThat(selector.keys()).isEmpty();
    }
}
