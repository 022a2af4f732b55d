package dev.kqueue.internal.linux;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_DISPATCH;
import static dev.kqueue.KEvent.EV_ENABLE;
import static dev.kqueue.KEvent.EV_ONESHOT;
import static dev.kqueue.internal.linux.Driven.READ;
import static dev.kqueue.internal.linux.Driven.TIMER;
import static dev.kqueue.internal.linux.Driven.WRITE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.Ability;
import dev.kqueue.KEventList;
import dev.kqueue.KQueue;
import dev.kqueue.RequiresAbility;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.SysEpoll;
import dev.kqueue.internal.libc.Unistd;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.FutureTask;

/** Errors of the kqueue's own eventfd, timerfd and epoll: nothing is lost by them, and no wait hangs. */
@RequiresAbility(Ability.OWN_KQUEUE)
class OwnDescriptorsTest {
    private static final long SECOND = 1_000_000_000L;

    private Driven driven;

    @BeforeEach
    void open() throws IOException {
        driven = new Driven();
        driven.addUser(EV_CLEAR);
    }

    @AfterEach
    void close() {
        driven.close();
    }

    /** Makes the descriptor another file's, which refuses to be written, and to be a timer. */
    private static void spoil(int fd) {
        int spoiled = Fcntl.open("/dev/null", Fcntl.O_RDONLY, 0);
        assertThat(Unistd.dup2(spoiled, fd)).isEqualTo(fd);
        Unistd.close(spoiled);
    }

    private FutureTask<Integer> waitFor(long nanos) throws InterruptedException {
        int before = driven.epoll.waits.get();
        FutureTask<Integer> waiting = Driven.start(() -> driven.fetch(4, nanos));
        driven.awaitWaits(before + 1);
        // It is about to call epoll_wait, or has called it: the outcome must be the same.
        return waiting;
    }

    @Test
    void callerLearnsThatAWaitingThreadCouldNotBeWoken() throws Exception {
        FutureTask<Integer> waiting = waitFor(SECOND);
        spoil(driven.kq.core().pendingSignal().fd());
        assertThatThrownBy(driven::trigger).isInstanceOf(IOException.class).hasMessageContaining("changes are made");
        assertThat(Driven.result(waiting)).as("at its deadline it looks for itself").isEqualTo(1);
    }

