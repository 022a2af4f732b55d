package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_DELETE;
import static dev.kqueue.KEvent.EV_DISABLE;
import static dev.kqueue.KEvent.EV_ENABLE;
import static dev.kqueue.KEvent.EV_ERROR;
import static dev.kqueue.KEvent.EV_ONESHOT;
import static dev.kqueue.KEvent.EV_RECEIPT;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Unistd;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The changelist: order, errors, receipts, and what descriptors that are closed and reused do to it. */
class KQueueChangesTest {
    private static final int READ = Filter.READ.value();
    private static final int WRITE = Filter.WRITE.value();
    private static final int USER = Filter.USER.value();

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

    @Test
    void changesAreAppliedInOrder() throws IOException {
        KEventList changes =
                KEventList.allocate(4)
                        .add(1, USER, EV_DELETE, 0, 0, 10)
                        .add(1, USER, EV_ADD, 0, 0, 11)
                        .add(1, USER, EV_DELETE, 0, 0, 12)
                        .add(1, USER, EV_DELETE, 0, 0, 13);
        List<KQueueDriver.Event> entries = kq.receipts(changes);
        assertThat(entries).extracting(KQueueDriver.Event::udata).containsExactly(10L, 13L);
        assertThat(entries).extracting(entry -> (int) entry.data()).containsOnly(Errno.ENOENT);
        assertThat(entries).extracting(KQueueDriver.Event::ident).containsOnly(1L);
        assertThat(entries).extracting(KQueueDriver.Event::filter).containsOnly(USER);
    }

    @Test
    void failedChangeDoesNotKeepTheOthersFromBeingApplied() throws IOException {
        KEventList changes =
                KEventList.allocate(3)
                        .add(pair.readEnd(), READ, EV_ADD, 0, 0, 1)
                        .add(99, USER, EV_DELETE, 0, 0, 2)
                        .add(pair.writeEnd(), WRITE, EV_ADD, 0, 0, 3);
        assertThat(kq.receipts(changes)).extracting(KQueueDriver.Event::udata).containsExactly(2L);
        pair.write(1);
        assertThat(kq.pending()).extracting(KQueueDriver.Event::udata).containsExactlyInAnyOrder(1L, 3L);
    }

    @Test
    void errorsAndEventsAreNotMixed() throws IOException {
        kq.change(pair.readEnd(), Filter.READ, EV_ADD, 0, 0, 1);
        pair.write(1);
        KEventList events = KEventList.allocate(8);
        long start = System.nanoTime();
        kq.kqueue.kevent(KQueueDriver.list(5, Filter.USER, EV_DELETE, 0, 0, 0), events, 60_000_000_000L);
        assertThat(System.nanoTime() - start).as("it does not wait").isLessThan(30_000_000_000L);
        assertThat(KQueueDriver.read(events)).hasSize(1).allMatch(entry -> entry.has(EV_ERROR));
        assertThat(kq.pending()).hasSize(1);
    }

    @Test
    void roomForErrorsIsMade() throws IOException {
        KEventList changes = KEventList.allocate(1);
        for (int i = 0; i < 100; i++) {
            changes.add(i, USER, EV_DELETE, 0, 0, i);
        }
        KEventList events = KEventList.allocate(1);
        assertThat(kq.kqueue.kevent(changes, events, 0)).isEqualTo(100);
        assertThat(KQueueDriver.read(events)).allMatch(entry -> entry.data() == Errno.ENOENT);
    }

    @Test
    void failureWithoutAnEventlistIsThrown() throws IOException {
        KEventList changes =
                KEventList.allocate(3).add(1, USER, EV_ADD | EV_CLEAR, 0, 0, 1).add(99, USER, EV_DELETE, 0, 0, 2);
        assertThatThrownBy(() -> kq.kqueue.kevent(changes, null, 0)).isInstanceOf(IOException.class);
        assertThat(kq.errno(1, Filter.USER, EV_DELETE)).as("the change before it was applied").isZero();
    }

    @Test
    void receiptsWithoutAnEventlistLoseNothing() throws IOException {
        KEventList changes =
                KEventList.allocate(2)
                        .add(1, USER, EV_ADD | EV_RECEIPT, 0, 0, 1)
                        .add(2, USER, EV_ADD | EV_RECEIPT, 0, 0, 2);
        for (int i = 0; i < changes.size(); i++) {
            // One at a time: some kernels stop at a receipt that there is no room for.
            kq.kqueue.kevent(
                    KEventList.allocate(1).add(changes.ident(i), USER, changes.flags(i), 0, 0, changes.udata(i)),
                    null,
                    0);
        }
        assertThat(kq.errno(1, Filter.USER, EV_DELETE)).isZero();
        assertThat(kq.errno(2, Filter.USER, EV_DELETE)).isZero();
    }

