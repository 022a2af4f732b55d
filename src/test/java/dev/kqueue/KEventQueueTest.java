package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_DELETE;
import static dev.kqueue.KEvent.EV_DISABLE;
import static dev.kqueue.KEvent.EV_DISPATCH;
import static dev.kqueue.KEvent.EV_ENABLE;
import static dev.kqueue.KEvent.EV_ONESHOT;
import static dev.kqueue.KEvent.EV_RECEIPT;
import static dev.kqueue.Note.NOTE_TRIGGER;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.kqueue.internal.libc.Errno;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;

/** A queue over values, on kernels that replace udata with every change and on those that do not. */
@Timeout(60)
@ParameterizedClass
@ValueSource(booleans = {true, false})
class KEventQueueTest extends KEventQueueOverModel {
    KEventQueueTest(boolean replacesUdataAlways) {
        super(replacesUdataAlways);
    }

    private static final Filter ABSENT =
            Arrays.stream(Filter.values()).filter(filter -> !filter.isDefined()).findFirst().orElseThrow();

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
        assertThat(queue.size()).isZero();
    }

    @Test
    void eventDeletedAndAddedInOneCallHasTheObjectThatItLacked() throws IOException {
        change(add(EV_CLEAR, null));
        change(KEvent.read(5, EV_DELETE, 0, null), add(EV_CLEAR, first));

        fire();
        expect(first);
        fire();
        expect(first);
    }

    // ---- failures

    @Test
    void exceptionListsTheChangesThatFailed() throws IOException {
        KEvent delete = KEvent.read(5, EV_DELETE, 0, first);
        KEvent enable = KEvent.write(5, EV_ENABLE, 0, second);

        assertThatExceptionOfType(KEventException.class)
                .isThrownBy(() -> queue.apply(delete, KEvent.user(1, EV_ADD, 0, null), enable))
                .withMessageContaining("EVFILT_READ")
                .withMessageContaining("EVFILT_WRITE")
                .withMessageContaining("ENOENT")
                .satisfies(
                        e ->
                                assertThat(e.failures())
                                        .extracting(KEventException.Failure::change, KEventException.Failure::errno)
                                        .containsExactly(tuple(delete, Errno.ENOENT), tuple(enable, Errno.ENOENT)));
        assertThat(kqueue.size()).as("the change between them was made").isOne();
    }

    @Test
    void failedAdditionLeavesNothing() {
        kqueue.failAdding(5, Filter.READ, 1);

        assertThat(failures(add(0, first))).hasSize(1);
        assertThat(queue.size()).isZero();
    }

    @Test
    void failedReplacementLeavesTheObject() throws IOException {
        change(add(EV_CLEAR, first));
        kqueue.failAdding(5, Filter.READ, 3);
        for (int i = 0; i < 3; i++) {
            assertThat(failures(add(EV_CLEAR, second))).hasSize(1);
        }
        fire();
        expect(first);

        change(add(EV_CLEAR, second));
        fire();
        expect(second);
    }

    @Test
    void oneShotWhoseReplacementFailedIsForgottenWithItsEvent() throws IOException {
        change(add(EV_ONESHOT, first));
        kqueue.failAdding(5, Filter.READ, 1);
        assertThat(failures(add(EV_ONESHOT, second))).hasSize(1);
        fire();

        expect(first);
        assertThat(queue.size()).isZero();
    }

    @Test
    void additionThatFailsAndIsRepeatedInOneCallCounts() throws IOException {
        kqueue.failAdding(5, Filter.READ, 1);
        KEvent failing = add(EV_CLEAR, first);

        assertThat(failures(failing, add(EV_CLEAR, second)))
                .extracting(KEventException.Failure::change)
                .containsExactly(failing);
        fire();
        expect(second);
    }

    @Test
    void receiptMakesNoDifference() throws IOException {
        change(add(EV_CLEAR | EV_RECEIPT, first));
        fire();
        assertThat(poll()).containsExactly(new KEvent(5, Filter.READ, EV_CLEAR, 0, 0, first));
    }

    @Test
    void applyingChangesTakesNoEvent() throws IOException {
        change(add(EV_ONESHOT, first));
        fire();

        change(KEvent.write(5, EV_ADD, 0, null));
        expect(first);
    }

    @Test
    void eventsComeAtMostAsManyAsAskedFor() throws IOException {
        List<KEvent> changes = IntStream.range(0, 100).mapToObj(i -> KEvent.user(i, EV_ADD | EV_CLEAR, 0, i)).toList();
        queue.apply(changes);
        for (int i = 0; i < 100; i++) {
            change(KEvent.user(i, 0, NOTE_TRIGGER, null));
        }

        assertThat(queue.await(3)).extracting(KEvent::udata).containsExactly(0, 1, 2);
        assertThat(queue.await(100, Duration.ofDays(1))).hasSize(97);
        assertThat(queue.await(100, Duration.ofMillis(1))).isEmpty();
    }

    // ---- memory

    @Test
    void eventThatTheKernelHasNotIsForgotten() throws IOException {
        change(add(0, first));
        kqueue.closeSilently(5);

        assertThat(failures(KEvent.read(5, EV_ENABLE, 0, null))).hasSize(1);
        assertThat(queue.size()).isZero();
    }

    @Test
    void waitingThreadEndsWithTheQueue() throws Exception {
        CompletableFuture<List<KEvent>> waiter = new CompletableFuture<>();
        Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            try {
                                waiter.complete(queue.await(1));
                            } catch (IOException | RuntimeException e) {
                                waiter.completeExceptionally(e);
                            }
                        });
        kqueue.awaitWaiting(1);
        queue.close();
        assertThatThrownBy(waiter::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(ClosedChannelException.class);
    }

    @Test
    void badArgumentsAreRefusedBeforeAnyChange() {
        assertThatThrownBy(() -> queue.poll(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> queue.await(1, Duration.ofNanos(-1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> change(add(0, first), new KEvent(1, ABSENT, EV_ADD, 0, 0)))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining(ABSENT.cName());
        assertThat(kqueue.size()).isZero();
        assertThat(queue.size()).isZero();
    }

    @Test
    void oneShotIsForgottenWithItsEvent() throws IOException {
        for (int i = 0; i < 1000; i++) {
            change(KEvent.user(i, EV_ADD | EV_ONESHOT, 0, new Object()));
            change(KEvent.user(i, 0, NOTE_TRIGGER, null));
            assertThat(poll()).hasSize(1);
        }

        assertThat(queue.size()).isZero();
    }

    @Test
    void numberOfDescriptorClosedSilentlyIsUsedAgain() throws IOException {
        change(add(0, first));
        kqueue.closeSilently(5);
        change(add(0, second));
        fire();

        expect(second);
        assertThat(queue.size()).isOne();
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
        assertThat(queue.size()).isZero();
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
        assertThat(queue.size()).isZero();
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
        assertThat(queue.size()).isZero();
    }

    @Test
    void objectsGoWithTheKQueue() throws IOException {
        change(add(0, first), KEvent.user(1, EV_ADD | EV_CLEAR, 0, second));
        queue.close();
        assertThat(queue.size()).isZero();
    }

    @Test
    void closedKQueueIsNoticedByEveryCall() {
        kqueue.close();

        assertThatThrownBy(() -> change()).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> change(add(0, first))).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(this::poll).isInstanceOf(ClosedChannelException.class);
        queue.beforeClose(5);
    }
}
