package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_DELETE;
import static dev.kqueue.KEvent.EV_ENABLE;
import static dev.kqueue.Note.NOTE_ATTRIB;
import static dev.kqueue.Note.NOTE_DELETE;
import static dev.kqueue.Note.NOTE_EXTEND;
import static dev.kqueue.Note.NOTE_LINK;
import static dev.kqueue.Note.NOTE_RENAME;
import static dev.kqueue.Note.NOTE_WRITE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.Unistd;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** EVFILT_VNODE. Every note has a test of its own, from what causes it. */
class VnodeFilterTest extends FilterContract {
    private static final int EVERYTHING =
            NOTE_DELETE | NOTE_WRITE | NOTE_EXTEND | NOTE_ATTRIB | NOTE_LINK | NOTE_RENAME | Note.NOTE_REVOKE;

    @TempDir Path directory;

    private Path file;
    private int fd;
    private final Set<Integer> opened = new HashSet<>();

    @BeforeEach
    void create() throws IOException {
        file = Files.writeString(directory.resolve("file"), "0123456789");
        fd = open(file);
    }

    @AfterEach
    void close() {
        opened.forEach(Unistd::close);
    }

    private int open(Path path) {
        int opened = Fcntl.open(path.toString(), Fcntl.O_RDONLY | Fcntl.O_CLOEXEC, 0);
        assertThat(opened).isNotNegative();
        this.opened.add(opened);
        return opened;
    }

    @Override
    protected Filter filter() {
        return Filter.VNODE;
    }

    @Override
    protected long ident() {
        return fd;
    }

    @Override
    protected int flags() {
        return EV_CLEAR;
    }

    @Override
    protected int fflags() {
        return NOTE_WRITE;
    }

    @Override
    protected void cause() throws IOException {
        try (FileChannel channel = FileChannel.open(file, WRITE)) {
            channel.write(java.nio.ByteBuffer.wrap(new byte[] {'x'}));
        }
    }

    /** Watches for all that every system has. */
    private void watch(int ident) throws IOException {
        watch(ident, EVERYTHING);
    }

    private void watch(int ident, int notes) throws IOException {
        kq.change(ident, Filter.VNODE, EV_ADD | EV_CLEAR, notes, 0, ident);
    }

    private int awaitNotes() throws IOException {
        return kq.awaitOne().fflags();
    }

    @Test
    @Override
    void dispatchDisablesAfterTheReport() throws Exception {
        // With EV_CLEAR, as the contract's flags have it, some systems do not disable: EV_DISPATCH alone.
        kq.change(fd, Filter.VNODE, EV_ADD | KEvent.EV_DISPATCH, NOTE_WRITE, 0, 0);
        cause();
        awaitFired();
        cause();
        assertThat(kq.pending()).isEmpty();
        change(EV_ENABLE);
        awaitFired();
    }

    @Test
    @Override
    protected void modifyReplacesFflags() throws Exception {
        kq.change(fd, Filter.VNODE, EV_ADD | EV_CLEAR, NOTE_RENAME, 0, 0);
        cause();
        assertThat(kq.pending()).isEmpty();
        kq.change(fd, Filter.VNODE, EV_ADD | EV_CLEAR, NOTE_WRITE, 0, 0);
        assertThat(kq.pending()).as("what happened before is not reported").isEmpty();
        cause();
        assertThat(awaitNotes()).isEqualTo(NOTE_WRITE);
        kq.change(fd, Filter.VNODE, EV_ADD | EV_CLEAR, NOTE_RENAME, 0, 0);
        cause();
        assertThat(kq.pending()).isEmpty();
    }

    @Test
    void writeInPlaceIsWrite() throws IOException {
        watch(fd);
        cause();
        assertThat(awaitNotes()).isEqualTo(NOTE_WRITE);
    }

    @Test
    void appendIsWriteAndExtend() throws IOException {
        watch(fd);
        Files.writeString(file, "more", APPEND);
        assertThat(awaitNotes()).isEqualTo(NOTE_WRITE | NOTE_EXTEND);
    }

    @ParameterizedTest
    @ValueSource(ints = {NOTE_WRITE, NOTE_EXTEND})
    void appendIsBothThoughOneWasAskedFor(int one) throws IOException {
        watch(fd, one);
        Files.writeString(file, "more", APPEND);
        assertThat(awaitNotes()).isEqualTo(NOTE_WRITE | NOTE_EXTEND);
    }

    @ParameterizedTest
    @ValueSource(ints = {NOTE_WRITE, NOTE_LINK})
    void newSubdirectoryIsBothThoughOneWasAskedFor(int one) throws IOException {
        watch(open(directory), one);
        Files.createDirectory(directory.resolve("sub"));
        assertThat(awaitNotes()).isEqualTo(NOTE_WRITE | NOTE_LINK);
    }