    @Test
    void waitThatBeginsAfterTheEventfdHasFailedIsWokenAllTheSame() throws Exception {
        FutureTask<Integer> waiting = waitFor(SECOND / 10);
        spoil(driven.kq.core().pendingSignal().fd());
        assertThatThrownBy(driven::trigger).isInstanceOf(IOException.class);
        assertThat(Driven.result(waiting)).isEqualTo(1);
        driven.epoll.failControls(1, Errno.ENOMEM);
        assertThat(driven.errno(driven.fd, READ, EV_ADD)).isEqualTo(Errno.ENOMEM);
        driven.assertUsable();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void fullEventfdIsRungByOtherMeans(boolean known) throws Exception {
        if (known) {
            driven.kq.descriptor();
        }
        MemorySegment full = MemorySegment.ofArray(new long[] {-2});
        FutureTask<Integer> waiting = waitFor(KQueue.FOREVER);
        assertThat(Unistd.write(driven.kq.core().pendingSignal().fd(), full, 8)).isEqualTo(8);
        driven.trigger();
        assertThat(Driven.result(waiting)).isEqualTo(1);
        driven.assertUsable();
        assertThat(driven.fetch(1, 0)).isZero();
    }

    @Test
    void closeEndsWaitsThoughTheEventfdCannotBeWritten() throws Exception {
        MemorySegment full = MemorySegment.ofArray(new long[] {-2});
        FutureTask<Integer> first = waitFor(KQueue.FOREVER);
        FutureTask<Integer> second = waitFor(KQueue.FOREVER);
        assertThat(Unistd.write(driven.kq.core().pendingSignal().fd(), full, 8)).isEqualTo(8);
        driven.kq.close();
        assertThatThrownBy(() -> Driven.result(first)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> Driven.result(second)).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void timerFiresThoughItsTimerfdCannotBeSet() throws Exception {
        driven.kq.kevent(Driven.change(2, TIMER, EV_ADD, 0, 1_000_000), null, 0);
        spoil(driven.kq.core().timers().fd());
        KEventList events = KEventList.allocate(1);
        KEventList soon = Driven.change(3, TIMER, EV_ADD, 0, 20);
        assertThat(Driven.soon(() -> driven.kq.kevent(soon, events, KQueue.FOREVER))).isEqualTo(1);
        assertThat(events.ident(0)).isEqualTo(3);
        driven.assertUsable();
    }

    @Test
    void timerOfAnotherThreadIsSeenByAWaitThatFollows() throws Exception {
        driven.kq.kevent(Driven.change(2, TIMER, EV_ADD, 0, 1_000_000), null, 0);
        spoil(driven.kq.core().timers().fd());
        driven.kq.kevent(Driven.change(3, TIMER, EV_ADD, 0, 20), null, 0);
        assertThat(Driven.soon(() -> driven.fetch(1, KQueue.FOREVER))).isEqualTo(1);
    }

    @Test
    void timerOfAnotherThreadEndsAWaitInProgressThoughItsTimerfdCannotBeSet() throws Exception {
        driven.kq.kevent(Driven.change(2, TIMER, EV_ADD, 0, 1_000_000), null, 0);
        FutureTask<Integer> first = waitFor(KQueue.FOREVER);
        FutureTask<Integer> second = waitFor(KQueue.FOREVER);
        spoil(driven.kq.core().timers().fd());
        driven.kq.kevent(Driven.change(3, TIMER, EV_ADD | EV_ONESHOT, 0, 20), null, 0);
        driven.kq.kevent(Driven.change(4, TIMER, EV_ADD | EV_ONESHOT, 0, 200), null, 0);
        assertThat(Driven.result(first) + Driven.result(second)).isEqualTo(2);
    }

    @Test
    void waitsThatTryAgainDoNotWakeEachOther() throws Exception {
        driven.kq.kevent(Driven.change(2, TIMER, EV_ADD, 0, 1_000_000), null, 0);
        FutureTask<Integer> first = waitFor(KQueue.FOREVER);
        FutureTask<Integer> second = waitFor(KQueue.FOREVER);
        spoil(driven.kq.core().timers().fd());
        int before = driven.epoll.waits.get();
        long start = System.nanoTime();
        driven.kq.kevent(Driven.change(3, TIMER, EV_ADD, 0, 500_000), null, 0);
        driven.awaitWaits(before + 40);
        // 40 waits of two threads, each of 10 ms, but for the first of each.
        assertThat(System.nanoTime() - start).isGreaterThan(100_000_000L);
        driven.kq.close();
        assertThatThrownBy(() -> Driven.result(first)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> Driven.result(second)).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void failedAddCostsNoOtherKnote() throws Exception {
        assertThat(driven.errno(driven.fd, READ, EV_ADD)).isZero();
        driven.epoll.failControls(1, Errno.ENOMEM);
        assertThat(driven.errno(driven.fd, WRITE, EV_ADD)).isEqualTo(Errno.ENOMEM);
        driven.send();
        assertThat(driven.fetch(4, 0)).as("READ alone").isEqualTo(1);
        assertThat(driven.errno(driven.fd, WRITE, EV_ADD)).isZero();
        assertThat(driven.fetch(4, 0)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void failedChangeLeavesAnEdgeThatHasBeenFetched(int failures) throws Exception {
        try (Driven other = new Driven()) {
            KEventList changes = KEventList.allocate(2);
            changes.add(driven.fd, READ, EV_ADD | EV_CLEAR, 0, 0, 0);
            changes.add(other.fd, READ, EV_ADD | EV_CLEAR, 0, 0, 0);
            driven.kq.kevent(changes, null, 0);
            driven.send();
            other.send();
            // epoll has no more to say of either: one is in the queue if there was room for one only.
            driven.epoll.wait = (events, max, nanos) -> driven.epoll.kernelAwait(events, 2, nanos);
            assertThat(driven.fetch(1, 0)).isEqualTo(1);
            driven.epoll.wait = driven.epoll::kernelAwait;
            driven.epoll.failControls(failures, Errno.ENOSPC);
            driven.errno(driven.fd, WRITE, EV_ADD);
            driven.errno(other.fd, WRITE, EV_ADD);
            driven.epoll.control = driven.epoll::kernelControl;
            KEventList events = KEventList.allocate(4);
            int n = driven.kq.kevent(null, events, 0);
            boolean read = false;
            for (int i = 0; i < n; i++) {
                read |= events.filter(i) == READ;
            }
            assertThat(read).isTrue();
        }
    }

    @Test
    void failedUpdateAfterAnEventIsMadeAgain() throws Exception {
        driven.fill();
        assertThat(driven.errno(driven.fd, READ, EV_ADD | EV_DISPATCH)).isZero();
        assertThat(driven.errno(driven.fd, WRITE, EV_ADD | EV_CLEAR)).isZero();
        driven.send();
        driven.epoll.failControls(1, Errno.ENOMEM);
        assertThat(Driven.soon(() -> driven.fetch(1, SECOND))).isEqualTo(1);
        assertThat(driven.kq.core().descriptors().find(driven.fd).read).isNotNull();
        assertThat(driven.kq.core().descriptors().find(driven.fd).write).isNotNull();
        assertThat(driven.errno(driven.fd, READ, EV_ENABLE)).isZero();
        KEventList events = KEventList.allocate(4);
        driven.kq.kevent(null, events, 0);
        assertThat(events.size()).isPositive();
        assertThat(events.filter(0)).isEqualTo(READ);
    }

    @Test
    void waitTriesAgainAndIsNotEndlessMeanwhile() throws Exception {
        driven.fill();
        assertThat(driven.errno(driven.fd, READ, EV_ADD | EV_DISPATCH)).isZero();
        assertThat(driven.errno(driven.fd, WRITE, EV_ADD | EV_CLEAR)).isZero();
        driven.send();
        int[] failed = {0};
        driven.epoll.control =
                (op, fd, events, tag) -> {
                    if (op == SysEpoll.EPOLL_CTL_MOD && failed[0]++ < 3) {
                        return Errno.ENOMEM;
                    }
                    return driven.epoll.kernelControl(op, fd, events, tag);
                };
        assertThat(Driven.soon(() -> driven.fetch(1, SECOND))).isEqualTo(1);
        assertThat(Driven.soon(() -> driven.fetch(1, SECOND / 4))).as("nothing else is ready").isZero();
        assertThat(failed[0]).as("tried until it succeeded").isGreaterThan(3);
    }

    @Test
    void descriptorSaysWhyItCannotBeWatched() {
        driven.epoll.failControls(1, Errno.ENOMEM);
        assertThatThrownBy(driven.kq::descriptor).hasMessageContaining("ENOMEM");
        assertThat(driven.kq.descriptor()).isEqualTo(driven.epoll.fd());
    }
}
