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

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Two sub-pollers and their master, on kqueues whose events are handed out one by one. */
@Timeout(60)
class SubPollerTest {
    private static final int FD = 9;

    private final HandDrivenKQueue masters = new HandDrivenKQueue();
    private final HandDrivenKQueue[] kqueues = {new HandDrivenKQueue(), new HandDrivenKQueue()};
    private final MasterPoller master = new MasterPoller(masters.asKQueue, () -> {});
    private final AtomicReferenceArray<SubPoller> subPollers = new AtomicReferenceArray<>(2);

    @BeforeEach
    void start() {
        for (int i = 0; i < 2; i++) {
            subPollers.set(i, new SubPoller(kqueues[i].asKQueue, master, i));
        }
        master.start(subPollers);
    }

    @AfterEach
    void stop() {
        for (int i = 0; i < 2; i++) {
            subPollers.get(i).retire();
            kqueues[i].fail(new IOException("the test is over"));
        }
        master.retire();
        masters.fail(new IOException("the test is over"));
    }

    private FutureTask<Integer> await(int number) {
        return Threads.VIRTUAL.start(
                () -> subPollers.get(number).tryAwait(FD, Filter.READ, Long.MAX_VALUE, () -> true));
    }

    /** Lets the sub-poller, which waits with the master, poll. */
    private void wake(int number) throws InterruptedException {
        KEvent armed;
        do {
            armed = masters.changes.take();
        } while ((long) armed.udata() != ~number);
        assertThat(armed.flags()).isEqualTo(EV_ADD | EV_ONESHOT | EV_RECEIPT);
        masters.fire(armed);
    }

    @Test
    void oneThatFailsEndsItsOwnWaitsAloneAndClosesItsKQueue() throws Exception {
        subPollers.get(0).start();
        FutureTask<Integer> lost = await(0);
        kqueues[0].changes.take();
        kqueues[0].failForEver(new IOException("the kqueue is gone"));
        wake(0);
        assertThatThrownBy(lost::get).cause().isInstanceOf(IOException.class).cause().hasMessage("the kqueue is gone");
        assertThat(subPollers.get(0).hasFailed()).isTrue();
        while (!kqueues[0].closed) {
            Thread.sleep(1);
        }

        subPollers.get(1).start();
        FutureTask<Integer> other = await(1);
        kqueues[1].fire(kqueues[1].changes.take());
        wake(1);
        assertThat(other.get()).isZero();
        assertThat(master.hasFailed()).isFalse();
    }

    @Test
    void oneThatFailsClosesItsKQueueThoughTheMasterCannotForgetIt() throws Exception {
        masters.closing =
                () -> {
                    throw new OutOfMemoryError("for the test");
                };
        subPollers.get(0).start();
        FutureTask<Integer> lost = await(0);
        kqueues[0].changes.take();
        kqueues[0].failForEver(new IOException("the kqueue is gone"));
        wake(0);
        assertThatThrownBy(lost::get).cause().isInstanceOf(IOException.class);
        while (!kqueues[0].closed) {
            Thread.sleep(1);
        }
    }

    @Test
    void oneThatTheMasterCannotWatchPollsByItself() throws Exception {
        masters.errno = change -> Errno.ENOMEM;
        FutureTask<Integer> wait = await(0);
        kqueues[0].fire(kqueues[0].changes.take());
        subPollers.get(0).start();
        assertThat(wait.get()).isZero();
    }

    @Test
    void afterAFailedPollItPollsAndDoesNotPark() throws Exception {
        subPollers.get(0).start();
        FutureTask<Integer> wait = await(0);
        KEvent change = kqueues[0].changes.take();
        wake(0);
        for (int i = 0; i < 5; i++) {
            kqueues[0].fail(new IOException("no memory"));
        }
        kqueues[0].fire(change);
        assertThat(wait.get()).isZero();
    }

    /** Lets the sub-poller find that its looks are in vain, so that it has the master fetch the events. */
    private KEvent leaveEventsToTheMaster() throws Exception {
        kqueues[0].looks = true;
        kqueues[1].looks = true;
        subPollers.get(0).start();
        while (true) {
            KEvent knote = masters.changes.take();
            if (knote.flags() == (EV_ADD | EV_RECEIPT)) {
                return knote;
            }
            // Not counted: the master may have stood in, and fetched an event first.
            assertThat(knote.flags()).isEqualTo(EV_ADD | EV_ONESHOT | EV_RECEIPT);
            event(() -> masters.fire(knote));
        }
    }