    @RequiresAbility(Ability.TRUNCATE_NOTE)
    @Test
    void truncationIsReported() throws IOException {
        watch(fd, Note.NOTE_TRUNCATE());
        try (FileChannel channel = FileChannel.open(file, WRITE)) {
            channel.truncate(3);
        }
        // Kernels tell all notes of one operation, if one of them was asked for.
        assertThat(awaitNotes() & Note.NOTE_TRUNCATE()).isNotZero();
        cause();
        assertThat(kq.pending()).isEmpty();
    }

    @Test
    void permissionsAreAttrib() throws IOException {
        watch(fd);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThat(awaitNotes()).isEqualTo(NOTE_ATTRIB);
    }

    @Test
    void timesAreAttrib() throws IOException {
        watch(fd);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000_000_000L));
        assertThat(awaitNotes()).isEqualTo(NOTE_ATTRIB);
    }

    @Test
    void secondNameIsLink() throws IOException {
        watch(fd);
        Files.createLink(directory.resolve("second"), file);
        assertThat(awaitNotes()).isEqualTo(NOTE_LINK);
    }

    /** On macOS with NOTE_LINK. */
    private static int deletion() {
        return Ability.isSystem("macOS") ? NOTE_DELETE | NOTE_LINK : NOTE_DELETE;
    }

    @Test
    void removalIsDeleteWhileTheFileIsStillOpen() throws IOException {
        watch(fd);
        Files.delete(file);
        assertThat(awaitNotes()).isEqualTo(deletion());
    }

    @Test
    void removalOfOneNameOfTwoIsDelete() throws IOException {
        Path second = Files.createLink(directory.resolve("second"), file);
        watch(fd);
        Files.delete(second);
        assertThat(awaitNotes() & NOTE_DELETE).isEqualTo(NOTE_DELETE);
    }

    @Test
    void replacementIsDeleteOfTheOldAndRenameOfTheNew() throws IOException {
        Path other = Files.writeString(directory.resolve("other"), "x");
        int otherFd = open(other);
        watch(fd);
        watch(otherFd);
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
        List<KQueueDriver.Event> events = new ArrayList<>();
        while (events.size() < 2) {
            events.addAll(kq.await());
        }
        assertThat(events).hasSize(2);
        for (KQueueDriver.Event event : events) {
            int notes = event.fflags() & ~NOTE_LINK;
            assertThat(notes).isEqualTo(event.udata() == fd ? NOTE_DELETE : NOTE_RENAME);
        }
    }

    @Test
    void renameIsRenameAndTheFileIsWatchedOn() throws IOException {
        watch(fd);
        Path renamed = Files.move(file, directory.resolve("renamed"));
        assertThat(awaitNotes()).isEqualTo(NOTE_RENAME);
        Files.writeString(renamed, "more", APPEND);
        assertThat(awaitNotes()).isEqualTo(NOTE_WRITE | NOTE_EXTEND);
        Files.writeString(file, "a new file of the old name");
        assertThat(kq.pending()).isEmpty();
        Files.delete(renamed);
        assertThat(awaitNotes() & ~NOTE_LINK).isEqualTo(NOTE_DELETE);
    }

    @Test
    void removedFileThatIsStillWrittenToIsReported() throws IOException {
        try (FileChannel channel = FileChannel.open(file, WRITE)) {
            Files.delete(file);
            watch(fd);
            assertThat(kq.pending()).isEmpty();
            channel.write(java.nio.ByteBuffer.wrap(new byte[1]));
            assertThat(awaitNotes()).isEqualTo(NOTE_WRITE);
        }
    }

    @RequiresAbility(Ability.OPEN_NOTES)
    @Test
    void openReadAndCloseAreReported() throws IOException {
        watch(fd, Note.NOTE_OPEN() | Note.NOTE_READ() | Note.NOTE_CLOSE() | Note.NOTE_CLOSE_WRITE());
        int reader = Fcntl.open(file.toString(), Fcntl.O_RDONLY, 0);
        assertThat(awaitNotes()).isEqualTo(Note.NOTE_OPEN());
        Unistd.read(reader, java.lang.foreign.MemorySegment.ofArray(new byte[1]), 1);
        assertThat(awaitNotes()).isEqualTo(Note.NOTE_READ());
        Unistd.close(reader);
        assertThat(awaitNotes()).isEqualTo(Note.NOTE_CLOSE());
        int writer = Fcntl.open(file.toString(), Fcntl.O_WRONLY, 0);
        assertThat(awaitNotes()).isEqualTo(Note.NOTE_OPEN());
        Unistd.close(writer);
        assertThat(awaitNotes()).isEqualTo(Note.NOTE_CLOSE_WRITE());
    }

    @Test
    void notesGatherUntilTheyAreReported() throws IOException {
        watch(fd);
        cause();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Files.move(file, directory.resolve("renamed"));
        assertThat(awaitNotes()).isEqualTo(NOTE_WRITE | NOTE_ATTRIB | NOTE_RENAME);
        assertThat(kq.pending()).isEmpty();
    }

    @Test
    void withoutClearTheNotesStay() throws IOException {
        kq.change(fd, Filter.VNODE, EV_ADD, NOTE_WRITE, 0, 0);
        cause();
        assertThat(awaitNotes()).isEqualTo(NOTE_WRITE);
        assertThat(awaitNotes()).isEqualTo(NOTE_WRITE);
    }

    @Test
    void withoutClearTheNotesThatFollowAreAdded() throws IOException {
        kq.change(fd, Filter.VNODE, EV_ADD, NOTE_WRITE | NOTE_ATTRIB, 0, 0);
        cause();
        assertThat(awaitNotes()).isEqualTo(NOTE_WRITE);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThat(awaitNotes()).isEqualTo(NOTE_WRITE | NOTE_ATTRIB);
    }

    @Test
    void entriesOfADirectoryAreWrite() throws IOException {
        int dirFd = open(directory);
        watch(dirFd);
        Path entry = Files.writeString(directory.resolve("entry"), "x");
        assertThat(awaitNotes()).isEqualTo(NOTE_WRITE);
        Files.writeString(entry, "the contents of an entry do not matter");
        Files.setPosixFilePermissions(entry, PosixFilePermissions.fromString("rw-------"));
        assertThat(kq.pending()).isEmpty();
        Path renamed = Files.move(entry, directory.resolve("renamed"));
        assertThat(awaitNotes()).isEqualTo(NOTE_WRITE);
        Files.delete(renamed);
        assertThat(awaitNotes()).isEqualTo(NOTE_WRITE);
    }

    @Test
    void subdirectoriesAreWriteAndLink() throws IOException {
        int dirFd = open(directory);
        watch(dirFd);
        Path sub = Files.createDirectory(directory.resolve("sub"));
        assertThat(awaitNotes()).isEqualTo(NOTE_WRITE | NOTE_LINK);
        Files.delete(sub);
        assertThat(awaitNotes()).isEqualTo(NOTE_WRITE | NOTE_LINK);
    }

    @Test
    void moveBetweenDirectoriesChangesBoth() throws IOException {
        Path from = Files.createDirectory(directory.resolve("from"));
        Path to = Files.createDirectory(directory.resolve("to"));
        Path entry = Files.createFile(from.resolve("entry"));
        int fromFd = open(from);
        int toFd = open(to);
        watch(fromFd);
        watch(toFd);
        Files.move(entry, to.resolve("entry"));
        List<KQueueDriver.Event> events = new ArrayList<>();
        while (events.size() < 2) {
            events.addAll(kq.await());
        }
        assertThat(events).extracting(KQueueDriver.Event::udata).containsExactlyInAnyOrder((long) fromFd, (long) toFd);
        assertThat(events).allMatch(event -> (event.fflags() & NOTE_WRITE) != 0);
    }

    @Test
    void removalOfADirectoryThatIsOpenIsDelete() throws IOException {
        Path sub = Files.createDirectory(directory.resolve("sub"));
        int subFd = open(sub);
        watch(subFd, NOTE_DELETE | NOTE_RENAME);
        Files.delete(sub);
        assertThat(awaitNotes()).isEqualTo(NOTE_DELETE);
        assertThat(kq.pending()).isEmpty();
    }

    @Test
    void removalOfADirectoryIsSeenWhereItHasBeenMovedTo() throws IOException {
        Path sub = Files.createDirectory(directory.resolve("sub"));
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        int subFd = open(sub);
        watch(subFd, NOTE_DELETE | NOTE_RENAME);
        Path moved = Files.move(sub, elsewhere.resolve("moved"));
        assertThat(awaitNotes()).isEqualTo(NOTE_RENAME);
        Files.createDirectory(directory.resolve("another"));
        Files.delete(directory.resolve("another"));
        assertThat(kq.pending()).isEmpty();
        Files.delete(moved);
        assertThat(awaitNotes()).isEqualTo(NOTE_DELETE);
    }

    @Test
    void directoryAndItsParentAreWatchedTogether() throws IOException {
        Path sub = Files.createDirectory(directory.resolve("sub"));
        int subFd = open(sub);
        int dirFd = open(directory);
        watch(subFd);
        watch(dirFd);
        Files.delete(sub);
        List<KQueueDriver.Event> events = new ArrayList<>();
        while (events.size() < 2) {
            events.addAll(kq.await());
        }
        for (KQueueDriver.Event event : events) {
            assertThat(event.fflags() & (event.udata() == subFd ? NOTE_DELETE : NOTE_WRITE)).isNotZero();
        }
        kq.change(dirFd, Filter.VNODE, EV_DELETE, 0, 0, 0);
        Files.createFile(directory.resolve("entry"));
        assertThat(kq.pending()).isEmpty();
    }

    @Test
    void twoDescriptorsOfOneFileHaveTheirOwnNotes() throws IOException {
        int second = open(file);
        watch(fd, NOTE_WRITE);
        watch(second, NOTE_ATTRIB);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThat(kq.awaitOne().udata()).isEqualTo(second);
        cause();
        assertThat(kq.awaitOne().udata()).isEqualTo(fd);
        kq.change(fd, Filter.VNODE, EV_DELETE, 0, 0, 0);
        cause();
        assertThat(kq.pending()).isEmpty();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw----"));
        assertThat(kq.awaitOne().udata()).isEqualTo(second);
    }

    @Test
    void knoteAddedLaterIsNotToldOfWhatWasBefore() throws IOException {
        watch(fd, NOTE_WRITE);
        cause();
        int second = open(file);
        watch(second, NOTE_WRITE);
        assertThat(kq.awaitOne().udata()).isEqualTo(fd);
    }

    @RequiresAbility(Ability.OWN_KQUEUE)
    @Test
    void whatHappenedBeforeANoteWasAskedForIsNotTakenForIt() throws IOException {
        watch(fd, NOTE_RENAME);
        changeAllButTheName("one");
        int second = open(file);
        watch(second);
        assertEachChangeIsItself(second);
        changeAllButTheName("two");
        kq.change(second, Filter.VNODE, EV_DELETE, 0, 0, 0);
        changeAllButTheName("three");
        watch(fd);
        assertEachChangeIsItself(fd);
    }

    private void changeAllButTheName(String link) throws IOException {
        Files.createLink(directory.resolve(link), file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        Files.writeString(file, "more", APPEND);
    }

    private void assertEachChangeIsItself(int udata) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        KQueueDriver.Event event = kq.awaitOne();
        assertThat(event.udata()).isEqualTo(udata);
        assertThat(event.fflags()).isEqualTo(NOTE_ATTRIB);
        cause();
        assertThat(awaitNotes()).isEqualTo(NOTE_WRITE);
        Files.createLink(directory.resolve("link of " + udata), file);
        assertThat(awaitNotes()).isEqualTo(NOTE_LINK);
    }

    @Test
    void otherFilesThatChangeMeanwhileDoNotMatter() throws IOException {
        // The directory is watched for its subdirectory, and then for itself, while a file's change is still unread.
        int subFd = open(Files.createDirectory(directory.resolve("sub")));
        watch(subFd, NOTE_DELETE);
        watch(fd, NOTE_WRITE);
        cause();
        int dirFd = open(directory);
        watch(dirFd, NOTE_WRITE | NOTE_ATTRIB | NOTE_LINK);
        assertThat(kq.awaitOne().udata()).isEqualTo(fd);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        assertThat(awaitNotes()).isEqualTo(NOTE_ATTRIB);
    }

    @Test
    void descriptorThatIsNoFileIsRefused() throws IOException {
        try (Pair pipe = Pair.pipe();
                Pair sockets = Pair.sockets()) {
            // EOPNOTSUPP: DragonFly (sokqfilter(), pipe_kqfilter()).
            for (int noFile : new int[] {pipe.readEnd(), sockets.readEnd()}) {
                assertThat(kq.errno(noFile, Filter.VNODE, EV_ADD, NOTE_WRITE, 0)).isIn(Errno.EINVAL, Errno.EOPNOTSUPP);
            }
        }
    }

    @Test
    void closedDescriptorIsEBADF() throws IOException {
        Unistd.close(fd);
        assertThat(kq.errno(fd, Filter.VNODE, EV_ADD, NOTE_WRITE, 0)).isEqualTo(Errno.EBADF);
        assertThat(kq.errno(Integer.MAX_VALUE, Filter.VNODE, EV_ADD, NOTE_WRITE, 0)).isEqualTo(Errno.EBADF);
        opened.remove(fd);
    }

    @RequiresAbility(Ability.OWN_KQUEUE)
    @Test
    void unknownNoteIsRefused() throws IOException {
        assertThat(kq.errno(fd, Filter.VNODE, EV_ADD, 1 << 20, 0)).isEqualTo(Errno.EINVAL);
        watch(fd);
        assertThat(kq.errno(fd, Filter.VNODE, EV_ADD, 1 << 20, 0)).isEqualTo(Errno.EINVAL);
        cause();
        assertThat(awaitNotes()).as("as it was before").isEqualTo(NOTE_WRITE);
    }

    @Test
    void nextOwnerOfANumberInheritsNothing() throws IOException {
        watch(fd);
        Unistd.close(fd);
        Path other = Files.writeString(directory.resolve("other"), "x");
        assertThat(open(other)).as("the number is reused").isEqualTo(fd);
        cause();
        Files.delete(file);
        assertThat(kq.pending()).isEmpty();
        assertThat(kq.errno(fd, Filter.VNODE, EV_DELETE)).isEqualTo(Errno.ENOENT);
    }

    @Test
    void nextOwnerOfANumberAndOfAnInodeInheritsNothing() throws IOException {
        Object inode = Files.getAttribute(file, "unix:ino");
        watch(fd);
        cause();
        kq.errno(7, Filter.USER, EV_DELETE);
        removeAndReplace();
        assumeTrue(Files.getAttribute(file, "unix:ino").equals(inode), "the file system gives other numbers");
        assertThat(kq.pending()).isEmpty();
        assertThat(kq.errno(fd, Filter.VNODE, EV_DELETE)).isEqualTo(Errno.ENOENT);
        watch(fd);
        removeAndReplace();
        assertThat(kq.errno(fd, Filter.VNODE, EV_ENABLE, NOTE_WRITE, 0)).isEqualTo(Errno.ENOENT);
        watch(fd);
        cause();
        // Active, and not fetched: a change has found it out.
        kq.change(fd, Filter.VNODE, EV_ENABLE, NOTE_WRITE, 0, 0);
        removeAndReplace();
        assertThat(kq.pending()).isEmpty();
    }

    private void removeAndReplace() throws IOException {
        Files.delete(file);
        Unistd.close(fd);
        Files.writeString(file, "0123456789");
        assertThat(open(file)).as("the number is reused").isEqualTo(fd);
    }

    @Test
    void nextOwnerOfANumberIsAddedAnew() throws IOException {
        watch(fd);
        Unistd.close(fd);
        Path other = Files.writeString(directory.resolve("other"), "x");
        assertThat(open(other)).as("the number is reused").isEqualTo(fd);
        watch(fd);
        cause();
        assertThat(kq.pending()).isEmpty();
        Files.writeString(other, "more", APPEND);
        assertThat(awaitNotes()).isEqualTo(NOTE_WRITE | NOTE_EXTEND);
    }

    @Test
    void nextOwnerOfANumberIsNotDisturbedByTheFormerOnesFile() throws IOException {
        int second = open(file);
        watch(fd, NOTE_WRITE);
        watch(second, NOTE_ATTRIB);
        Path other = Files.writeString(directory.resolve("other"), "x");
        int otherFd = open(other);
        watch(otherFd, NOTE_ATTRIB);
        Unistd.close(fd);
        assertThat(open(other)).as("the number is reused").isEqualTo(fd);
        // One knote of the file is left, and its descriptor is of another file.
        kq.change(second, Filter.VNODE, EV_DELETE, 0, 0, 0);
        Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("rw-------"));
        assertThat(kq.awaitOne().udata()).isEqualTo(otherFd);
    }

    @Test
    void closingForgetsTheFile() throws IOException {
        watch(fd);
        cause();
        kq.kqueue.beforeClose(fd);
        Unistd.close(fd);
        opened.remove(fd);
        cause();
        assertThat(kq.pending()).isEmpty();
    }

    @Test
    void manyFilesAreWatchedByFewDescriptors() throws IOException {
        int count = 500;
        for (int i = 0; i < count; i++) {
            Path each = Files.createFile(directory.resolve("file" + i));
            watch(open(each), NOTE_WRITE);
        }
        int next = open(file);
        for (int i = 0; i < count; i++) {
            Files.writeString(directory.resolve("file" + i), "x", APPEND);
        }
        assertThat(open(file)).as("no descriptor was used for a watch").isEqualTo(next + 1);
        Set<Long> seen = new HashSet<>();
        while (seen.size() < count) {
            for (KQueueDriver.Event event : kq.await()) {
                assertThat(seen.add(event.udata())).isTrue();
            }
        }
        assertThat(kq.pending()).isEmpty();
    }
}
