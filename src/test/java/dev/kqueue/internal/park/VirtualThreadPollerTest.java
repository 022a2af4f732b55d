package dev.kqueue.internal.park;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_DELETE;
import static dev.kqueue.KEvent.EV_ONESHOT;
import static dev.kqueue.KEvent.EV_RECEIPT;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.nio.HandDrivenKQueue;
import dev.kqueue.nio.Threads;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;

/** The poller on a kqueue whose events are handed out one by one: what it submits, and whom it wakes. */
@Timeout(60)
class VirtualThreadPollerTest {
    private static final int FD = 9;
    private static final long LONG = TimeUnit.SECONDS.toNanos(50);

    private final HandDrivenKQueue kqueue = new HandDrivenKQueue();
    private final MasterPoller poller = new MasterPoller(kqueue.asKQueue, () -> {});
    private Thread thread;

    @BeforeEach
    void start() {
        thread = poller.start(new AtomicReferenceArray<>(0));
    }

    private record Wait(FutureTask<Void> task, Thread thread) {
        void end() throws Exception {
            task.get();
        }
    }

    private Wait await(int fd, Filter filter, long nanos) {
        return await(fd, filter, nanos, new AtomicBoolean(true));
    }

    private Wait await(int fd, Filter filter, long nanos, AtomicBoolean wanted) {
        FutureTask<Void> task =
                new FutureTask<>(
                        () -> {
                            poller.await(fd, filter, nanos, wanted::get);
                            return null;
                        });
        return new Wait(task, Thread.ofVirtual().start(task));
    }

    private KEvent change(int flags) throws InterruptedException {
        KEvent change = kqueue.changes.take();
        assertThat(change.flags()).isEqualTo(flags | EV_RECEIPT);
        return change;
    }

    private KEvent added() throws InterruptedException {
        return change(EV_ADD | EV_ONESHOT);
    }

