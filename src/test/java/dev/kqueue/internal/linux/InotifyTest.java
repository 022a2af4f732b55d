package dev.kqueue.internal.linux;

import static dev.kqueue.Note.NOTE_ATTRIB;
import static dev.kqueue.Note.NOTE_DELETE;
import static dev.kqueue.Note.NOTE_EXTEND;
import static dev.kqueue.Note.NOTE_LINK;
import static dev.kqueue.Note.NOTE_RENAME;
import static dev.kqueue.Note.NOTE_WRITE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.kqueue.Ability;
import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.Note;
import dev.kqueue.RequiresAbility;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.SysInotify;
import dev.kqueue.internal.libc.SysStat;
import dev.kqueue.internal.libc.Unistd;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashSet;
import java.util.Set;

/** What becomes of events that come in a bad moment, and of those that never come. */
@RequiresAbility(Ability.OWN_KQUEUE)
class InotifyTest {
    private static final int OPENED = Note.NOTE_OPEN() | Note.NOTE_CLOSE() | Note.NOTE_CLOSE_WRITE() | Note.NOTE_READ();

    private static final int APPENDED = NOTE_WRITE | NOTE_EXTEND;

    @TempDir Path folder;

    private final Queue queue = new Queue();
    private final Inotify inotify = queue.kqueue.core().inotify();
    private final Set<Integer> opened = new HashSet<>();
    private Path file;

    InotifyTest() throws IOException {}

    @BeforeEach
    void create() throws IOException {
        file = Files.writeString(folder.resolve("file"), "0123456789");
    }

    @AfterEach
    void close() {
        queue.close();
        opened.forEach(Unistd::close);
    }

    private long watch(Path path, int notes) throws IOException {
        int fd = open(path);
        assertThat(queue.add(fd, Filter.VNODE, notes)).isZero();
        return fd;
    }

    private int open(Path path) {
        int fd = Fcntl.open(path.toString(), Fcntl.O_RDONLY | Fcntl.O_CLOEXEC, 0);
        assertThat(fd).isNotNegative();
        opened.add(fd);
        return fd;
    }

    private void append(Path path) throws IOException {
        Files.writeString(path, "more", APPEND);
    }

    /** The kernel's word for events that had no room. */
    private void feedOverflow() {
        feed(-1, SysInotify.IN_Q_OVERFLOW);
    }

