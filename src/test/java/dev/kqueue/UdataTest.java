package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_DELETE;
import static dev.kqueue.KEvent.EV_DISABLE;
import static dev.kqueue.KEvent.EV_DISPATCH;
import static dev.kqueue.KEvent.EV_ENABLE;
import static dev.kqueue.KEvent.EV_ERROR;
import static dev.kqueue.KEvent.EV_ONESHOT;
import static dev.kqueue.KEvent.EV_RECEIPT;
import static dev.kqueue.Note.NOTE_TRIGGER;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.internal.libc.Errno;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;

/** Which object an event brings back, on kernels that replace udata with every change and on those that do not. */
@Timeout(60)
@ParameterizedClass
@ValueSource(booleans = {true, false})
class UdataTest {
    private final Object first = new Object();
    private final Object second = new Object();
    private final ModelKQueue kqueue;
    private final ValueForm values = new ValueForm();

    UdataTest(boolean replacesUdataAlways) {
        kqueue = new ModelKQueue(replacesUdataAlways);
    }

    private List<KEvent> change(KEvent... changes) throws IOException {
        return values.kevent(kqueue, List.of(changes), 0, null);
    }

    private List<KEvent> poll() throws IOException {
        return values.kevent(kqueue, List.of(), 16, Duration.ZERO);
    }

    private static KEvent add(int flags, Object udata) {
        return KEvent.read(5, EV_ADD | flags, 0, udata);
    }

    private void fire() {
        kqueue.fire(5, Filter.READ);
    }

    private void expect(Object udata) throws IOException {
        assertThat(poll()).singleElement().extracting(KEvent::udata).isSameAs(udata);
    }

    /** Lets the action run after an event has been fetched and before its object is looked up. */
    private List<KEvent> pollAndMeanwhile(Action action) throws IOException {
        kqueue.afterFetch =
                () -> {
                    kqueue.afterFetch = () -> {};
                    CompletableFuture.runAsync(
                                    () -> {
                                        try {
                                            action.run();
                                        } catch (IOException e) {
                                            throw new CompletionException(e);
                                        }
                                    })
                            .join();
                };
        return poll();
    }

    private interface Action {
        void run() throws IOException;
    }

    @Test
    void eventBringsBackTheVeryObject() throws IOException {
        String udata = new String("equal, and not the same");
        change(add(EV_CLEAR, udata));
        fire();

        expect(udata);
    }

    @Test
    void addingAgainReplacesTheObject() throws IOException {
        change(add(EV_CLEAR, first));
        change(add(EV_CLEAR, second));
        fire();

        expect(second);
    }

    @Test
    void addingAgainWithNullTakesTheObjectAway() throws IOException {
        change(add(EV_CLEAR, first));
        change(add(EV_CLEAR, null));
        fire();

        expect(null);
        assertThat(values.size()).isZero();
    }

    @Test
    void enablingWithoutObjectKeepsIt() throws IOException {
        change(add(EV_DISPATCH, first));
        for (int i = 0; i < 3; i++) {
            fire();
            expect(first);
            assertThat(poll()).isEmpty();
            change(KEvent.read(5, EV_ENABLE, 0, null));
        }
    }

    @Test
    void changeWithoutAddLeavesTheObjectWhateverItCarries() throws IOException {
        change(add(EV_CLEAR, first));
        change(KEvent.read(5, EV_DISABLE, 0, second), KEvent.read(5, EV_ENABLE, 0, second));
        fire();

        expect(first);
    }

    @Test
    void triggeringKeepsTheObject() throws IOException {
        change(KEvent.user(1, EV_ADD | EV_CLEAR, 0, first));
        change(KEvent.user(1, 0, NOTE_TRIGGER, null));

        expect(first);
    }

    @Test
    void oneIdentHasAnObjectForEachFilter() throws IOException {
        change(add(EV_CLEAR, first), KEvent.write(5, EV_ADD | EV_CLEAR, 0, second));
        fire();
        expect(first);
        kqueue.fire(5, Filter.WRITE);
        expect(second);
    }