    @Test
    void changelistIsLeftAsItIs() throws IOException {
        KEventList changes = KQueueDriver.list(1, Filter.USER, EV_ADD | EV_RECEIPT, 5, 6, 7);
        kq.receipts(changes);
        assertThat(KQueueDriver.read(changes))
                .containsExactly(new KQueueDriver.Event(1, USER, EV_ADD | EV_RECEIPT, 5, 6, 7));
    }

    @Test
    void unknownFilterIsEINVAL() throws IOException {
        KEventList changes = KEventList.allocate(2).add(1, -99, EV_ADD, 0, 0, 0).add(1, 77, EV_ADD, 0, 0, 0);
        assertThat(kq.receipts(changes)).hasSize(2).allMatch(entry -> entry.data() == Errno.EINVAL);
    }

    @Test
    void readAndWriteOfOneDescriptorAreTwoEvents() throws IOException {
        KEventList changes =
                KEventList.allocate(2)
                        .add(pair.readEnd(), READ, EV_ADD, 0, 0, 1)
                        .add(pair.readEnd(), WRITE, EV_ADD, 0, 0, 2);
        kq.kqueue.kevent(changes, null, 0);
        pair.write(1);
        assertThat(kq.pending()).extracting(KQueueDriver.Event::filter).containsExactlyInAnyOrder(READ, WRITE);
        kq.change(pair.readEnd(), Filter.READ, EV_DELETE, 0, 0, 0);
        assertThat(kq.pending()).extracting(KQueueDriver.Event::filter).containsExactly(WRITE);
        kq.change(pair.readEnd(), Filter.WRITE, EV_DELETE, 0, 0, 0);
        assertThat(kq.pending()).isEmpty();
    }

    @Test
    void readAndWriteTakeTurnsWhereThereIsRoomForOne() throws IOException {
        kq.change(pair.readEnd(), Filter.READ, EV_ADD, 0, 0, 1);
        kq.change(pair.readEnd(), Filter.WRITE, EV_ADD, 0, 0, 2);
        pair.write(1);
        List<KQueueDriver.Event> first = kq.fetch(1, Duration.ZERO);
        List<KQueueDriver.Event> second = kq.fetch(1, Duration.ZERO);
        assertThat(first.getFirst().filter()).isNotEqualTo(second.getFirst().filter());
    }

