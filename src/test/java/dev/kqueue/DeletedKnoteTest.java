package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_DELETE;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.Poll;
import dev.kqueue.internal.libc.Unistd;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** What a knote leaves behind that was deleted while its descriptor stays open: nothing that anybody could see. */
class DeletedKnoteTest {
    private static final Duration A_WHILE = Duration.ofMillis(30);

    private KQueueDriver kq;
    private Pair pair;

    @BeforeEach
    void open() throws IOException {
        kq = new KQueueDriver();
        pair = Pair.sockets();
    }

    @AfterEach
    void close() throws IOException {
        kq.close();
        pair.close();
    }

    private void addAndDelete(int flags) throws IOException {
        kq.change(pair.readEnd(), Filter.READ, EV_ADD | flags, 0, 0, 1);
        kq.change(pair.readEnd(), Filter.READ, EV_DELETE, 0, 0, 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, EV_CLEAR})
    void whatHappensAfterwardsIsNoEvent(int flags) throws IOException {
        addAndDelete(flags);
        for (int i = 0; i < 3; i++) {
            pair.write(1);
            assertThat(kq.fetch(1, A_WHILE)).isEmpty();
        }
        pair.closeWriteEnd();
        assertThat(kq.fetch(1, A_WHILE)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, EV_CLEAR})
    void whatHappenedMeanwhileIsFoundByTheNextAdd(int flags) throws IOException {
        addAndDelete(flags);
        pair.write(1);
        kq.change(pair.readEnd(), Filter.READ, EV_ADD | flags, 0, 0, 2);
        assertThat(kq.awaitOne().udata()).isEqualTo(2);
        kq.change(pair.readEnd(), Filter.READ, EV_DELETE, 0, 0, 0);
        assertThat(kq.pending()).isEmpty();
        kq.change(pair.readEnd(), Filter.READ, EV_ADD | flags, 0, 0, 3);
        assertThat(kq.awaitOne().udata()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, EV_CLEAR})
    void waitsAreNotKeptFromWaiting(int flags) throws IOException {
        assumeEpoll();
        addAndDelete(flags);
        pair.write(1);
        KQueueStatistics before = kq.kqueue.statistics();
        for (int i = 0; i < 5; i++) {
            assertThat(kq.fetch(1, A_WHILE)).isEmpty();
        }
        KQueueStatistics after = kq.kqueue.statistics();
        // Five that last, one that the event ends; a timeout may be cut short by a signal.
        assertThat(after.waits() - before.waits()).isBetween(5L, 12L);
        assertThat(after.controls() - before.controls()).isLessThanOrEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, EV_CLEAR})
    void aDuplicateThatLivesOnDoesNotKeepWaitsFromWaiting(int flags) throws IOException {
        assumeEpoll();
        addAndDelete(flags);
        int duplicate = Unistd.dup(pair.readEnd());
        try {
            pair.closeReadEnd();
            pair.write(1);
            KQueueStatistics before = kq.kqueue.statistics();
            for (int i = 0; i < 5; i++) {
                assertThat(kq.fetch(1, A_WHILE)).isEmpty();
            }
            assertThat(kq.kqueue.statistics().waits() - before.waits()).isBetween(5L, 12L);
        } finally {
            Unistd.close(duplicate);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, EV_CLEAR})
    void nextOwnerOfTheNumberIsAddedAlthoughADuplicateLivesOn(int flags) throws IOException {
        addAndDelete(flags);
        int duplicate = Unistd.dup(pair.readEnd());
        try (Pair next = Pair.sockets()) {
            assertThat(Unistd.dup2(next.readEnd(), pair.readEnd())).isEqualTo(pair.readEnd());
            kq.change(pair.readEnd(), Filter.READ, EV_ADD | flags, 0, 0, 2);
            pair.write(1);
            assertThat(kq.fetch(1, A_WHILE)).as("the old file is readable").isEmpty();
            next.write(1);
            assertThat(kq.awaitOne().udata()).isEqualTo(2);
        } finally {
            Unistd.close(duplicate);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, EV_CLEAR})
    void nextOwnerOfTheNumberIsAdded(int flags) throws IOException {
        addAndDelete(flags);
        pair.closeReadEnd();
        try (Pair next = Pair.sockets()) {
            assertThat(next.readEnd()).as("the number is reused").isEqualTo(pair.readEnd());
            assertThat(kq.errno(next.readEnd(), Filter.READ, EV_DELETE)).isEqualTo(Errno.ENOENT);
            kq.change(next.readEnd(), Filter.READ, EV_ADD | flags, 0, 0, 2);
            next.write(1);
            assertThat(kq.awaitOne().udata()).isEqualTo(2);
        }
    }

    @Test
    void nextOwnerOfTheNumberMayBeAPlainFile(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "12345");
        kq.change(pair.readEnd(), Filter.WRITE, EV_ADD, 0, 0, 1);
        // For this the kqueue has asked what kind of file it is.
        assertThat(kq.awaitOne().data()).isPositive();
        kq.change(pair.readEnd(), Filter.WRITE, EV_DELETE, 0, 0, 0);
        int opened = Fcntl.open(file.toString(), Fcntl.O_RDONLY, 0);
        try {
            assertThat(Unistd.dup2(opened, pair.readEnd())).isEqualTo(pair.readEnd());
            kq.change(pair.readEnd(), Filter.READ, EV_ADD, 0, 0, 2);
            assertThat(kq.awaitOne().data()).isEqualTo(5);
        } finally {
            Unistd.close(opened);
        }
    }

    @Test
    void closedDescriptorIsEBADF() throws IOException {
        addAndDelete(EV_CLEAR);
        pair.closeReadEnd();
        // ENOENT: macOS looks for the knote first (kevent_register()).
        assertThat(kq.errno(pair.readEnd(), Filter.READ, EV_DELETE)).isIn(Errno.EBADF, Errno.ENOENT);
        assertThat(kq.errno(pair.readEnd(), Filter.READ, EV_ADD)).isEqualTo(Errno.EBADF);
        assertThat(kq.pending()).isEmpty();
    }

    @Test
    void theQueuesOwnDescriptorIsReadableForNothingAFewTimesAtMost() throws IOException {
        addAndDelete(EV_CLEAR);
        int fd = kq.kqueue.descriptor();
        int readable = 0;
        for (int i = 0; i < 10; i++) {
            pair.write(1);
            readable += isReadable(fd) ? 1 : 0;
            assertThat(kq.pending()).isEmpty();
            assertThat(isReadable(fd)).isFalse();
        }
        assertThat(readable).isLessThanOrEqualTo(3);
    }

    private void assumeEpoll() {
        // A kernel's kqueue counts one call for all.
        Ability.OWN_KQUEUE.assume();
    }

    private static boolean isReadable(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment fds = arena.allocate(Poll.SIZE, 8);
            Poll.set(fds, 0, fd, Poll.POLLIN);
            return Poll.poll(fds, 1, 0) == 1;
        }
    }
}
