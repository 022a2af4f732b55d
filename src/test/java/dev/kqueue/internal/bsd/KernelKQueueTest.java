package dev.kqueue.internal.bsd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.KQueue;
import dev.kqueue.internal.abi.Abi;
import dev.kqueue.internal.abi.Quirk;
import dev.kqueue.internal.bsd.ScriptedKernel.Call;
import dev.kqueue.internal.libc.Errno;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** What is asked of a kernel, and what becomes of its answers: of each kernel's, whatever this runs on. */
@Timeout(60)
class KernelKQueueTest {
    private static final int READ = Filter.READ.value();
    private static final int WRITE = Filter.WRITE.value();
    private static final int TIMER = Filter.TIMER.value();

    private final ScriptedKernel kernel = new ScriptedKernel();
    private final KEventList events = KEventList.allocate(1);

    private static KEventList reads(int n) {
        KEventList changes = KEventList.allocate(n);
        for (int i = 0; i < n; i++) {
            changes.add(10 + i, READ, KEvent.EV_ADD, 0, 0, 100 + i);
        }
        return changes;
    }

    // ---- changes and their errors

    @Test
    void eventlistHasRoomForTheErrorOfEveryChange() throws IOException {
        try (KernelKQueue kqueue = kernel.open()) {
            kernel.answer(
                    (changes, errors) -> {
                        changes.forEach(change -> ScriptedKernel.error(errors, change, Errno.ENOMEM));
                        return errors.size();
                    });
            assertThat(events.capacity()).isOne();
            assertThat(kqueue.kevent(reads(10), events, KQueue.FOREVER)).isEqualTo(10);
            assertThat(kernel.calls.getFirst().nevents()).isGreaterThanOrEqualTo(10);
            assertThat(events.data(9)).isEqualTo(Errno.ENOMEM);
            assertThat(events.udata(9)).isEqualTo(109);
        }
    }

    @Test
    void errorsComeAloneAndNobodyWaits() throws IOException {
        try (KernelKQueue kqueue = kernel.open()) {
            kernel.answer(
                    (changes, errors) -> {
                        ScriptedKernel.error(errors, changes.get(1), Errno.EBADF);
                        return 1;
                    });
            assertThat(kqueue.kevent(reads(3), events, KQueue.FOREVER)).isOne();
            assertThat(kernel.calls).as("one call, and no other to wait").hasSize(1);
            assertThat(kqueue.counts().events()).as("an error is no event").isZero();
        }
    }

    @Test
    void errorFlagsMayHaveTheChangesOwnBeside() throws IOException {
        // macOS: kevent_internal() adds EV_ERROR to them.
        try (KernelKQueue kqueue = kernel.open()) {
            kernel.answer(
                    (changes, errors) -> {
                        errors.add(10, READ, KEvent.EV_ADD | KEvent.EV_ERROR, 0, Errno.EBADF, 100);
                        return 1;
                    });
            assertThat(kqueue.kevent(reads(1), events, KQueue.FOREVER)).isOne();
            assertThat(kernel.calls).hasSize(1);
        }
    }

    @Test
    void withoutAnEventlistEachChangeIsACallOfItsOwn() throws IOException {
        try (KernelKQueue kqueue = kernel.open()) {
            assertThat(kqueue.kevent(reads(3), null, KQueue.FOREVER)).isZero();
            assertThat(kernel.calls)
                    .hasSize(3)
                    .allMatch(call -> call.changes().size() == 1 && !call.hasEventlist() && call.nevents() == 0)
                    .allMatch(call -> call.timeoutNanos() == 0);
        }
    }

    @Test
    void changesAfterAFailedOneAreStillMade() throws IOException {
        try (KernelKQueue kqueue = kernel.open()) {
            kernel.answer((changes, errors) -> 0).fail(Errno.ENOENT).fail(Errno.ENOMEM);
            Throwable thrown = catchThrowable(() -> kqueue.kevent(reads(4), null, 0));
            assertThat(thrown)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("ident 11")
                    .hasMessageContaining("ENOENT");
            assertThat(thrown.getSuppressed()).hasSize(1);
            assertThat(thrown.getSuppressed()[0]).hasMessageContaining("ident 12").hasMessageContaining("ENOMEM");
            assertThat(kernel.calls).hasSize(4);
        }
    }

    @Test
    void receiptHasRoomEvenIfNobodyWantsIt() throws IOException {
        KEventList change = KEventList.allocate(1).add(10, READ, KEvent.EV_ADD | KEvent.EV_RECEIPT, 0, 0, 0);
        try (KernelKQueue kqueue = kernel.open()) {
            kqueue.kevent(change, null, 0);
            assertThat(kernel.calls.getFirst().nevents()).isOne();
            kernel.answer(
                    (changes, errors) -> {
                        ScriptedKernel.error(errors, changes.getFirst(), Errno.EBADF);
                        return 1;
                    });
            assertThatThrownBy(() -> kqueue.kevent(change, null, 0)).hasMessageContaining("EBADF");
        }
    }