    @Test
    void noEventOfAnyDescriptorStarves() throws IOException {
        Pair[] pairs = new Pair[7];
        try {
            for (int i = 0; i < pairs.length; i++) {
                pairs[i] = Pair.sockets();
                kq.change(pairs[i].readEnd(), Filter.READ, EV_ADD, 0, 0, 2L * i);
                kq.change(pairs[i].readEnd(), Filter.WRITE, EV_ADD, 0, 0, 2L * i + 1);
                pairs[i].write(1);
            }
            Set<Long> seen = new HashSet<>();
            for (int i = 0; i < 20; i++) {
                kq.fetch(4, Duration.ZERO).forEach(event -> seen.add(event.udata()));
            }
            assertThat(seen).hasSize(14);
        } finally {
            for (Pair each : pairs) {
                each.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {EV_CLEAR, EV_ONESHOT})
    void eventsThatComeOnceAreNotLostWhereThereIsRoomForOne(int once) throws IOException {
        kq.change(pair.readEnd(), Filter.READ, EV_ADD | once, 0, 0, 1);
        kq.change(pair.readEnd(), Filter.WRITE, EV_ADD | once, 0, 0, 2);
        pair.write(1);
        List<Long> seen = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            kq.fetch(1, Duration.ZERO).forEach(event -> seen.add(event.udata()));
        }
        assertThat(seen).containsExactlyInAnyOrder(1L, 2L);
        assertThat(kq.fetch(1, Duration.ZERO)).isEmpty();
    }

    @Test
    void levelAndEdgeOfOneDescriptorKeepTheirKind() throws IOException {
        kq.change(pair.readEnd(), Filter.READ, EV_ADD, 0, 0, 1);
        kq.change(pair.readEnd(), Filter.WRITE, EV_ADD | EV_CLEAR, 0, 0, 2);
        pair.write(1);
        assertThat(kq.pending()).extracting(KQueueDriver.Event::udata).containsExactlyInAnyOrder(1L, 2L);
        assertThat(kq.pending()).extracting(KQueueDriver.Event::udata).containsExactly(1L);
        pair.drain();
        assertThat(kq.pending()).isEmpty();
        kq.change(pair.readEnd(), Filter.READ, EV_DELETE, 0, 0, 0);
        kq.change(pair.readEnd(), Filter.WRITE, EV_ADD, 0, 0, 3);
        assertThat(kq.pending()).as("EV_ADD looks again").extracting(KQueueDriver.Event::udata).containsExactly(3L);
        assertThat(kq.pending()).isEmpty();
    }

    @Test
    void levelIsReportedOnceEachTimeWhileAnEdgeBesideItComesAndGoes() throws IOException {
        kq.change(pair.readEnd(), Filter.READ, EV_ADD, 0, 0, 1);
        pair.write(1);
        for (int i = 0; i < 3; i++) {
            assertThat(kq.pending()).as("alone").extracting(KQueueDriver.Event::udata).containsExactly(1L);
            kq.change(pair.readEnd(), Filter.WRITE, EV_ADD | EV_CLEAR, 0, 0, 2);
            assertThat(kq.pending()).extracting(KQueueDriver.Event::udata).containsExactlyInAnyOrder(1L, 2L);
            assertThat(kq.pending()).as("beside it").extracting(KQueueDriver.Event::udata).containsExactly(1L);
            kq.change(pair.readEnd(), Filter.WRITE, EV_DELETE, 0, 0, 0);
        }
        pair.drain();
        assertThat(kq.pending()).isEmpty();
        pair.write(1);
        assertThat(kq.pending()).as("again").extracting(KQueueDriver.Event::udata).containsExactly(1L);
    }

    @Test
    void oneshotOfOneFilterLeavesTheOther() throws IOException {
        kq.change(pair.readEnd(), Filter.READ, EV_ADD | EV_ONESHOT, 0, 0, 1);
        kq.change(pair.readEnd(), Filter.WRITE, EV_ADD, 0, 0, 2);
        pair.write(1);
        assertThat(kq.pending()).extracting(KQueueDriver.Event::udata).containsExactlyInAnyOrder(1L, 2L);
        assertThat(kq.pending()).extracting(KQueueDriver.Event::udata).containsExactly(2L);
        pair.write(1);
        assertThat(kq.pending()).extracting(KQueueDriver.Event::udata).containsExactly(2L);
    }

    @Test
    void closedDescriptorIsEBADF() throws IOException {
        kq.change(pair.readEnd(), Filter.READ, EV_ADD, 0, 0, 1);
        Pair gone = Pair.pipe();
        gone.close();
        assertThat(kq.errno(gone.readEnd(), Filter.READ, EV_ADD)).isEqualTo(Errno.EBADF);
        assertThat(kq.errno(gone.writeEnd(), Filter.WRITE, EV_ADD)).isEqualTo(Errno.EBADF);
        assertThat(kq.errno(-1, Filter.READ, EV_ADD)).isEqualTo(Errno.EBADF);
        assertThat(kq.errno(Integer.MAX_VALUE, Filter.READ, EV_ADD)).isEqualTo(Errno.EBADF);
        pair.write(1);
        assertThat(kq.pending()).extracting(KQueueDriver.Event::udata).containsExactly(1L);
    }

    @Test
    void descriptorClosedBehindTheQueueTakesItsKnotesAlong() throws IOException {
        Pair gone = Pair.pipe();
        kq.change(gone.readEnd(), Filter.READ, EV_ADD, 0, 0, 1);
        gone.write(1);
        gone.close();
        assertThat(kq.pending()).isEmpty();
        assertThat(kq.errno(gone.readEnd(), Filter.READ, EV_DELETE)).isIn(Errno.EBADF, Errno.ENOENT);
    }

    @Test
    void nextOwnerOfANumberInheritsNothing() throws IOException {
        Pair gone = Pair.pipe();
        kq.change(gone.readEnd(), Filter.READ, EV_ADD, 0, 0, 1);
        gone.close();
        try (Pair next = Pair.pipe()) {
            assertThat(next.readEnd()).as("the number is reused").isEqualTo(gone.readEnd());
            next.write(1);
            assertThat(kq.pending()).isEmpty();
            assertThat(kq.errno(next.readEnd(), Filter.READ, EV_ENABLE)).isEqualTo(Errno.ENOENT);
            assertThat(kq.errno(next.readEnd(), Filter.READ, EV_DELETE)).isEqualTo(Errno.ENOENT);
            assertThat(kq.pending()).isEmpty();
        }
    }

    @Test
    void nextOwnerOfANumberIsAddedAnew() throws IOException {
        Pair gone = Pair.pipe();
        kq.change(gone.readEnd(), Filter.READ, EV_ADD | EV_DISABLE, 0, 0, 1);
        gone.close();
        try (Pair next = Pair.pipe()) {
            assertThat(next.readEnd()).as("the number is reused").isEqualTo(gone.readEnd());
            next.write(1);
            // The very same change: nothing in it tells that it is about another file.
            kq.change(next.readEnd(), Filter.READ, EV_ADD, 0, 0, 2);
            assertThat(kq.awaitOne().udata()).isEqualTo(2);
        }
    }

    @Test
    void closingForgetsTheDescriptor() throws IOException {
        Pair gone = Pair.pipe();
        kq.change(gone.readEnd(), Filter.READ, EV_ADD, 0, 0, 1);
        gone.write(1);
        kq.kqueue.beforeClose(gone.readEnd());
        // Not closed yet: a level must not be reported any more, nor keep a wait from waiting.
        if (kq.kqueue.toString().contains("epoll")) {
            assertThat(kq.fetch(1, Duration.ofMillis(20))).isEmpty();
        }
        gone.close();
        assertThat(kq.pending()).isEmpty();
        try (Pair next = Pair.pipe()) {
            assertThat(next.readEnd()).isEqualTo(gone.readEnd());
            kq.change(next.readEnd(), Filter.READ, EV_ADD, 0, 0, 2);
            next.write(1);
            assertThat(kq.awaitOne().udata()).isEqualTo(2);
        }
    }

    @Test
    void duplicateOfADescriptorIsAnotherIdent() throws IOException {
        int duplicate = Unistd.dup(pair.readEnd());
        try {
            kq.change(pair.readEnd(), Filter.READ, EV_ADD, 0, 0, 1);
            kq.change(duplicate, Filter.READ, EV_ADD, 0, 0, 2);
            pair.write(1);
            assertThat(kq.pending()).extracting(KQueueDriver.Event::udata).containsExactlyInAnyOrder(1L, 2L);
            kq.change(pair.readEnd(), Filter.READ, EV_DELETE, 0, 0, 0);
            assertThat(kq.pending()).extracting(KQueueDriver.Event::udata).containsExactly(2L);
        } finally {
            Unistd.close(duplicate);
        }
    }

    @Test
    void queueCannotWatchItself() throws IOException {
        assertThat(kq.errno(kq.kqueue.descriptor(), Filter.READ, EV_ADD)).isEqualTo(Errno.EINVAL);
        assertThat(kq.pending()).isEmpty();
    }

    @Test
    void addAgainLooksAgain() throws IOException {
        kq.change(pair.readEnd(), Filter.READ, EV_ADD | EV_CLEAR, 0, 0, 1);
        pair.write(1);
        assertThat(kq.pending()).hasSize(1);
        assertThat(kq.pending()).isEmpty();
        kq.change(pair.readEnd(), Filter.READ, EV_ADD | EV_CLEAR, 0, 0, 2);
        assertThat(kq.pending()).extracting(KQueueDriver.Event::udata).containsExactly(2L);
        assertThat(kq.pending()).isEmpty();
    }

    @Test
    void levelThatGetsAnEdgeIsReportedOnce() throws IOException {
        kq.change(pair.readEnd(), Filter.READ, EV_ADD, Note.NOTE_LOWAT, 3, 1);
        pair.write(4);
        assertThat(kq.pending()).hasSize(1);
        pair.write(4);
        assertThat(kq.pending()).extracting(KQueueDriver.Event::data).containsExactly(8L);
        assertThat(kq.pending()).hasSize(1);
    }

    @RequiresAbility(Ability.CHANGES_REPLACE)
    @Test
    void changeWithoutAnyFlagLosesNothing() throws IOException {
        kq.change(pair.readEnd(), Filter.READ, EV_ADD, Note.NOTE_LOWAT, 3, 1);
        pair.write(4);
        assertThat(kq.pending()).hasSize(1);
        // A level that the kqueue keeps itself
        kq.change(pair.readEnd(), Filter.READ, 0, Note.NOTE_LOWAT, 4, 2);
        assertThat(kq.pending()).hasSize(1);
        kq.change(pair.readEnd(), Filter.READ, EV_DELETE, 0, 0, 0);
        kq.change(pair.readEnd(), Filter.READ, EV_ADD | EV_CLEAR, 0, 0, 1);
        kq.change(pair.readEnd(), Filter.WRITE, EV_ADD | EV_CLEAR, 0, 0, 2);
        int first = kq.fetch(1, Duration.ZERO).getFirst().filter();
        // An edge that there was no room for
        kq.change(pair.readEnd(), first == READ ? Filter.WRITE : Filter.READ, 0, 0, 0, 3);
        assertThat(kq.pending()).extracting(KQueueDriver.Event::udata).contains(3L);
    }

    @Test
    void addOfADisabledKnoteLeavesItDisabled() throws IOException {
        kq.change(pair.readEnd(), Filter.READ, EV_ADD | EV_DISABLE, 0, 0, 1);
        pair.write(1);
        kq.change(pair.readEnd(), Filter.READ, EV_ADD | EV_DISABLE, 0, 0, 1);
        assertThat(kq.pending()).isEmpty();
        kq.change(pair.readEnd(), Filter.READ, EV_ADD | EV_ENABLE, 0, 0, 1);
        assertThat(kq.pending()).hasSize(1);
    }
}
