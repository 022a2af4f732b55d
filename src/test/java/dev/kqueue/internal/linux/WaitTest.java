package dev.kqueue.internal.linux;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_DELETE;
import static dev.kqueue.internal.linux.Driven.READ;
import static dev.kqueue.internal.linux.Driven.USER;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.Ability;
import dev.kqueue.KEventList;
import dev.kqueue.KQueue;
import dev.kqueue.Note;
import dev.kqueue.RequiresAbility;
import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Unistd;
import dev.kqueue.nio.OpenDescriptors;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;

/** A wait ends in time, and keeps no other thread out, whatever epoll_wait returns. */
@RequiresAbility(Ability.OWN_KQUEUE)
class WaitTest {
    private static final long MILLISECONDS = 1_000_000;

    private Driven driven;

    @BeforeEach
    void open() throws IOException {
        driven = new Driven();
    }

    @AfterEach
    void close() {
        driven.close();
    }

    /** Always an old event of a descriptor that has a new registration. */
    private void alwaysReportStale() throws IOException {
        driven.kq.kevent(Driven.change(driven.fd, READ, EV_ADD, 0, 0), null, 0);
        driven.epoll.alwaysReport(driven.fd, -1);
    }

    private void alwaysReturn(int n) {
        driven.epoll.wait = (events, max, nanos) -> n;
    }

    @Test
    void deadlineHoldsThoughEpollReturnsAtOnceWithNothing() throws Exception {
        alwaysReturn(0);
        assertLastsAtLeast(50 * MILLISECONDS);
    }

    @Test
    void deadlineHoldsThoughASignalInterruptsEachWait() throws Exception {
        alwaysReturn(-Errno.EINTR);
        assertLastsAtLeast(50 * MILLISECONDS);
    }