    // ---- waiting

    @Test
    void interruptedWaitIsRepeatedWithoutTheChanges() throws IOException {
        try (KernelKQueue kqueue = kernel.open()) {
            kernel.fail(Errno.EINTR)
                    .answer(
                            (changes, fetched) -> {
                                fetched.add(10, READ, 0, 0, 1, 100);
                                return 1;
                            });
            assertThat(kqueue.kevent(reads(2), events, 60_000_000_000L)).isOne();
            assertThat(kernel.calls).extracting(call -> call.changes().size()).containsExactly(2, 0);
            assertThat(kernel.calls.get(1).timeoutNanos()).isPositive().isLessThan(kernel.calls.get(0).timeoutNanos());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, KQueue.FOREVER})
    void interruptedWaitOfNoTimeOrWithoutLimitIsRepeatedAsItIs(long timeout) throws IOException {
        try (KernelKQueue kqueue = kernel.open()) {
            kernel.fail(Errno.EINTR)
                    .answer(
                            (changes, fetched) -> {
                                fetched.add(10, READ, 0, 0, 1, 100);
                                return 1;
                            });
            assertThat(kqueue.kevent(null, events, timeout)).isOne();
            assertThat(kernel.calls).extracting(Call::timeoutNanos).containsExactly(timeout, timeout);
        }
    }

    @Test
    void interruptedWaitWhoseTimeHasPassedLooksOnceMore() throws IOException {
        try (KernelKQueue kqueue = kernel.open()) {
            kernel.fail(Errno.EINTR);
            assertThat(kqueue.kevent(null, events, 1)).isZero();
            assertThat(kernel.calls.getLast().timeoutNanos()).isZero();
        }
    }

    @Test
    void longWaitIsCutIntoPiecesThatEveryKernelTakes() throws IOException {
        try (KernelKQueue kqueue = kernel.open()) {
            kernel.answer((changes, fetched) -> 0)
                    .answer(
                            (changes, fetched) -> {
                                fetched.add(10, READ, 0, 0, 1, 100);
                                return 1;
                            });
            assertThat(kqueue.kevent(null, events, Long.MAX_VALUE)).isOne();
            assertThat(kernel.calls).extracting(Call::timeoutNanos).containsOnly(1_000_000_000_000_000L);
            assertThat(kernel.calls).hasSize(2);
        }
    }

    @Test
    void timeoutThatComesAsAnErrorIsATimeout() throws IOException {
        // Seen of macOS.
        try (KernelKQueue kqueue = kernel.open()) {
            kernel.fail(Errno.ETIMEDOUT);
            assertThat(kqueue.kevent(null, events, 1)).isZero();
        }
    }

    @Test
    void errorOfOursIsNoIoException() throws IOException {
        try (KernelKQueue kqueue = kernel.open()) {
            kernel.fail(Errno.EFAULT).fail(Errno.ENOMEM);
            assertThatThrownBy(() -> kqueue.kevent(null, events, 0)).isInstanceOf(AssertionError.class);
            assertThatThrownBy(() -> kqueue.kevent(null, events, 0))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("ENOMEM");
        }
    }

    // ---- pipes without a reader

    @Test
    void writeEndOfADeadPipeIsReadyInTheVeryCallThatAddsIt() throws IOException {
        KEventList changes = reads(1).add(11, WRITE, KEvent.EV_ADD, 0, 0, 111).add(12, READ, KEvent.EV_ADD, 0, 0, 112);
        try (KernelKQueue kqueue = kernel.open()) {
            kernel.answer(
                    (made, errors) -> {
                        ScriptedKernel.error(errors, made.get(1), Errno.EPIPE);
                        return 1;
                    });
            assertThat(kqueue.kevent(changes, events, KQueue.FOREVER)).isOne();
            assertThat(events.filter(0)).isEqualTo(WRITE);
            assertThat(events.flags(0)).isEqualTo(KEvent.EV_EOF);
            assertThat(events.udata(0)).isEqualTo(111);
            assertThat(kqueue.kevent(null, events, KQueue.FOREVER)).as("a level is reported again").isOne();
            assertThat(kernel.calls.getLast().timeoutNanos()).as("without waiting").isZero();
        }
    }

    @Test
    void otherFailuresBesideADeadPipesAreReportedAlone() throws IOException {
        KEventList changes = reads(1).add(11, WRITE, KEvent.EV_ADD | KEvent.EV_RECEIPT, 0, 0, 111);
        try (KernelKQueue kqueue = kernel.open()) {
            kernel.answer(
                    (made, errors) -> {
                        ScriptedKernel.error(errors, made.get(0), Errno.EBADF);
                        ScriptedKernel.error(errors, made.get(1), Errno.EPIPE);
                        return 2;
                    });
            assertThat(kqueue.kevent(changes, events, KQueue.FOREVER)).isEqualTo(2);
            assertThat(events.data(0)).isEqualTo(Errno.EBADF);
            assertThat(events.flags(1)).isEqualTo(KEvent.EV_ERROR);
            assertThat(events.data(1)).as("its receipt").isZero();
            assertThat(kqueue.kevent(null, events, 0)).isOne();
            assertThat(events.flags(0)).isEqualTo(KEvent.EV_EOF);
        }
    }