    private static void untilParked(Thread thread) throws InterruptedException {
        while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TIMED_WAITING) {
            assertThat(thread.isAlive()).isTrue();
            Thread.sleep(1);
        }
    }

    @Test
    void waitThatEndsWellIsOneChange() throws Exception {
        Wait wait = await(FD, Filter.WRITE, Long.MAX_VALUE);
        KEvent change = added();
        assertThat(change.ident()).isEqualTo(FD);
        assertThat(change.filter()).isEqualTo(Filter.WRITE);
        kqueue.fire(change);
        wait.end();
        assertThat(kqueue.changes).isEmpty();
    }

    @Test
    void theTwoDirectionsOfADescriptorAreTwoWaits() throws Exception {
        Wait reader = await(FD, Filter.READ, Long.MAX_VALUE);
        KEvent read = added();
        Wait writer = await(FD, Filter.WRITE, Long.MAX_VALUE);
        KEvent write = added();
        kqueue.fire(write);
        writer.end();
        assertThat(reader.task().isDone()).isFalse();
        kqueue.fire(read);
        reader.end();
    }

    @Test
    void theKnoteOfAWaitWhoseTimeHasPassedIsRemoved() throws Exception {
        Wait wait = await(FD, Filter.READ, 1_000_000);
        KEvent added = added();
        KEvent deleted = change(EV_DELETE);
        assertThat(deleted.udata()).isEqualTo(added.udata());
        wait.end();
    }

    @Test
    void theKnoteOfAnEventThatWasJustFetchedNeedNotBeThere() throws Exception {
        kqueue.errno = change -> (change.flags() & EV_DELETE) != 0 ? Errno.ENOENT : 0;
        Wait wait = await(FD, Filter.READ, 1_000_000);
        added();
        change(EV_DELETE);
        wait.end();
    }

    @Test
    void anEventOfAnEarlierWaitWakesNobody() throws Exception {
        Wait first = await(FD, Filter.READ, 1_000_000);
        KEvent stale = added();
        change(EV_DELETE);
        first.end();

        Wait second = await(FD, Filter.READ, Long.MAX_VALUE);
        KEvent fresh = added();
        assertThat(fresh.udata()).isNotEqualTo(stale.udata());
        untilParked(second.thread());
        kqueue.fire(stale);
        // The next event overtakes nothing: once it has been handled, so has the stale one.
        Wait third = await(FD + 1, Filter.READ, Long.MAX_VALUE);
        kqueue.fire(added());
        third.end();
        assertThat(second.task().isDone()).isFalse();
        kqueue.fire(fresh);
        second.end();
    }

    @Test
    void waitThatIsNoLongerWantedEndsWhenUnparked() throws Exception {
        AtomicBoolean wanted = new AtomicBoolean(true);
        Wait wait = await(FD, Filter.READ, Long.MAX_VALUE, wanted);
        added();
        untilParked(wait.thread());
        wanted.set(false);
        LockSupport.unpark(wait.thread());
        wait.end();
        change(EV_DELETE);
    }

    @Test
    void waitThatIsNotWantedInTheFirstPlaceDoesNotPark() throws Exception {
        Wait wait = await(FD, Filter.READ, Long.MAX_VALUE, new AtomicBoolean());
        wait.end();
        added();
        change(EV_DELETE);
    }

    @Test
    void unparkAndInterruptDoNotEndTheWait() throws Exception {
        Wait wait = await(FD, Filter.READ, LONG);
        KEvent change = added();
        for (int i = 0; i < 20; i++) {
            untilParked(wait.thread());
            LockSupport.unpark(wait.thread());
        }
        wait.thread().interrupt();
        untilParked(wait.thread());
        assertThat(wait.task().isDone()).isFalse();
        kqueue.fire(change);
        wait.end();
    }

    @Test
    void pipeWithoutAReaderIsReady() throws Exception {
        kqueue.errno = change -> Errno.EPIPE;
        await(FD, Filter.WRITE, Long.MAX_VALUE).end();
        kqueue.errno = change -> Errno.EBADF;
        await(FD, Filter.WRITE, Long.MAX_VALUE).end();
    }

    @Test
    void whatTheKernelCannotWatchIsRefused() throws Exception {
        kqueue.errno = change -> Errno.EPERM;
        assertThatThrownBy(await(FD, Filter.READ, Long.MAX_VALUE)::end)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(IOException.class)
                .hasMessageContaining("descriptor 9")
                .hasMessageContaining("EPERM");
        FutureTask<Integer> tried =
                Threads.VIRTUAL.start(() -> poller.tryAwait(FD, Filter.READ, Long.MAX_VALUE, () -> true));
        assertThat(tried.get()).isEqualTo(Errno.EPERM);
    }

    @Test
    void failureOfTheKqueueEndsEveryWait() throws Exception {
        List<Wait> waits = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            waits.add(await(i, Filter.READ, Long.MAX_VALUE));
        }
        kqueue.failForEver(new IOException("the kqueue is gone"));
        for (Wait wait : waits) {
            assertThatThrownBy(wait::end)
                    .cause()
                    .isInstanceOf(IOException.class)
                    .cause()
                    .hasMessage("the kqueue is gone");
        }
        thread.join();
        assertThat(kqueue.closed).as("nothing is left behind").isTrue();
    }

    @Test
    void aPassingFailureEndsNoWait() throws Exception {
        Wait wait = await(FD, Filter.READ, Long.MAX_VALUE);
        KEvent added = added();
        kqueue.fail(new IOException("no memory"));
        kqueue.fail(new OutOfMemoryError("no memory"));
        kqueue.fail(new StackOverflowError());
        kqueue.fire(added);
        wait.end();
        assertThat(thread.isAlive()).isTrue();
        assertThat(kqueue.closed).isFalse();
    }

    @Test
    void eventsThatWereFetchedBeforeAFailureReachTheirThreads() throws Exception {
        Wait wait = await(FD, Filter.READ, Long.MAX_VALUE);
        KEvent added = added();
        kqueue.fireAndFail(added, new OutOfMemoryError("no memory"));
        wait.end();
        assertThat(thread.isAlive()).isTrue();
    }

    @Test
    void eachOfTenThousandWaitsIsWokenByItsOwnEvent() throws Exception {
        int count = 10_000;
        List<Wait> waits = new ArrayList<>();
        List<KEvent> changes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            waits.add(await(i, Filter.READ, Long.MAX_VALUE));
        }
        for (int i = 0; i < count; i++) {
            changes.add(added());
        }
        assertThat(changes.stream().map(KEvent::udata).distinct()).hasSize(count);
        changes.forEach(kqueue::fire);
        for (Wait wait : waits) {
            wait.end();
        }
    }

    @Test
    void theThreadDoesNotKeepTheVirtualMachineAlive() {
        assertThat(thread.isDaemon()).isTrue();
        assertThat(thread.isVirtual()).isFalse();
    }
}
