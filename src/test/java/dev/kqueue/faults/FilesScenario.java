package dev.kqueue.faults;

import dev.kqueue.nio.VnodeEvent;
import dev.kqueue.nio.VnodeKey;

import java.nio.channels.SelectionKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;

/** A file that is written and renamed, and its directory, as keys of a selector. */
final class FilesScenario extends SelectorScenario {
    private Path folder;
    private Path file;
    private VnodeKey ofFile;
    private VnodeKey ofFolder;
    private boolean isWritten;
    private boolean isRenamed;
    private boolean isFolderChanged;

    @Override
    void open() throws Exception {
        super.open();
        folder = Files.createTempDirectory("faults");
        own(() -> Files.deleteIfExists(folder));
        file = Files.createFile(folder.resolve("file"));
        own(() -> Files.deleteIfExists(file));
        own(() -> Files.deleteIfExists(folder.resolve("renamed")));
        ofFolder = selector.watchFile(folder, EnumSet.of(VnodeEvent.WRITE));
        own(ofFolder.channel());
    }

    @Override
    void act() throws Exception {
        ofFile = selector.watchFile(file, EnumSet.of(VnodeEvent.WRITE, VnodeEvent.RENAME));
        own(ofFile.channel());
        // The first selection tells the kernel.
        selector.selectNow();
        change();
    }

    private void change() throws Exception {
        isWritten = false;
        isRenamed = false;
        isFolderChanged = false;
        Files.write(file, new byte[10]);
        serveUntil("the write is reported", () -> isWritten);
        Files.move(file, folder.resolve("renamed"));
        serveUntil("the rename is reported", () -> isRenamed);
        serveUntil("the directory's change is reported", () -> isFolderChanged);
        Files.move(folder.resolve("renamed"), file);
    }

    @Override
    void after() throws Exception {
        isFolderChanged = false;
        Path other = folder.resolve("renamed");
        Files.write(other, new byte[1]);
        serveUntil("the directory's change is reported", () -> isFolderChanged || !ofFolder.isValid());
        Files.delete(other);
        super.after();
    }

    @Override
    void handle(SelectionKey key) {
        if (key.equals(ofFile)) {
            isWritten |= ofFile.events().contains(VnodeEvent.WRITE);
            isRenamed |= ofFile.events().contains(VnodeEvent.RENAME);
        } else {
            isFolderChanged = true;
        }
    }
}
