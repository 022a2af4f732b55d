package dev.kqueue;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.nio.FdChannel;
import dev.kqueue.nio.KQueueSelector;
import dev.kqueue.nio.SendFile;
import dev.kqueue.nio.VnodeChannel;
import dev.kqueue.nio.VnodeEvent;
import dev.kqueue.nio.file.KQueueWatchService;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.StandardWatchEventKinds;
import java.util.Map;
import java.util.Set;

/** A path within a zip file is refused in the same words by all that takes a path: with the path, and why. */
@Timeout(120)
class ForeignPathTest {
    private static final Set<VnodeEvent> EVENTS = Set.of(VnodeEvent.WRITE);

    @TempDir private Path folder;

    private FileSystem zip;
    private Path entry;

    @BeforeEach
    void makeZip() throws IOException {
        zip = FileSystems.newFileSystem(folder.resolve("some.zip"), Map.of("create", "true"));
        entry = zip.getPath("/entry");
    }

    @AfterEach
    void closeZip() throws IOException {
        zip.close();
    }

    private String refusal() {
        return "/entry is a path of the file system "
                + folder.resolve("some.zip")
                + " (jar), not of the default file system: the kernel does not know its file";
    }

    private void assertRefused(ThrowingCallable call) {
        assertThatThrownBy(call).isExactlyInstanceOf(UnsupportedOperationException.class).hasMessage(refusal());
    }

    @Test
    void whatOpensTheFileRefusesIt() throws IOException {
        assertRefused(() -> WatchedFile.open(entry));
        assertRefused(() -> VnodeChannel.open(entry, EVENTS));
        assertRefused(() -> FdChannel.open(entry));
        assertRefused(() -> SendFile.open(entry));
        try (SocketChannel target = SocketChannel.open()) {
            assertRefused(() -> SendFile.send(entry, 0, 1, target));
        }
    }

    @Test
    void selectorRefusesIt() throws IOException {
        try (KQueueSelector selector = KQueueSelector.open()) {
            assertRefused(() -> selector.watchFile(entry, EVENTS));
            assertRefused(() -> selector.watchPath(entry));
            assertRefused(() -> selector.watchDirectory(entry));
            assertRefused(() -> selector.watchTree(entry));
        }
    }

    @Test
    void watchServiceRefusesItByTheExceptionOfTheJdk() throws IOException {
        try (KQueueWatchService service = KQueueWatchService.open()) {
            assertThatThrownBy(() -> service.register(entry, StandardWatchEventKinds.ENTRY_CREATE))
                    .isExactlyInstanceOf(ProviderMismatchException.class)
                    .hasMessage(refusal());
        }
    }
}
