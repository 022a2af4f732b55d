package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_DELETE;
import static dev.kqueue.KEvent.EV_DISABLE;
import static dev.kqueue.KEvent.EV_ENABLE;
import static dev.kqueue.KEvent.EV_ONESHOT;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** How many system calls the kqueue over epoll makes: exactly. */
@RequiresAbility(Ability.OWN_KQUEUE)
class SystemCallsTest {
    private static final int READ = Filter.READ.value();
    private static final int WRITE = Filter.WRITE.value();
    private static final int N = 10;

    private KQueueDriver kq;
    private final List<Pair> pairs = new ArrayList<>();
    private final KEventList changes = KEventList.allocate(2 * N);
    private final KEventList events = KEventList.withoutData(2 * N);
    private KQueueStatistics before;

    @BeforeEach
    void open() throws IOException {
        kq = new KQueueDriver();
        for (int i = 0; i < N; i++) {
            pairs.add(Pair.sockets());
        }
    }

    @AfterEach
    void close() throws IOException {
        kq.close();
        pairs.forEach(Pair::close);
    }

    private void all(int filter, int flags) {
        for (Pair pair : pairs) {
            changes.add(pair.readEnd(), filter, flags, 0, 0, 0);
        }
    }

    private void allBoth(int flags) {
        for (Pair pair : pairs) {
            changes.add(pair.readEnd(), READ, flags, 0, 0, 0);
            changes.add(pair.readEnd(), WRITE, flags, 0, 0, 0);
        }
    }

    private int kevent() throws IOException {
        before = kq.kqueue.statistics();
        int n = kq.kqueue.kevent(changes, events, 0);
        changes.clear();
        return n;
    }

    private void assertCalls(int controls, int waits, int others) {
        KQueueStatistics after = kq.kqueue.statistics();
        assertThat(after.controls() - before.controls()).as("epoll_ctl").isEqualTo(controls);
        assertThat(after.waits() - before.waits()).as("epoll_wait").isEqualTo(waits);
        assertThat(after.others() - before.others()).as("others").isEqualTo(others);
    }

    @Test
    void changesAndWaitAreOneCallForEachDescriptorAndOne() throws IOException {
        all(READ, EV_ADD);
        kevent();
        assertCalls(N, 1, 0);
    }

    @Test
    void readAndWriteOfADescriptorAreOneCall() throws IOException {
        allBoth(EV_ADD);
        assertThat(kevent()).isEqualTo(N);
        assertCalls(N, 1, 0);
    }

    @Test
    void readinessIsFetchedByOneCall() throws IOException {
        all(READ, EV_ADD);
        kevent();
        pairs.forEach(pair -> pair.write(1));
        assertThat(kevent()).isEqualTo(N);
        assertCalls(0, 1, 0);
        assertThat(kq.kqueue.statistics().events() - before.events()).isEqualTo(N);
    }

    @Test
    void dataCostsACallForEachEvent() throws IOException {
        all(READ, EV_ADD);
        kevent();
        pairs.forEach(pair -> pair.write(1));
        before = kq.kqueue.statistics();
        assertThat(kq.pending()).hasSize(N);
        assertCalls(0, 1, N);
    }

    /** epoll reports edges of both then, and each report of the level is asked for by poll(2). */
    @Test
    void levelBesideAnEdgeCostsACallForEachReport() throws IOException {
        all(READ, EV_ADD);
        all(WRITE, EV_ADD | EV_CLEAR);
        pairs.forEach(pair -> pair.write(1));
        assertThat(kevent()).isEqualTo(2 * N);
        for (int i = 0; i < 3; i++) {
            assertThat(kevent()).isEqualTo(N);
            assertCalls(0, 1, N);
        }
    }

    @Test
    void disableAndEnableAreOneCallEach() throws IOException {
        all(READ, EV_ADD);
        kevent();
        all(READ, EV_DISABLE);
        kevent();
        assertCalls(N, 1, 0);
        all(READ, EV_ENABLE);
        kevent();
        assertCalls(N, 1, 0);
        all(READ, EV_DELETE);
        kevent();
        assertCalls(N, 1, 0);
    }

    @Test
    void swappingTheFilterIsOneCall() throws IOException {
        all(READ, EV_ADD);
        kevent();
        for (Pair pair : pairs) {
            changes.add(pair.readEnd(), READ, EV_DELETE, 0, 0, 0);
            changes.add(pair.readEnd(), WRITE, EV_ADD, 0, 0, 0);
        }
        kevent();
        assertCalls(N, 1, 0);
    }

