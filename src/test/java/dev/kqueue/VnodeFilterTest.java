package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_DELETE;
import static dev.kqueue.Note.NOTE_ATTRIB;
import static dev.kqueue.Note.NOTE_DELETE;
import static dev.kqueue.Note.NOTE_EXTEND;
import static dev.kqueue.Note.NOTE_LINK;
import static dev.kqueue.Note.NOTE_RENAME;
import static dev.kqueue.Note.NOTE_WRITE;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.Unistd;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** EVFILT_VNODE of files. Every note has a test of its own, from what causes it. */
class VnodeFilterTest extends VnodeFiles {
    @Test
    void writeInPlaceIsWrite() throws IOException {
        watch(fd);
        writeInPlace();
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

    @RequiresAbility(Ability.TRUNCATE_NOTE)
    @Test
    void truncationIsReported() throws IOException {
        watch(fd, Note.NOTE_TRUNCATE());
        try (FileChannel channel = FileChannel.open(file, WRITE)) {
            channel.truncate(3);
        }
        // Kernels tell all notes of one operation, if one of them was asked for.
        assertThat(awaitNotes() & Note.NOTE_TRUNCATE()).isNotZero();
        writeInPlace();
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
    void fileWithoutANameIsWatchedOnWhicheverNameWasItsLast() throws IOException {
        Path second = Files.createLink(directory.resolve("second"), file);
        try (FileChannel writer = FileChannel.open(file, WRITE)) {
            watch(fd);
            Files.delete(file);
            assertThat(awaitNotes() & NOTE_DELETE).isEqualTo(NOTE_DELETE);
            Files.delete(second);
            assertThat(awaitNotes() & NOTE_DELETE).isEqualTo(NOTE_DELETE);
            if (!Ability.STAND_IN.isPresent()) { // the stand-in kernel loses its inotify watch with the last name
                writer.write(ByteBuffer.allocate(1));
                assertThat(awaitNotes() & NOTE_WRITE).isEqualTo(NOTE_WRITE);
            }
        }
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
        writeInPlace();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Files.move(file, directory.resolve("renamed"));
        assertThat(awaitNotes()).isEqualTo(NOTE_WRITE | NOTE_ATTRIB | NOTE_RENAME);
        assertThat(kq.pending()).isEmpty();
    }

    @Test
    void withoutClearTheNotesStay() throws IOException {
        kq.change(fd, Filter.VNODE, EV_ADD, NOTE_WRITE, 0, 0);
        writeInPlace();
        assertThat(awaitNotes()).isEqualTo(NOTE_WRITE);
        assertThat(awaitNotes()).isEqualTo(NOTE_WRITE);
    }

    @Test
    void withoutClearTheNotesThatFollowAreAdded() throws IOException {
        kq.change(fd, Filter.VNODE, EV_ADD, NOTE_WRITE | NOTE_ATTRIB, 0, 0);
        writeInPlace();
        assertThat(awaitNotes()).isEqualTo(NOTE_WRITE);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThat(awaitNotes()).isEqualTo(NOTE_WRITE | NOTE_ATTRIB);
    }

    @Test
    void knoteAddedLaterIsNotToldOfWhatWasBefore() throws IOException {
        watch(fd, NOTE_WRITE);
        writeInPlace();
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
        writeInPlace();
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
        writeInPlace();
        int dirFd = open(directory);
        watch(dirFd, NOTE_WRITE | NOTE_ATTRIB | NOTE_LINK);
        assertThat(kq.awaitOne().udata()).isEqualTo(fd);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        assertThat(awaitNotes()).isEqualTo(NOTE_ATTRIB);
    }
}