    @Test
    void changesOfOneEventInOneCallTakeEffectInOrder() throws IOException {
        change(add(0, new Object()), add(0, first), KEvent.read(5, EV_DELETE, 0, null), add(EV_CLEAR, second));
        fire();
        expect(second);

        change(add(EV_CLEAR, first), KEvent.read(5, EV_DISABLE, 0, null), KEvent.read(5, EV_ENABLE, 0, null));
        fire();
        expect(first);

        change(add(EV_CLEAR, second), KEvent.read(5, EV_DELETE, 0, null));
        assertThat(values.size()).isZero();
    }

    // ---- failures

    @Test
    void eventDeletedAndAddedInOneCallHasTheObjectThatItLacked() throws IOException {
        change(add(EV_CLEAR, null));
        change(KEvent.read(5, EV_DELETE, 0, null), add(EV_CLEAR, first));

        fire();
        expect(first);
        fire();
        expect(first);
    }

    @Test
    void failedChangeBringsBackItsOwnObject() throws IOException {
        List<KEvent> entries = change(KEvent.read(5, EV_DELETE, 0, first), KEvent.write(5, EV_ENABLE, 0, second));

        assertThat(entries)
                .containsExactly(
                        new KEvent(5, Filter.READ, EV_ERROR, 0, Errno.ENOENT, first),
                        new KEvent(5, Filter.WRITE, EV_ERROR, 0, Errno.ENOENT, second));
    }

    @Test
    void failuresAreReturnedAloneAndWithoutWaiting() throws IOException {
        change(add(0, first));
        fire();

        List<KEvent> entries =
                values.kevent(kqueue, List.of(KEvent.write(9, EV_DELETE, 0, second)), 16, Duration.ofDays(1));

        assertThat(entries).singleElement().extracting(KEvent::udata).isSameAs(second);
        expect(first);
    }

    @Test
    void failedAdditionLeavesNothing() throws IOException {
        kqueue.failAdding(5, Filter.READ, 1);

        assertThat(change(add(0, first))).singleElement().extracting(KEvent::udata).isSameAs(first);
        assertThat(values.size()).isZero();
    }

    @Test
    void failedReplacementLeavesTheObject() throws IOException {
        change(add(EV_CLEAR, first));
        kqueue.failAdding(5, Filter.READ, 3);
        for (int i = 0; i < 3; i++) {
            assertThat(change(add(EV_CLEAR, second))).hasSize(1);
        }
        fire();
        expect(first);

        change(add(EV_CLEAR, second));
        fire();
        expect(second);
    }

    @Test
    void additionThatFailsAndIsRepeatedInOneCallCounts() throws IOException {
        kqueue.failAdding(5, Filter.READ, 1);

        assertThat(change(add(EV_CLEAR, first), add(EV_CLEAR, second)))
                .singleElement()
                .extracting(KEvent::udata)
                .isSameAs(first);
        fire();
        expect(second);
    }

    @Test
    void receiptsComeOnlyToWhoAsked() throws IOException {
        assertThat(change(add(EV_CLEAR, first))).isEmpty();
        assertThat(change(add(EV_CLEAR | EV_RECEIPT, second), KEvent.write(6, EV_ADD, 0, null)))
                .containsExactly(new KEvent(5, Filter.READ, EV_ERROR, 0, 0, second));
        fire();
        assertThat(poll()).containsExactly(new KEvent(5, Filter.READ, EV_CLEAR | EV_RECEIPT, 0, 0, second));
        change(add(EV_CLEAR, first));
        fire();
        assertThat(poll()).containsExactly(new KEvent(5, Filter.READ, EV_CLEAR, 0, 0, first));
    }

    @Test
    void applyingChangesAloneTakesNoEvent() throws IOException {
        change(add(EV_ONESHOT, first));
        fire();

        assertThat(change(KEvent.write(5, EV_ADD, 0, null))).isEmpty();
        expect(first);
    }