    @Test
    void deletingAnEdgeMakesNoCallAndAddingItAgainOne() throws IOException {
        all(READ, EV_ADD | EV_CLEAR);
        kevent();
        for (int i = 0; i < 3; i++) {
            all(READ, EV_DELETE);
            kevent();
            assertCalls(0, 1, 0);
            all(READ, EV_ADD | EV_CLEAR);
            kevent();
            assertCalls(N, 1, 0);
        }
    }

    @Test
    void eventsOfADeletedEdgeMakeNoCallUntilTheyAreTooMany() throws IOException {
        all(READ, EV_ADD | EV_CLEAR);
        all(READ, EV_DELETE);
        kevent();
        for (int i = 0; i < 2; i++) {
            pairs.forEach(pair -> pair.write(1));
            assertThat(kevent()).isZero();
            assertCalls(0, 1, 0);
        }
        pairs.forEach(pair -> pair.write(1));
        assertThat(kevent()).isZero();
        assertCalls(N, 1, 0);
        pairs.forEach(pair -> pair.write(1));
        assertThat(kevent()).isZero();
        assertCalls(0, 1, 0);
        all(READ, EV_ADD | EV_CLEAR);
        assertThat(kevent()).isEqualTo(N);
        assertCalls(N, 1, 0);
    }

    @Test
    void oneshotThatIsAddedAgainIsOneCall() throws IOException {
        pairs.forEach(pair -> pair.write(1));
        for (int i = 0; i < 3; i++) {
            all(READ, EV_ADD | EV_ONESHOT);
            assertThat(kevent()).isEqualTo(N);
            assertCalls(N, 1, 0);
            assertThat(kevent()).isZero();
            assertCalls(0, 1, 0);
        }
    }

    @Test
    void closingMakesNoCallIfTheDescriptionIsNotShared() throws IOException {
        all(READ, EV_ADD);
        kevent();
        before = kq.kqueue.statistics();
        pairs.forEach(pair -> kq.kqueue.beforeClose(pair.readEnd(), false));
        assertCalls(0, 0, 0);
    }

    @Test
    void closingMakesOneCallIfTheDescriptionMayBeShared() throws IOException {
        all(READ, EV_ADD);
        kevent();
        before = kq.kqueue.statistics();
        pairs.forEach(pair -> kq.kqueue.beforeClose(pair.readEnd()));
        assertCalls(N, 0, 0);
    }

    @Test
    void userEventThatNobodyWaitsForMakesNoCall() throws IOException {
        kq.change(1, Filter.USER, EV_ADD | EV_CLEAR, 0, 0, 0);
        before = kq.kqueue.statistics();
        kq.change(1, Filter.USER, 0, Note.NOTE_TRIGGER, 0, 0);
        assertCalls(0, 0, 0);
        assertThat(kevent()).isEqualTo(1);
        assertCalls(0, 1, 0);
    }

    /** One that waits, one that reads what has happened, and for each file one that sees what it has become. */
    @Test
    void eventsOfFilesAreFetchedByTwoCallsAndOneForEach(@TempDir Path folder) throws IOException {
        List<WatchedFile> files = new ArrayList<>();
        try {
            for (int i = 0; i < N; i++) {
                WatchedFile file = WatchedFile.open(Files.writeString(folder.resolve("file" + i), ""));
                files.add(file);
                changes.add(file.descriptor(), Filter.VNODE.value(), EV_ADD | EV_CLEAR, Note.NOTE_WRITE, 0, 0);
            }
            assertThat(kevent()).isZero();
            for (int i = 0; i < 3; i++) {
                for (WatchedFile file : files) {
                    Files.writeString(file.path(), "x", StandardOpenOption.WRITE);
                }
                assertThat(kevent()).isEqualTo(N);
                assertCalls(0, 1, 1 + N);
            }
        } finally {
            files.forEach(WatchedFile::close);
        }
    }

    @Test
    void manyTimersSetTheTimerOnce() throws IOException {
        kq.change(0, Filter.TIMER, EV_ADD, 0, 3_600_000, 0);
        for (int i = 1; i <= N; i++) {
            changes.add(i, Filter.TIMER.value(), EV_ADD, 0, 1_800_000 - i, 0);
        }
        assertThat(kevent()).isZero();
        assertCalls(0, 1, 1);
    }
}
