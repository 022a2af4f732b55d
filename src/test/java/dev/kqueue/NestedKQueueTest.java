package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_DELETE;
import static dev.kqueue.KEvent.EV_DISABLE;
import static dev.kqueue.KEvent.EV_ENABLE;
import static dev.kqueue.KEvent.EV_ONESHOT;
import static dev.kqueue.Note.NOTE_TRIGGER;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Poll;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A kqueue that is watched by another: EVFILT_READ, with the number of pending events in data. */
@RequiresAbility(Ability.NESTED_KQUEUES)
class NestedKQueueTest {
    private KQueueDriver outer;
    private KQueueDriver inner;
    private final List<Pair> pairs = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        outer = new KQueueDriver();
        inner = new KQueueDriver();
    }

    @AfterEach
    void close() throws IOException {
        outer.close();
        inner.close();
        pairs.forEach(Pair::close);
    }

    private Pair pair() {
        Pair pair = Pair.sockets();
        pairs.add(pair);
        return pair;
    }

    private void nest(int flags) throws IOException {
        outer.change(inner.kqueue.descriptor(), Filter.READ, EV_ADD | flags, 0, 0, 7);
    }

    private void trigger(long ident) throws IOException {
        inner.change(ident, Filter.USER, 0, NOTE_TRIGGER, 0, 0);
    }

    @RequiresAbility(Ability.NESTED_COUNTS)
    @Test
    void dataIsTheNumberOfPendingEvents() throws IOException {
        nest(0);
        assertThat(outer.pending()).isEmpty();
        for (int i = 1; i <= 4; i++) {
            inner.change(i, Filter.USER, EV_ADD | EV_CLEAR, 0, 0, 0);
            trigger(i);
            KQueueDriver.Event event = outer.awaitOne();
            assertThat(event.data()).isEqualTo(i);
            assertThat(event.ident()).isEqualTo(inner.kqueue.descriptor());
            assertThat(event.udata()).isEqualTo(7);
        }
        assertThat(inner.fetch(3, Duration.ZERO)).hasSize(3);
        assertThat(outer.awaitOne().data()).isEqualTo(1);
        assertThat(inner.pending()).hasSize(1);
        assertThat(outer.pending()).isEmpty();
    }

    @RequiresAbility(Ability.NESTED_COUNTS)
    @Test
    void levelsAndEdgesOfDescriptorsAreCountedAndStayPending() throws IOException {
        nest(0);
        for (int i = 0; i < 6; i++) {
            Pair pair = pair();
            // Levels and edges, and of two descriptors one of each kind
            inner.change(pair.readEnd(), Filter.READ, EV_ADD | (i % 2 == 0 ? 0 : EV_CLEAR), 0, 0, i);
            if (i >= 4) {
                inner.change(pair.readEnd(), Filter.WRITE, EV_ADD | (i % 2 == 0 ? EV_CLEAR : 0), 0, 0, 10 + i);
            }
            pair.write(1);
        }
        assertThat(outer.awaitOne().data()).isEqualTo(8);
        assertThat(outer.awaitOne().data()).as("counting takes nothing").isEqualTo(8);
        assertThat(inner.pending())
                .extracting(KQueueDriver.Event::udata)
                .containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L, 5L, 14L, 15L);
        assertThat(outer.awaitOne().data()).as("the levels are left").isEqualTo(4);
        pairs.forEach(Pair::drain);
        // The level beside an edge is in the queue until it is looked at.
        assertThat(outer.awaitOne().data()).as("one is still writable").isIn(1L, 2L);
        assertThat(inner.pending()).hasSize(1);
        assertThat(outer.awaitOne().data()).isEqualTo(1);
    }

    @RequiresAbility(Ability.OWN_KQUEUE)
    @Test
    void readyDescriptorsAreCountedUpToOneBuffer() throws IOException {
        nest(0);
        for (int i = 0; i < 1500; i++) {
            Pair pair = pair();
            inner.change(pair.writeEnd(), Filter.WRITE, EV_ADD, 0, 0, i);
        }
        assertThat(outer.awaitOne().data()).isEqualTo(1024);
        assertThat(outer.awaitOne().data()).isEqualTo(1024);
    }

    @Test
    void pendingEventEndsAWaitOfTheOuterQueue() throws Exception {
        inner.change(1, Filter.TIMER, EV_ADD | EV_ONESHOT, 0, 30, 0);
        nest(0);
        assertThat(outer.awaitOne().data()).isEqualTo(1);
        assertThat(inner.pending()).hasSize(1);
        assertThat(outer.pending()).isEmpty();
        inner.change(2, Filter.USER, EV_ADD | EV_CLEAR, 0, 0, 0);
        Thread other =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        Thread.sleep(30);
                                        trigger(2);
                                    } catch (Exception e) {
                                        throw new AssertionError(e);
                                    }
                                });
        assertThat(outer.awaitOne().data()).isEqualTo(1);
        other.join();
    }

    @RequiresAbility(Ability.NESTED_COUNTS)
    @Test
    void disabledAndDeletedEventsAreNotCounted() throws IOException {
        nest(0);
        for (int i = 1; i <= 3; i++) {
            inner.change(i, Filter.USER, EV_ADD | EV_CLEAR, 0, 0, 0);
            trigger(i);
        }
        inner.change(1, Filter.USER, EV_DISABLE, 0, 0, 0);
        inner.change(2, Filter.USER, EV_DELETE, 0, 0, 0);
        assertThat(outer.awaitOne().data()).isEqualTo(1);
        inner.change(3, Filter.USER, EV_DELETE, 0, 0, 0);
        assertThat(outer.pending()).isEmpty();
        inner.change(1, Filter.USER, EV_ENABLE, 0, 0, 0);
        assertThat(outer.awaitOne().data()).isEqualTo(1);
    }

    @RequiresAbility(Ability.OWN_KQUEUE)
    @Test
    void descriptorThatIsReadableForNothingIsNoEvent(@TempDir Path folder) throws IOException {
        try (WatchedFile file = WatchedFile.open(Files.writeString(folder.resolve("file"), "some"))) {
            inner.change(file.descriptor(), Filter.VNODE, EV_ADD | EV_CLEAR, Note.NOTE_EXTEND, 0, 0);
            nest(0);
            // inotify has something to tell, which turns out not to be what was asked for.
            Files.writeString(file.path(), "same", java.nio.file.StandardOpenOption.WRITE);
            assertThat(outer.fetch(1, Duration.ofMillis(20))).isEmpty();
            Files.writeString(file.path(), "longer", java.nio.file.StandardOpenOption.APPEND);
            assertThat(outer.awaitOne().data()).isEqualTo(1);
            assertThat(inner.awaitOne().fflags()).isEqualTo(Note.NOTE_EXTEND | Note.NOTE_WRITE);
        }
    }

    @RequiresAbility(Ability.NESTED_COUNTS)
    @Test
    void threeQueuesDeepEachTellsOfTheNext() throws IOException {
        try (KQueueDriver outermost = new KQueueDriver()) {
            nest(0);
            outermost.change(outer.kqueue.descriptor(), Filter.READ, EV_ADD, 0, 0, 0);
            assertThat(outermost.pending()).isEmpty();
            inner.change(1, Filter.USER, EV_ADD | EV_CLEAR, 0, 0, 0);
            inner.change(2, Filter.USER, EV_ADD | EV_CLEAR, 0, 0, 0);
            trigger(1);
            trigger(2);
            assertThat(outermost.awaitOne().data()).isEqualTo(1);
            assertThat(outer.awaitOne().data()).isEqualTo(2);
            assertThat(inner.await()).hasSize(2);
            assertThat(outer.pending()).isEmpty();
            assertThat(outermost.pending()).isEmpty();
        }
    }

    @Test
    void circlesAreRefused() throws IOException {
        assertThat(outer.errno(outer.kqueue.descriptor(), Filter.READ, EV_ADD)).isEqualTo(Errno.EINVAL);
        nest(0);
        // Kernels refuse the smallest circle only.
        Ability.OWN_KQUEUE.assume();
        int loop = Abi.HOST.constant("ELOOP");
        assertThat(inner.errno(outer.kqueue.descriptor(), Filter.READ, EV_ADD)).isEqualTo(loop);
        assertThatThrownBy(() -> inner.change(outer.kqueue.descriptor(), Filter.READ, EV_ADD, 0, 0, 0))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("circle");
        inner.change(1, Filter.USER, EV_ADD, 0, 0, 0);
        trigger(1);
        assertThat(outer.awaitOne().data()).isEqualTo(1);
    }

    @Test
    void queueCannotBeWatchedForAnythingElse() throws IOException {
        int fd = inner.kqueue.descriptor();
        // NetBSD before 10 says EPERM.
        assertThat(outer.errno(fd, Filter.WRITE, EV_ADD)).isIn(Errno.EINVAL, Errno.EPERM);
        assertThat(outer.errno(fd, Filter.VNODE, EV_ADD, Note.NOTE_WRITE, 0)).isIn(Errno.EINVAL, Errno.EPERM);
    }

    @Test
    void closedQueueIsForgotten() throws IOException {
        nest(0);
        inner.change(1, Filter.USER, EV_ADD, 0, 0, 0);
        trigger(1);
        outer.awaitOne();
        int fd = inner.kqueue.descriptor();
        inner.close();
        assertThat(outer.pending()).isEmpty();
        try (KQueueDriver next = new KQueueDriver()) {
            assertThat(next.kqueue.descriptor()).as("the number is reused").isEqualTo(fd);
            next.change(1, Filter.USER, EV_ADD, 0, 0, 0);
            next.change(1, Filter.USER, 0, NOTE_TRIGGER, 0, 0);
            assertThat(outer.pending()).isEmpty();
            assertThat(outer.errno(fd, Filter.READ, EV_DELETE)).isEqualTo(Errno.ENOENT);
        }
    }

    @Test
    void pollSeesTheOuterQueueReadable() throws IOException {
        nest(0);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment fds = arena.allocate(Poll.SIZE, 8);
            Poll.set(fds, 0, outer.kqueue.descriptor(), Poll.POLLIN);
            assertThat(Poll.poll(fds, 1, 0)).isZero();
            inner.change(1, Filter.USER, EV_ADD | EV_CLEAR, 0, 0, 0);
            trigger(1);
            assertThat(Poll.poll(fds, 1, (int) KQueueDriver.SOON.toMillis())).isEqualTo(1);
            assertThat(inner.pending()).hasSize(1);
            outer.pending();
            assertThat(Poll.poll(fds, 1, 0)).isZero();
        }
    }
}
