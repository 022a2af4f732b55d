package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_DELETE;
import static dev.kqueue.KEvent.EV_DISABLE;
import static dev.kqueue.KEvent.EV_ENABLE;
import static dev.kqueue.KEvent.EV_ONESHOT;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.file.StandardOpenOption.APPEND;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.Unistd;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/** EVFILT_READ and EVFILT_WRITE of files and devices, most of which poll(2) knows nothing about. */
class FileEventsTest {
    @TempDir Path directory;

    private KQueueDriver kq;
    private Path file;
    private int fd;
    private final Set<Integer> opened = new HashSet<>();

    @BeforeEach
    void open() throws IOException {
        kq = new KQueueDriver();
        file = Files.writeString(directory.resolve("file"), "0123456789");
        fd = open(file, Fcntl.O_RDWR);
    }

    @AfterEach
    void close() throws IOException {
        kq.close();
        opened.forEach(Unistd::close);
    }

    private int open(Path path, int flags) {
        int opened = Fcntl.open(path.toString(), flags | Fcntl.O_CLOEXEC, 0);
        assertThat(opened).isNotNegative();
        this.opened.add(opened);
        return opened;
    }

    private void add(Filter filter, int flags) throws IOException {
        kq.change(fd, filter, EV_ADD | flags, 0, 0, 7);
    }

    private void read(int bytes) {
        assertThat(Unistd.read(fd, MemorySegment.ofArray(new byte[bytes]), bytes)).isEqualTo(bytes);
    }

    @Test
    void readTellsTheDistanceToTheEnd() throws IOException {
        add(Filter.READ, 0);
        KQueueDriver.Event event = kq.awaitOne();
        assertThat(event.data()).isEqualTo(10);
        assertThat(event.udata()).isEqualTo(7);
        read(4);
        assertThat(kq.awaitOne().data()).isEqualTo(6);
        read(6);
        assertThat(kq.pending()).isEmpty();
    }