    @Test
    void moreChangesThanEventsAreAllApplied() throws IOException {
        List<KEvent> changes = IntStream.range(0, 100).mapToObj(i -> KEvent.user(i, EV_ADD | EV_CLEAR, 0, i)).toList();
        values.kevent(kqueue, changes, 1, Duration.ZERO);
        for (int i = 0; i < 100; i++) {
            change(KEvent.user(i, 0, NOTE_TRIGGER, null));
        }

        assertThat(values.kevent(kqueue, List.of(), 3, Duration.ZERO))
                .extracting(KEvent::udata)
                .containsExactly(0, 1, 2);
    }

    // ---- one thread has fetched an event, another one changes it

    @Test
    void fetchedEventHasTheObjectOfItsFetchThoughItIsReplaced() throws IOException {
        change(add(EV_CLEAR, first));
        fire();

        assertThat(pollAndMeanwhile(() -> change(add(EV_CLEAR, second))))
                .singleElement()
                .extracting(KEvent::udata)
                .isSameAs(first);
        fire();
        expect(second);
        assertThat(values.retained()).isZero();
    }

    @Test
    void fetchedEventHasTheObjectOfItsFetchThoughItIsReplacedManyTimes() throws IOException {
        change(add(EV_CLEAR, first));
        fire();

        List<KEvent> events =
                pollAndMeanwhile(
                        () -> {
                            for (int i = 0; i < 100; i++) {
                                change(add(EV_CLEAR, new Object()));
                            }
                            change(add(EV_CLEAR, null));
                            change(add(EV_CLEAR, second));
                        });

        assertThat(events).singleElement().extracting(KEvent::udata).isSameAs(first);
        fire();
        expect(second);
        assertThat(values.retained()).isZero();
    }

    @Test
    void fetchedEventHasItsObjectThoughItIsDeleted() throws IOException {
        change(add(0, first));
        fire();

        assertThat(pollAndMeanwhile(() -> change(KEvent.read(5, EV_DELETE, 0, null))))
                .singleElement()
                .extracting(KEvent::udata)
                .isSameAs(first);
        assertThat(values.size()).isZero();
        assertThat(values.retained()).isZero();
    }

    @Test
    void slotOfDeletedEventIsNotUsedWhileItsEventIsOnItsWay() throws IOException {
        change(add(0, first));
        fire();

        List<KEvent> events =
                pollAndMeanwhile(
                        () -> {
                            change(KEvent.read(5, EV_DELETE, 0, null));
                            for (int i = 0; i < 10; i++) {
                                change(KEvent.write(100 + i, EV_ADD, 0, second));
                            }
                        });

        assertThat(events).singleElement().extracting(KEvent::udata).isSameAs(first);
    }

    @Test
    void lastEventOfOneShotDoesNotTakeTheNextOnesObject() throws IOException {
        change(add(EV_ONESHOT, first));
        fire();

        assertThat(pollAndMeanwhile(() -> change(add(EV_ONESHOT, second))))
                .singleElement()
                .extracting(KEvent::udata)
                .isSameAs(first);
        assertThat(values.size()).isOne();
        fire();
        expect(second);
        assertThat(values.size()).isZero();
    }

    @Test
    void lastEventOfOneShotDoesNotTakeTheSameObjectGivenAnew() throws IOException {
        change(add(EV_ONESHOT, first));
        fire();

        assertThat(pollAndMeanwhile(() -> change(add(EV_ONESHOT, first))))
                .singleElement()
                .extracting(KEvent::udata)
                .isSameAs(first);
        fire();
        expect(first);
        assertThat(values.size()).isZero();
    }

    @Test
    void eventFetchedBeforeClosingHasItsObject() throws IOException {
        change(add(0, first), KEvent.vnode(5, EV_ADD, 0, second), KEvent.timer(5, EV_ADD, Duration.ofDays(1), first));
        fire();

        assertThat(pollAndMeanwhile(() -> values.closing(kqueue, 5)))
                .singleElement()
                .extracting(KEvent::udata)
                .isSameAs(first);
        assertThat(poll()).isEmpty();
        assertThat(kqueue.size()).as("the timer is no descriptor's").isOne();
        assertThat(values.size()).isOne();
    }

    // ---- memory