    private void assertLastsAtLeast(long nanos) throws Exception {
        long start = System.nanoTime();
        assertThat(Driven.soon(() -> driven.fetch(4, nanos))).isZero();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(nanos);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 50 * MILLISECONDS})
    void deadlineHoldsThoughEpollAlwaysReportsStaleEvents(long nanos) throws Exception {
        alwaysReportStale();
        assertThat(Driven.soon(() -> driven.fetch(1, nanos))).isZero();
        assertThat(Driven.soon(() -> driven.fetch(8, nanos))).isZero();
    }

    @Test
    void timeoutBelowAMillisecondReachesEpollAsItIs() throws Exception {
        List<Long> asked = new ArrayList<>();
        driven.epoll.wait =
                (events, max, nanos) -> {
                    asked.add(nanos);
                    return driven.epoll.kernelAwait(events, max, nanos);
                };
        assertThat(Driven.soon(() -> driven.fetch(1, 100_000))).isZero();
        assertThat(asked).isNotEmpty().allSatisfy(nanos -> assertThat(nanos).isBetween(1L, 100_000L));
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 1", "100000, 0, 100000", "999999999, 0, 999999999", "2500000000, 2, 500000000"})
    void epollIsAskedToTheNanosecond(long nanos, long seconds, long nanoseconds) {
        MemorySegment timespec = new EpollEvents().timespec(nanos);
        assertThat(Abi.HOST.struct("timespec").field("tv_sec").get(timespec, 0)).isEqualTo(seconds);
        assertThat(Abi.HOST.struct("timespec").field("tv_nsec").get(timespec, 0)).isEqualTo(nanoseconds);
    }

    @Test
    void timeoutOfZeroLooksOnceWhereThereIsNothing() throws IOException {
        driven.fetch(4, 0);
        assertThat(driven.epoll.waits).hasValue(1);
    }

    @Test
    void timeoutOfZeroFindsTheEventBehindStaleOnes() throws Exception {
        driven.kq.kevent(Driven.change(driven.fd, READ, EV_ADD, 0, 0), null, 0);
        driven.send();
        ScriptedEpoll epoll = driven.epoll;
        epoll.wait =
                (events, max, nanos) -> {
                    epoll.wait = epoll::kernelAwait;
                    epoll.alwaysReport(driven.fd, -1);
                    int n = epoll.wait.await(events, max, nanos);
                    epoll.wait = epoll::kernelAwait;
                    return n;
                };
        assertThat(Driven.soon(() -> driven.fetch(1, 0))).isEqualTo(1);
    }

    @Test
    void allThatIsReadyIsFoundThoughStaleEventsTakeTheRoomOfTwo() throws Exception {
        KEventList changes = KEventList.allocate(4);
        try (Driven second = new Driven();
                Driven third = new Driven();
                Driven fourth = new Driven()) {
            List<Driven> all = List.of(driven, second, third, fourth);
            all.forEach(each -> changes.add(each.fd, READ, EV_ADD | EV_CLEAR, 0, 0, 0));
            driven.kq.kevent(changes, null, 0);
            // Left in epoll as edges without a knote, as by a channel that is deregistered.
            driven.errno(driven.fd, READ, EV_DELETE);
            driven.errno(second.fd, READ, EV_DELETE);
            all.forEach(Driven::send);
            driven.epoll.wait = (events, max, nanos) -> driven.epoll.kernelAwait(events, Math.min(max, 3), nanos);
            KEventList events = KEventList.allocate(3);
            assertThat(driven.kq.kevent(null, events, KQueue.FOREVER)).isEqualTo(2);
        }
    }

    /** With the descriptor known, the eventfd is a level, which epoll reports until it is drained. */
    @ParameterizedTest
    @ValueSource(ints = {EV_ADD | EV_CLEAR, EV_ADD})
    void timeoutOfZeroEndsWithARoomForOneAndAStaleKnoteInTheQueue(int flags) throws Exception {
        driven.kq.descriptor();
        try (Driven other = new Driven()) {
            int lowat = flags == EV_ADD ? Note.NOTE_LOWAT : 0;
            KEventList changes = KEventList.allocate(2);
            changes.add(driven.fd, READ, flags, lowat, lowat, 0).add(other.fd, READ, flags, lowat, lowat, 0);
            driven.kq.kevent(changes, null, 0);
            driven.send();
            other.send();
            assertThat(driven.fetch(1, 0)).isEqualTo(1);
            read(driven.fd);
            read(other.fd);
            assertThat(Driven.soon(() -> driven.fetch(1, 0))).isZero();
        }
    }

    private static void read(int fd) {
        Unistd.read(fd, MemorySegment.ofArray(new byte[1]), 1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void otherThreadsGetThroughWhileOneSpins(boolean stale) throws Exception {
        if (stale) {
            alwaysReportStale();
        } else {
            alwaysReturn(0);
        }
        FutureTask<Integer> spinning = Driven.start(() -> driven.fetch(4, KQueue.FOREVER));
        driven.awaitWaits(1000);
        Driven.soon(() -> driven.kq.counts());
        Driven.soon(() -> driven.errno(driven.fd, READ, EV_ADD));
        Driven.soon(() -> driven.errno(driven.fd, READ, EV_DELETE));
        assertThat(spinning.isDone()).isFalse();
        Driven.soon(
                () -> {
                    driven.kq.close();
                    return null;
                });
        assertThatThrownBy(() -> Driven.result(spinning)).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void wakeupEndsAWaitThatSpins() throws Exception {
        driven.addUser(EV_CLEAR);
        alwaysReturn(0);
        FutureTask<Integer> spinning = Driven.start(() -> driven.fetch(4, KQueue.FOREVER));
        driven.awaitWaits(1000);
        Driven.soon(
                () -> {
                    driven.trigger();
                    return null;
                });
        assertThat(Driven.result(spinning)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1000 * MILLISECONDS, KQueue.FOREVER})
    void errorOfEpollEndsTheCallAndItsChangesAreMade(long nanos) throws Exception {
        alwaysReturn(-Errno.ENOMEM);
        KEventList changes = Driven.change(driven.fd, READ, EV_ADD, 0, 0);
        KEventList events = KEventList.allocate(4);
        assertThatThrownBy(() -> Driven.soon(() -> driven.kq.kevent(changes, events, nanos)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("epoll_wait")
                .hasMessageContaining("ENOMEM");
        driven.epoll.wait = driven.epoll::kernelAwait;
        driven.send();
        assertThat(driven.kq.kevent(null, events, 0)).isEqualTo(1);
        driven.assertUsable();
    }

    @Test
    void errorOfEpollDoesNotCostTheEventsOfTheQueue() throws Exception {
        driven.addUser(EV_CLEAR);
        driven.trigger();
        alwaysReturn(-Errno.ENOMEM);
        assertThat(driven.fetch(4, 0)).isEqualTo(1);
        assertThatThrownBy(() -> driven.fetch(4, 0)).hasMessageContaining("ENOMEM");
    }

    @Test
    void closeEndsEachWaitAndClosesAllDescriptors() throws Exception {
        long before = OpenDescriptors.count();
        LinuxKQueue kq = ScriptedEpoll.kqueue();
        ScriptedEpoll epoll = ScriptedEpoll.of(kq);
        kq.kevent(Driven.change(2, Driven.TIMER, EV_ADD, 0, 1000_000), null, 0);
        FutureTask<Integer> first = Driven.start(() -> kq.kevent(null, KEventList.allocate(1), KQueue.FOREVER));
        FutureTask<Integer> second = Driven.start(() -> kq.kevent(null, KEventList.allocate(1), 1L << 40));
        while (epoll.waits.get() < 2) {
            Thread.sleep(1);
        }
        kq.close();
        assertThatThrownBy(() -> Driven.result(first)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> Driven.result(second)).isInstanceOf(ClosedChannelException.class);
        assertThat(OpenDescriptors.count()).isEqualTo(before);
        kq.close();
        assertThatThrownBy(() -> kq.kevent(Driven.change(1, USER, EV_ADD, 0, 0), null, 0))
                .isInstanceOf(ClosedChannelException.class);
    }
}