    @Test
    void growthEndsAWaitAtTheEnd() throws Exception {
        read(10);
        add(Filter.READ, 0);
        assertThat(kq.pending()).isEmpty();
        Thread writer =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        Thread.sleep(30);
                                        Files.writeString(file, "more", APPEND);
                                    } catch (IOException | InterruptedException e) {
                                        throw new AssertionError(e);
                                    }
                                });
        assertThat(kq.awaitOne().data()).isEqualTo(4);
        writer.join();
        read(4);
        assertThat(kq.pending()).isEmpty();
        Files.writeString(file, "again", APPEND);
        assertThat(kq.awaitOne().data()).isEqualTo(5);
    }

    @Test
    void readGoesOnAfterARenameAndARemoval() throws IOException {
        read(10);
        add(Filter.READ, 0);
        Path renamed = Files.move(file, directory.resolve("renamed"));
        Files.writeString(renamed, "more", APPEND);
        assertThat(kq.awaitOne().data()).isEqualTo(4);
        read(4);
        Files.delete(renamed);
        assertThat(kq.pending()).isEmpty();
        int writer = Unistd.dup(fd);
        opened.add(writer);
        assertThat(Unistd.write(writer, MemorySegment.ofArray(new byte[3]), 3)).isEqualTo(3);
        // The duplicate shares the offset, which stands at the end again.
        assertThat(kq.pending()).isEmpty();
    }

    @Test
    void clearReportsEachGrowthOnce() throws IOException {
        read(10);
        add(Filter.READ, EV_CLEAR);
        Files.writeString(file, "more", APPEND);
        assertThat(kq.awaitOne().data()).isEqualTo(4);
        assertThat(kq.pending()).isEmpty();
        Files.writeString(file, "more", APPEND);
        assertThat(kq.awaitOne().data()).isEqualTo(8);
        assertThat(kq.pending()).isEmpty();
    }

    @Test
    void oneshotDisableAndDelete() throws IOException {
        add(Filter.READ, EV_ONESHOT);
        kq.awaitOne();
        assertThat(kq.pending()).isEmpty();
        assertThat(kq.errno(fd, Filter.READ, EV_DELETE)).isEqualTo(Errno.ENOENT);
        add(Filter.READ, EV_DISABLE);
        assertThat(kq.pending()).isEmpty();
        kq.change(fd, Filter.READ, EV_ENABLE, 0, 0, 0);
        kq.awaitOne();
        kq.change(fd, Filter.READ, EV_DISABLE, 0, 0, 0);
        assertThat(kq.pending()).isEmpty();
        kq.change(fd, Filter.READ, EV_DELETE, 0, 0, 0);
        assertThat(kq.pending()).isEmpty();
    }

    @RequiresAbility(Ability.FILE_POLL_NOTE)
    @Test
    void filePollIsReadyAtTheEnd() throws IOException {
        read(10);
        kq.change(fd, Filter.READ, EV_ADD, Note.NOTE_FILE_POLL(), 0, 0);
        kq.awaitOne();
        kq.awaitOne();
    }

    @RequiresAbility(Ability.FILES_ARE_WRITABLE)
    @Test
    void fileIsAlwaysWritable() throws IOException {
        add(Filter.WRITE, 0);
        add(Filter.READ, 0);
        assertThat(kq.await()).hasSize(2);
        assertThat(kq.await()).hasSize(2);
        kq.change(fd, Filter.WRITE, EV_DELETE, 0, 0, 0);
        assertThat(kq.awaitOne().filter()).isEqualTo(Filter.READ.value());
    }

    @Test
    void readAndVnodeOfOneFileAreWatchedTogether() throws IOException {
        read(10);
        add(Filter.READ, EV_CLEAR);
        kq.change(fd, Filter.VNODE, EV_ADD | EV_CLEAR, Note.NOTE_WRITE, 0, 0);
        Files.writeString(file, "more", APPEND);
        assertThat(kq.await())
                .extracting(KQueueDriver.Event::filter)
                .containsExactlyInAnyOrder(Filter.READ.value(), Filter.VNODE.value());
        kq.change(fd, Filter.VNODE, EV_DELETE, 0, 0, 0);
        Files.writeString(file, "more", APPEND);
        assertThat(kq.awaitOne().filter()).isEqualTo(Filter.READ.value());
    }

    @Test
    void nextOwnerOfANumberInheritsNothing() throws IOException {
        add(Filter.READ, 0);
        Unistd.close(fd);
        Path other = Files.writeString(directory.resolve("other"), "x");
        assertThat(open(other, Fcntl.O_RDONLY)).as("the number is reused").isEqualTo(fd);
        assertThat(kq.pending()).isEmpty();
        assertThat(kq.errno(fd, Filter.READ, EV_DELETE)).isEqualTo(Errno.ENOENT);
        add(Filter.READ, 0);
        assertThat(kq.awaitOne().data()).isEqualTo(1);
    }

    @Test
    void nextOwnerOfANumberMayBeASocket() throws IOException {
        add(Filter.READ, 0);
        Unistd.close(fd);
        opened.remove(fd);
        try (Pair pair = Pair.sockets()) {
            assertThat(pair.readEnd()).as("the number is reused").isEqualTo(fd);
            assertThat(kq.pending()).isEmpty();
            add(Filter.READ, 0);
            assertThat(kq.pending()).isEmpty();
            pair.write(1);
            assertThat(kq.awaitOne().data()).isEqualTo(1);
        }
    }

    @RequiresAbility(Ability.NULL_IS_WATCHED)
    @Test
    void nullDeviceIsAlwaysReady() throws IOException {
        fd = open(Path.of("/dev/null"), Fcntl.O_RDWR);
        add(Filter.READ, 0);
        add(Filter.WRITE, EV_ONESHOT);
        assertThat(kq.await()).hasSize(2);
        assertThat(kq.await()).hasSize(1);
    }

    @RequiresAbility(Ability.OWN_KQUEUE)
    @Test
    void directoryIsRefused() throws IOException {
        int dirFd = open(directory, Fcntl.O_RDONLY);
        assertThat(kq.errno(dirFd, Filter.READ, EV_ADD)).isEqualTo(Errno.EINVAL);
        assertThat(kq.errno(dirFd, Filter.READ, EV_DELETE)).isEqualTo(Errno.ENOENT);
    }

    @Test
    void namedPipeIsReadAndReachesItsEnd() throws Exception {
        Path fifo = directory.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
        fd = open(fifo, Fcntl.O_RDONLY | Fcntl.O_NONBLOCK);
        add(Filter.READ, 0);
        assertThat(kq.pending()).as("no writer yet is no end").isEmpty();
        int writer = Fcntl.open(fifo.toString(), Fcntl.O_WRONLY | Fcntl.O_NONBLOCK, 0);
        Unistd.write(writer, MemorySegment.ofArray(new byte[3]), 3);
        assertThat(kq.awaitOne().data()).isEqualTo(3);
        read(3);
        assertThat(kq.pending()).isEmpty();
        Unistd.close(writer);
        assertThat(kq.awaitOne().has(KEvent.EV_EOF)).isTrue();
        int next = Fcntl.open(fifo.toString(), Fcntl.O_WRONLY | Fcntl.O_NONBLOCK, 0);
        opened.add(next);
        Unistd.write(next, MemorySegment.ofArray(new byte[2]), 2);
        KQueueDriver.Event event = kq.awaitOne();
        assertThat(event.has(KEvent.EV_EOF)).as("a new writer ends the end").isFalse();
        assertThat(event.data()).isEqualTo(2);
    }

    @RequiresAbility(Ability.TERMINALS)
    @Test
    void terminalIsReadAndWritten() throws Exception {
        int master = open(Path.of("/dev/ptmx"), Fcntl.O_RDWR | Fcntl.O_NONBLOCK);
        fd = master;
        add(Filter.WRITE, EV_ONESHOT);
        kq.awaitOne();
        add(Filter.READ, 0);
        assertThat(kq.pending()).isEmpty();
        // A terminal echoes what is typed.
        assertThat(Unistd.write(master, MemorySegment.ofArray(new byte[] {'a', 'b', 'c'}), 3)).isEqualTo(3);
        assertThat(kq.awaitOne().data()).isEqualTo(3);
        read(3);
        assertThat(kq.pending()).isEmpty();
    }

    @RequiresAbility(Ability.OWN_ABI)
    @Test
    void terminalThatNobodyReadsIsNotWritable() throws Exception {
        Ability.TERMINALS.assume();
        try (Pair pair = Terminal.writtenTo()) {
            fd = pair.writeEnd();
            add(Filter.WRITE, EV_ONESHOT);
            kq.awaitOne();
            add(Filter.WRITE, 0);
            long deadline = System.nanoTime() + KQueueDriver.SOON.toNanos();
            do {
                // The terminal moves what was written on to its reader, and has room again for a while.
                pair.fill();
                assertThat(System.nanoTime()).isLessThan(deadline);
            } while (!kq.fetch(1, Duration.ofMillis(20)).isEmpty());
            pair.drain();
            assertThat(kq.awaitOne().filter()).isEqualTo(Filter.WRITE.value());
        }
    }

    @RequiresAbility(Ability.OWN_ABI)
    @Test
    void terminalWhoseUserIsGoneIsAtItsEnd() throws Exception {
        Ability.TERMINALS.assume();
        try (Pair pair = Terminal.typedTo()) {
            fd = pair.readEnd();
            add(Filter.READ, 0);
            assertThat(kq.pending()).isEmpty();
            pair.closeWriteEnd();
            assertThat(kq.awaitOne().has(KEvent.EV_EOF)).isTrue();
        }
    }

    @RequiresAbility(Ability.OWN_KQUEUE)
    @Test
    void deviceThatPollKnowsIsReadAndWritten() throws IOException {
        fd = open(Path.of("/dev/urandom"), Fcntl.O_RDONLY);
        add(Filter.READ, EV_ONESHOT);
        kq.awaitOne();
        fd = open(Path.of("/dev/zero"), Fcntl.O_RDWR);
        add(Filter.READ, EV_ONESHOT);
        kq.awaitOne();
        add(Filter.WRITE, EV_ONESHOT);
        kq.awaitOne();
        assertThat(kq.pending()).isEmpty();
    }
}