    @Test
    void oneShotIsForgottenWithItsEvent() throws IOException {
        for (int i = 0; i < 1000; i++) {
            change(KEvent.user(i, EV_ADD | EV_ONESHOT, 0, new Object()));
            change(KEvent.user(i, 0, NOTE_TRIGGER, null));
            assertThat(poll()).hasSize(1);
        }

        assertThat(values.size()).isZero();
        assertThat(values.retained()).isZero();
    }

    @Test
    void eventThatTheKernelHasNotIsForgotten() throws IOException {
        change(add(0, first));
        kqueue.closeSilently(5);

        assertThat(change(KEvent.read(5, EV_ENABLE, 0, null))).hasSize(1);
        assertThat(values.size()).isZero();
    }

    @Test
    void numberOfDescriptorClosedSilentlyIsUsedAgain() throws IOException {
        change(add(0, first));
        kqueue.closeSilently(5);
        change(add(0, second));
        fire();

        expect(second);
        assertThat(values.size()).isOne();
    }

    @Test
    void objectsReplacedWhileAnotherThreadWaitsForEverAreBounded() throws Exception {
        change(KEvent.user(1, EV_ADD | EV_CLEAR, 0, first));
        CompletableFuture<List<KEvent>> waiter = new CompletableFuture<>();
        CompletableFuture<List<KEvent>> waiter2 = new CompletableFuture<>();
        waitForEver(waiter);
        waitForEver(waiter2);
        kqueue.awaitWaiting(2);

        int most = 0;
        for (int i = 0; i < 10_000; i++) {
            change(add(EV_CLEAR, new Object()));
            most = Math.max(most, values.retained());
        }

        assertThat(most).isLessThan(3_000);
        assertThat(waiter).isNotDone();
        assertThat(waiter2).isNotDone();
        change(KEvent.user(1, 0, NOTE_TRIGGER, null));
        change(KEvent.user(2, EV_ADD | EV_CLEAR, 0, second));
        while (!waiter.isDone() || !waiter2.isDone()) {
            change(KEvent.user(2, 0, NOTE_TRIGGER, null));
            Thread.sleep(1);
        }
        assertThat(List.of(waiter.get().getFirst().udata(), waiter2.get().getFirst().udata()))
                .isSubsetOf(first, second);
        assertThat(poll()).allSatisfy(event -> assertThat(event.filter()).isEqualTo(Filter.USER));
        assertThat(values.retained()).isZero();
    }

