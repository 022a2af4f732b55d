package dev.kqueue;

import static dev.kqueue.KEvent.EV_DELETE;
import static dev.kqueue.Note.NOTE_DELETE;
import static dev.kqueue.Note.NOTE_LINK;
import static dev.kqueue.Note.NOTE_RENAME;
import static dev.kqueue.Note.NOTE_WRITE;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** EVFILT_VNODE of directories. */
class VnodeDirectoryTest extends VnodeFiles {
    @ParameterizedTest
    @ValueSource(ints = {NOTE_WRITE, NOTE_LINK})
    void newSubdirectoryIsBothThoughOneWasAskedFor(int one) throws IOException {
        watch(open(directory), one);
        Files.createDirectory(directory.resolve("sub"));
        assertThat(awaitNotes()).isEqualTo(NOTE_WRITE | NOTE_LINK);
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
}