    private void feed(int wd, int mask) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment event = arena.allocate(16, 4);
            event.set(ValueLayout.JAVA_INT, 0, wd);
            event.set(ValueLayout.JAVA_INT, 4, mask);
            inotify.read(event);
        }
    }

    // -- Unmounting.

    @Test
    void unmountRevokesTheFileAndEndsItsKnote() throws IOException {
        long revoked = watch(file, Note.NOTE_REVOKE);
        long other = watch(folder, NOTE_WRITE);
        // The kernel numbers the watches of an inotify descriptor from 1.
        feed(1, SysInotify.IN_UNMOUNT);
        KEventList events = queue.one();
        assertThat(events.ident(0)).isEqualTo(revoked);
        assertThat(events.fflags(0)).isEqualTo(Note.NOTE_REVOKE);
        assertThat(events.flags(0) & KEvent.EV_EOF).isNotZero();
        assertThat(queue.change(revoked, Filter.VNODE, KEvent.EV_DELETE, 0, 0)).isEqualTo(Errno.ENOENT);
        assertThat(queue.change(other, Filter.VNODE, KEvent.EV_DELETE, 0, 0)).isZero();
    }

    // -- While the buffer is being read.

    @Test
    void renamedDirectoryDoesNotCostTheEventsBehindIts() throws IOException {
        Path directory = Files.createDirectory(folder.resolve("directory"));
        long parent = watch(folder, NOTE_WRITE);
        long renamed = watch(directory, NOTE_RENAME);
        Path other = Files.createTempFile("inotify", "file");
        long written = watch(other, NOTE_WRITE);
        Files.move(directory, folder.resolve("renamed"));
        append(other);
        // More than a buffer holds.
        for (int i = 0; i < 1000; i++) {
            Files.createFile(folder.resolve("n".repeat(200) + i));
        }

        assertThat(queue.pending())
                .containsEntry(parent, NOTE_WRITE)
                .containsEntry(renamed, NOTE_RENAME)
                .containsEntry(written, APPENDED);
        Files.delete(other);
    }

    @Test
    void removalOfARenamedDirectoryIsSeenInItsNewParent() throws IOException {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Path directory = Files.createDirectory(folder.resolve("directory"));
        long ident = watch(directory, NOTE_DELETE | NOTE_RENAME);
        Path moved = Files.move(directory, elsewhere.resolve("moved"));
        assertThat(queue.pending()).containsEntry(ident, NOTE_RENAME);
        Files.delete(moved);

        assertThat(queue.pending()).containsEntry(ident, NOTE_DELETE);
    }

    @Test
    void descriptorOfAFileWhoseOthersWereClosedIsWatched() throws IOException {
        int former = (int) watch(file, NOTE_WRITE);
        append(file);
        // Behind the kqueue's back: it finds out while it adds the next one.
        opened.remove(former);
        int next = open(file);
        Unistd.close(former);
        assertThat(queue.add(next, Filter.VNODE, NOTE_WRITE)).isZero();
        assertThat(queue.pending()).isEmpty();
        append(file);

        assertThat(queue.pending()).containsEntry((long) next, APPENDED);
    }

    // -- When the queue has overflowed.

    @Test
    void renameThatFoundTheQueueFullIsReported() throws IOException {
        int longest = Integer.parseInt(Reasons.read(Path.of("/proc/sys/fs/inotify/max_queued_events")));
        Path other = Files.writeString(folder.resolve("other"), "");
        Path third = Files.writeString(folder.resolve("third"), "");
        long renamed = watch(file, NOTE_RENAME);
        watch(other, NOTE_WRITE);
        watch(third, NOTE_WRITE);
        try (FileChannel a = FileChannel.open(other, WRITE);
                FileChannel b = FileChannel.open(third, WRITE)) {
            // Two equal events in a row are one.
            for (int i = 0; i < longest; i += 2) {
                a.write(ByteBuffer.allocate(1));
                b.write(ByteBuffer.allocate(1));
            }
        }
        Files.move(file, folder.resolve("renamed"));

        assertThat(queue.pending()).containsEntry(renamed, NOTE_RENAME);
    }

    @Test
    void whatLeavesNoTraceCountsAsHavingHappened() throws IOException {
        long ident =
                watch(file, OPENED | NOTE_WRITE | NOTE_EXTEND | NOTE_ATTRIB | NOTE_RENAME | NOTE_LINK | NOTE_DELETE);
        feedOverflow();

        assertThat(queue.pending()).containsEntry(ident, OPENED | NOTE_WRITE | NOTE_EXTEND | NOTE_ATTRIB);
    }

    @Test
    void whatCanBeSeenIsReportedOnlyIfItHappened() throws IOException {
        long ident = watch(file, NOTE_RENAME | NOTE_LINK | NOTE_DELETE);
        feedOverflow();
        assertThat(queue.pending()).isEmpty();
        Files.delete(file);
        feedOverflow();

        assertThat(queue.pending()).containsEntry(ident, NOTE_DELETE);
    }

    @Test
    void fileOfTwoNamesMayHaveBeenRenamedByTheOther() throws IOException {
        Files.createLink(folder.resolve("link"), file);
        long ident = watch(file, NOTE_RENAME);
        feedOverflow();

        assertThat(queue.pending()).containsEntry(ident, NOTE_RENAME);
    }

    @Test
    void renameIsKnownAfterwardsAndNotReportedAgain() throws IOException {
        long ident = watch(file, NOTE_RENAME);
        Files.move(file, folder.resolve("renamed"));
        assertThat(queue.pending()).containsEntry(ident, NOTE_RENAME);
        feedOverflow();

        assertThat(queue.pending()).isEmpty();
    }

    @Test
    void directoryMayHaveHadEntriesThatCameAndWent() throws IOException {
        Path directory = Files.createDirectory(folder.resolve("directory"));
        long ident = watch(directory, NOTE_WRITE | NOTE_LINK | NOTE_DELETE | NOTE_RENAME);
        feedOverflow();

        assertThat(queue.pending()).containsEntry(ident, NOTE_WRITE | NOTE_LINK);
    }

    @Test
    void directoryWhoseSubdirectoryIsGoneIsNotDeleted() throws IOException {
        Path subdirectory = Files.createDirectories(folder.resolve("directory/sub"));
        Path directory = subdirectory.getParent();
        long ident = watch(directory, NOTE_DELETE | NOTE_ATTRIB);
        Files.delete(subdirectory);
        Files.setLastModifiedTime(directory, FileTime.fromMillis(1));

        assertThat(queue.pending()).containsEntry(ident, NOTE_ATTRIB);
    }

    @Test
    void failedReadCountsAsAnOverflowOnce() throws IOException {
        long ident = watch(file, Note.NOTE_OPEN());
        inotify.failed(Errno.ENOMEM);
        assertThat(queue.pending()).containsEntry(ident, Note.NOTE_OPEN());
        watch(folder, NOTE_WRITE);
        inotify.failed(Errno.ENOMEM);
        inotify.failed(Errno.ENOMEM);
        assertThat(queue.pending()).containsEntry(ident, Note.NOTE_OPEN());

        inotify.failed(Errno.EAGAIN);
        assertThat(queue.pending()).isEmpty();
    }

    // -- When a file cannot be looked at.

    @Test
    void fileThatCannotBeLookedAtStaysWatched() throws IOException {
        long ident = watch(file, NOTE_WRITE | NOTE_DELETE);
        inotify.look().fstat = (fd, stat) -> -Errno.ENOMEM;
        append(file);
        assertThat(queue.pending()).containsEntry(ident, NOTE_WRITE);
        inotify.look().fstat = SysStat::fstat;
        append(file);
        assertThat(queue.pending()).containsEntry(ident, APPENDED);
        Files.delete(file);

        assertThat(queue.pending()).containsEntry(ident, NOTE_DELETE);
    }

    @Test
    void removalOfAFileThatCannotBeLookedAtIsReported() throws IOException {
        long ident = watch(file, NOTE_DELETE);
        inotify.look().fstat = (fd, stat) -> -Errno.ENOMEM;
        Files.delete(file);

        assertThat(queue.pending()).containsEntry(ident, NOTE_DELETE);
    }

    @Test
    void descriptorThatIsClosedIsForgotten() throws IOException {
        int fd = (int) watch(file, NOTE_WRITE);
        opened.remove(fd);
        append(file);
        Unistd.close(fd);

        assertThat(queue.pending()).isEmpty();
        assertThat(inotify.size()).isZero();
    }

    @Test
    void failureToLookAtAFileIsTheErrorOfTheChange() throws IOException {
        int fd = open(file);
        inotify.look().fstat = (descriptor, stat) -> -Errno.ENOMEM;
        assertThat(queue.add(fd, Filter.VNODE, NOTE_WRITE)).isEqualTo(Errno.ENOMEM);
        inotify.look().fstat = SysStat::fstat;
        assertThat(inotify.size()).isZero();
        assertThat(queue.add(fd, Filter.VNODE, NOTE_WRITE)).isZero();
        append(file);

        assertThat(queue.pending()).containsEntry((long) fd, APPENDED);
    }

    // -- When memory runs out.

    @Test
    void eventIsReportedAfterHandlingItHasRunOutOfMemory() throws IOException {
        long ident = watch(file, NOTE_WRITE);
        long other = watch(folder, NOTE_WRITE);
        append(file);
        Files.createFile(folder.resolve("entry"));
        inotify.look().fstat =
                (fd, stat) -> {
                    throw new OutOfMemoryError("of the test");
                };
        assertThatThrownBy(queue::pending).isInstanceOf(OutOfMemoryError.class);
        inotify.look().fstat = SysStat::fstat;

        assertThat(queue.pending()).containsEntry(ident, NOTE_WRITE).containsEntry(other, NOTE_WRITE);
        append(file);
        assertThat(queue.pending()).containsEntry(ident, APPENDED);
    }

    @Test
    void registrationThatRunsOutOfMemoryLeavesNothing() throws IOException {
        int fd = open(file);
        watch(folder, NOTE_ATTRIB);
        int size = inotify.size();
        int[] calls = {0};
        inotify.look().fstat =
                (descriptor, stat) -> {
                    // The first look is before the watch is added, the second after.
                    if (calls[0]++ == 1) {
                        throw new OutOfMemoryError("of the test");
                    }
                    return SysStat.fstat(descriptor, stat);
                };
        assertThat(queue.add(fd, Filter.VNODE, NOTE_WRITE)).isEqualTo(Errno.ENOMEM);
        assertThat(inotify.size()).isEqualTo(size);
        assertThat(queue.add(fd, Filter.VNODE, NOTE_WRITE)).isZero();
        append(file);

        assertThat(queue.pending()).containsEntry((long) fd, APPENDED);
    }
}