    @Test
    void sameObjectGivenAgainIsNotKeptTwiceWhileAnotherThreadWaits() throws Exception {
        CompletableFuture<List<KEvent>> waiter = new CompletableFuture<>();
        waitForEver(waiter);
        kqueue.awaitWaiting(1);
        for (int i = 0; i < 500; i++) {
            change(add(EV_ONESHOT, first), add(EV_ONESHOT, first), KEvent.read(5, EV_DELETE, 0, null));
        }

        assertThat(values.retained()).isOne();
        kqueue.close();
        assertThatThrownBy(waiter::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(ClosedChannelException.class);
    }

    @Test
    void objectOfTrackedProcessComesWithItsChildren() throws IOException {
        change(KEvent.proc(100, EV_ADD | EV_ONESHOT, Note.NOTE_TRACK | Note.NOTE_EXIT, first));
        kqueue.copyKnote(100, 101, Filter.PROC);
        kqueue.copyKnote(100, 102, Filter.PROC);
        kqueue.fire(100, Filter.PROC);
        expect(first);
        kqueue.fire(101, Filter.PROC);
        expect(first);
        change(KEvent.proc(100, EV_ADD | EV_ONESHOT, Note.NOTE_EXIT, second));
        kqueue.fire(102, Filter.PROC);
        expect(first);
        kqueue.fire(100, Filter.PROC);
        expect(second);
    }

    @Test
    void processThatIsWatchedForForksIsForgottenWithItsEnd() throws IOException {
        for (int pid = 1; pid <= 10; pid++) {
            change(KEvent.proc(pid, EV_ADD | EV_CLEAR, Note.NOTE_FORK, new Object()));
            kqueue.exit(pid, 256);
        }
        assertThat(poll()).as("the program has not asked for the end").isEmpty();
        assertThat(values.size()).isZero();
    }

    @Test
    void forkIsToldWithoutTheEndThatCameWithIt() throws IOException {
        change(KEvent.proc(100, EV_ADD | EV_CLEAR, Note.NOTE_FORK, first));
        kqueue.fork(100);
        kqueue.exit(100, 256);
        assertThat(poll())
                .singleElement()
                .satisfies(
                        event -> {
                            assertThat(event.fflags()).isEqualTo(Note.NOTE_FORK);
                            assertThat(event.data()).isZero();
                            assertThat(event.udata()).isSameAs(first);
                        });
        assertThat(values.size()).isZero();
    }

    @Test
    void endThatTheProgramAsksForIsTold() throws IOException {
        change(KEvent.proc(100, EV_ADD | EV_CLEAR, Note.NOTE_FORK, first));
        change(KEvent.proc(100, EV_ADD | EV_CLEAR, Note.NOTE_EXIT, second));
        kqueue.exit(100, 256);
        assertThat(poll())
                .singleElement()
                .satisfies(
                        event -> {
                            assertThat(event.fflags()).isEqualTo(Note.NOTE_EXIT);
                            assertThat(event.data()).isEqualTo(256);
                            assertThat(event.udata()).isSameAs(second);
                        });
        assertThat(values.size()).isZero();
    }

    @Test
    void endThatCameBeforeItWasUnaskedForIsTold() throws IOException {
        change(KEvent.proc(100, EV_ADD | EV_CLEAR, Note.NOTE_EXIT, first));
        kqueue.exit(100, 256);
        assertThat(pollAndMeanwhile(() -> change(KEvent.proc(100, EV_ADD | EV_CLEAR, Note.NOTE_FORK, second))))
                .singleElement()
                .extracting(KEvent::udata)
                .isSameAs(first);
    }

    @Test
    void receiptShowsTheNotesThatWereGiven() throws IOException {
        assertThat(change(KEvent.proc(100, EV_ADD | EV_RECEIPT, Note.NOTE_FORK, first)))
                .singleElement()
                .satisfies(receipt -> assertThat(receipt.fflags() & Note.NOTE_EXIT).isZero());
    }

    @Test
    void objectsGoWithTheKQueue() throws IOException {
        change(add(0, first), KEvent.user(1, EV_ADD | EV_CLEAR, 0, second));
        close();
        assertThat(values.size()).isZero();
    }

    @Test
    void objectsOfEventsThatWereFetchedBeforeTheKQueueIsClosedComeWithThem() throws IOException {
        change(add(0, first));
        fire();
        assertThat(pollAndMeanwhile(this::close)).singleElement().extracting(KEvent::udata).isSameAs(first);
        assertThat(values.size()).isZero();
    }

    /** The values of this test are not those of the kqueue. */
    private void close() {
        kqueue.close();
        values.close();
    }

    @Test
    void closedKQueueIsNoticedByEveryCall() {
        kqueue.close();

        assertThatThrownBy(() -> change()).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> change(add(0, first))).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(this::poll).isInstanceOf(ClosedChannelException.class);
        kqueue.closing(5);
    }

    @Test
    void badArgumentsAreRefusedBeforeAnyChange() {
        assertThatThrownBy(() -> values.kevent(kqueue, List.of(add(0, first)), -1, null))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> values.kevent(kqueue, List.of(add(0, first)), 1, Duration.ofNanos(-1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> change(add(0, first), new KEvent(1, Filter.NETDEV, EV_ADD, 0, 0)))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("EVFILT_NETDEV");
        assertThat(kqueue.size()).isZero();
        assertThat(values.size()).isZero();
    }

    private void waitForEver(CompletableFuture<List<KEvent>> result) {
        Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            try {
                                result.complete(values.kevent(kqueue, List.of(), 1, null));
                            } catch (IOException | RuntimeException e) {
                                result.completeExceptionally(e);
                            }
                        });
    }
}