    // ---- timers

    @Test
    void timersAreInMillisecondsForAKernelThatKnowsNoUnits() throws IOException {
        int microseconds = Abi.HOST.find("NOTE_USECONDS").orElse(0);
        KEventList changes = KEventList.allocate(1).add(1, TIMER, KEvent.EV_ADD, microseconds, 250_000, 0);
        Abilities old = new Abilities(Set.of(Filter.TIMER), false);
        try (KernelKQueue kqueue = KernelKQueue.open(kernel, old, Set.of())) {
            kqueue.kevent(changes, events, 0);
            KEvent made = kernel.calls.getFirst().changes().getFirst();
            assertThat(made.fflags()).isZero();
            assertThat(made.data()).isEqualTo(microseconds == 0 ? 250_000 : 250);
        }
    }

    // ---- closing

    @Test
    void closedDescriptorsAreLeftToTheKernel() throws IOException {
        try (KernelKQueue kqueue = kernel.open()) {
            kqueue.beforeClose(10);
            assertThat(kernel.calls).isEmpty();
        }
    }

    @Test
    void knotesOfAClosedDescriptorAreRemovedWhereNobodyElseDoes() throws IOException {
        Abilities abilities = new Abilities(Set.of(Filter.READ, Filter.WRITE, Filter.VNODE), true);
        try (KernelKQueue kqueue = KernelKQueue.open(kernel, abilities, Set.of(Quirk.CLOSE_LEAVES_KNOTES))) {
            kqueue.beforeClose(10);
            assertThat(kernel.calls).hasSize(1);
            assertThat(kernel.calls.getFirst().nevents()).isEqualTo(3);
            assertThat(kernel.calls.getFirst().changes())
                    .allMatch(change -> change.ident() == 10)
                    .allMatch(change -> change.flags() == (KEvent.EV_DELETE | KEvent.EV_RECEIPT))
                    .extracting(KEvent::filter)
                    .containsExactly(Filter.READ, Filter.WRITE, Filter.VNODE);
        }
    }

    @Test
    void kqueueIsClosedOnce() throws IOException {
        KernelKQueue kqueue = kernel.open();
        kqueue.close();
        kqueue.close();
        assertThat(kernel.closed).isOne();
        assertThat(kernel.calls).as("nobody has to be woken").isEmpty();
        assertThatThrownBy(() -> kqueue.kevent(null, events, 0)).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void waitersAreWokenByAUserEventInTwoSteps() throws Exception {
        List<Call> wakes = closeWithAWaiter(kernel.open());
        assertThat(wakes).hasSize(2);
        KEvent added = wakes.get(0).changes().getFirst();
        KEvent triggered = wakes.get(1).changes().getFirst();
        assertThat(added.filter()).isEqualTo(Filter.USER);
        // FreeBSD and NetBSD do not look at NOTE_TRIGGER with EV_ADD; all BSDs take EV_CLEAR with a trigger as "reset".
        assertThat(added.flags()).isEqualTo(KEvent.EV_ADD);
        assertThat(added.fflags()).isZero();
        assertThat(triggered.ident()).isEqualTo(added.ident());
        assertThat(triggered.flags()).isZero();
        assertThat(triggered.fflags()).isEqualTo(Abi.HOST.constant("NOTE_TRIGGER"));
    }

    @Test
    void waitersAreWokenByATimerWhereThereAreNoUserEvents() throws Exception {
        List<Call> wakes = closeWithAWaiter(kernel.open(Filter.READ, Filter.TIMER));
        assertThat(wakes).hasSize(1);
        assertThat(wakes.getFirst().changes().getFirst().filter()).isEqualTo(Filter.TIMER);
        assertThat(wakes.getFirst().changes().getFirst().data()).isOne();
    }

    /** Closes while a thread is in the kernel, which lets it go at the last wake; returns what was called meanwhile. */
    private List<Call> closeWithAWaiter(KernelKQueue kqueue) throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        CountDownLatch woken = new CountDownLatch(1);
        kernel.answer(
                (changes, fetched) -> {
                    waiting.countDown();
                    try {
                        woken.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    return 0;
                });
        Throwable[] thrown = new Throwable[1];
        Thread waiter =
                Thread.ofPlatform().start(() -> thrown[0] = catchThrowable(() -> kqueue.kevent(null, events, -1)));
        waiting.await();
        kernel.calls.clear();
        kqueue.close();
        assertThat(kernel.closed).as("somebody is inside").isZero();
        List<Call> wakes = List.copyOf(kernel.calls);
        woken.countDown();
        waiter.join();
        assertThat(thrown[0]).isInstanceOf(ClosedChannelException.class);
        assertThat(kernel.closed).as("the last one out closes").isOne();
        return wakes;
    }
}