    private interface Action {
        void run() throws Exception;
    }

    /** An event for a thread that waits, fetched when the action has been done. */
    private void event(Action action) throws Exception {
        FutureTask<Integer> wait = await(0);
        kqueues[0].fire(kqueues[0].changes.take());
        action.run();
        assertThat(wait.get()).isZero();
    }

    @Test
    void masterFetchesTheEventsOfOneThatLooksInVain() throws Exception {
        KEvent standing = leaveEventsToTheMaster();
        for (int i = 1; i < Looks.TRIAL; i++) {
            event(() -> masters.fire(standing));
        }
        assertThat(masters.changes).isEmpty();
    }

    @Test
    void oneThatLooksInVainTriesAgainNowAndThen() throws Exception {
        KEvent standing = leaveEventsToTheMaster();
        for (int i = 1; i <= Looks.TRIAL; i++) {
            event(() -> masters.fire(standing));
        }
        assertThat(masters.changes.take().flags()).isEqualTo(EV_DELETE | EV_RECEIPT);
        KEvent again = masters.changes.take();
        assertThat(again.flags()).isEqualTo(EV_ADD | EV_RECEIPT);
        event(() -> masters.fire(again));
    }

    @Test
    void oneWhoseTrialFindsEventsFetchesThemItself() throws Exception {
        KEvent standing = leaveEventsToTheMaster();
        for (int i = 1; i < Looks.TRIAL; i++) {
            event(() -> masters.fire(standing));
        }
        // Two events, of which the master fetches one.
        FutureTask<Integer> first = await(0);
        KEvent change = kqueues[0].changes.take();
        FutureTask<Integer> second = await(0);
        kqueues[0].fire(change);
        kqueues[0].fire(kqueues[0].changes.take());
        masters.fire(standing);
        assertThat(first.get()).isZero();
        assertThat(second.get()).isZero();
        assertThat(masters.changes.take().flags()).isEqualTo(EV_DELETE | EV_RECEIPT);
        event(() -> wake(0));
    }

    @Test
    void failureWhenTheMasterFetchesIsForTheSubPollerToMeet() throws Exception {
        KEvent standing = leaveEventsToTheMaster();
        FutureTask<Integer> wait = await(0);
        KEvent change = kqueues[0].changes.take();
        kqueues[0].fail(new IOException("no memory"));
        kqueues[0].fire(change);
        masters.fire(standing);
        assertThat(masters.changes.take().flags()).isEqualTo(EV_DELETE | EV_RECEIPT);
        assertThat(wait.get()).isZero();
        assertThat(master.hasFailed()).isFalse();
    }

    @Test
    void oneThatTheMasterCannotLetGoTriesAgain() throws Exception {
        KEvent standing = leaveEventsToTheMaster();
        masters.errno = change -> (change.flags() & EV_DELETE) != 0 ? Errno.ENOMEM : 0;
        FutureTask<Integer> wait = await(0);
        KEvent change = kqueues[0].changes.take();
        kqueues[0].fail(new IOException("no memory"));
        kqueues[0].fire(change);
        masters.fire(standing);
        for (int i = 0; i < 2; i++) {
            assertThat(masters.changes.take().flags()).isEqualTo(EV_DELETE | EV_RECEIPT);
        }
        masters.errno = ignored -> 0;
        assertThat(wait.get()).isZero();
    }

    @Test
    void passingFailureEndsNoWait() throws Exception {
        subPollers.get(0).start();
        FutureTask<Integer> wait = await(0);
        KEvent change = kqueues[0].changes.take();
        kqueues[0].fail(new IOException("no memory"));
        kqueues[0].fail(new OutOfMemoryError("no memory"));
        kqueues[0].fire(change);
        wake(0);
        assertThat(wait.get()).isZero();
    }

    @Test
    void failureOfTheMasterEndsEveryWait() throws Exception {
        subPollers.get(0).start();
        FutureTask<Integer> wait = await(0);
        kqueues[0].changes.take();
        masters.changes.take();
        masters.failForEver(new IOException("the kqueue is gone"));
        assertThatThrownBy(wait::get).cause().isInstanceOf(IOException.class).cause().hasMessage("the kqueue is gone");
        while (!masters.closed || !kqueues[0].closed) {
            Thread.sleep(1);
        }
    }
}
