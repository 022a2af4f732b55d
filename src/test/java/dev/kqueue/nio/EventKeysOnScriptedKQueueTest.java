package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.channels.SelectionKey.OP_READ;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.Note;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.SelectionKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What the kqueue is told of event keys, and what their records say. */
class EventKeysOnScriptedKQueueTest extends EventKeysOnScriptedKQueue {
    EventKeysOnScriptedKQueueTest() throws IOException {}

    @Test
    void knoteOfACancelledKeyIsRemovedBeforeItsNumberIsWatchedAnew() throws IOException {
        // The number may have become another process's.
        process(OP_READ).cancel();
        changes();
        process(OP_READ);

        assertThat(changes())
                .extracting(change -> change.flags() & (KEvent.EV_ADD | KEvent.EV_DELETE))
                .containsExactly(KEvent.EV_DELETE, KEvent.EV_ADD);
    }

    // ---- what the kernel is told

    @Test
    void interestDisablesAndEnablesTheKnote() throws IOException {
        ProcessKey key = process(0);
        assertThat(changes().getFirst().flags() & KEvent.EV_DISABLE).isEqualTo(KEvent.EV_DISABLE);

        key.interestOps(OP_READ);
        selector.selectNow();
        assertThat(changes())
                .singleElement()
                .satisfies(
                        change -> {
                            assertThat(change.flags()).isEqualTo(KEvent.EV_ENABLE);
                            assertThat(change.fflags()).isEqualTo(key.knote().fflags());
                            assertThat(change.udata()).isEqualTo(key.udata);
                        });
        key.interestOps(0);
        selector.selectNow();
        assertThat(changes()).extracting(KEvent::flags).containsExactly(KEvent.EV_DISABLE);
    }

    @Test
    void cancellingDeletesTheKnote() throws IOException {
        ProcessKey key = process(OP_READ);
        kqueue.calls.clear();
        key.cancel();
        selector.selectNow();

        assertThat(changes())
                .singleElement()
                .satisfies(
                        change -> {
                            assertThat(change.ident()).isEqualTo(PID);
                            assertThat(change.flags()).isEqualTo(KEvent.EV_DELETE | KEvent.EV_RECEIPT);
                        });
        assertThat(selector.keys()).isEmpty();
        assertThat(key.channel().isOpen()).isTrue();
    }

    @Test
    void closingTheChannelCancelsTheKey() throws IOException {
        ProcessKey key = process(OP_READ);
        key.channel().close();

        assertThat(key.isValid()).isFalse();
        kqueue.calls.clear();
        selector.selectNow();
        assertThat(changes()).extracting(KEvent::flags).containsExactly(KEvent.EV_DELETE | KEvent.EV_RECEIPT);
    }

    @Test
    void nothingIsDeletedThatTheKernelHasRemoved() throws IOException {
        ProcessKey key = process(OP_READ);
        exit(key, 0);
        selector.selectNow();
        kqueue.calls.clear();
        key.interestOps(0);
        selector.selectNow();
        key.interestOps(OP_READ);
        selector.selectNow();
        key.cancel();
        selector.selectNow();

        assertThat(changes()).isEmpty();
    }

    @Test
    void exitThatIsNotAskedForIsNotReported() throws IOException {
        ProcessKey key = process(OP_READ);
        // NetBSD, OpenBSD and DragonFly: the knote ends with an event that has no note.
        event(key, Filter.PROC, KEvent.EV_EOF | KEvent.EV_ONESHOT, 0, 0);
        assertThat(selector.selectNow()).isZero();
        assertThat(key.events()).isEmpty();
        kqueue.calls.clear();
        key.cancel();
        selector.selectNow();
        assertThat(changes()).as("the kernel has removed the knote").isEmpty();
    }

    // ---- the record

    @Test
    void eventsAddUpUntilTheKeyIsTaken() throws IOException {
        ProcessKey key = process(OP_READ);
        fork(key);
        assertThat(selector.selectNow()).isOne();
        assertThat(key.events()).containsExactly(ProcessEvent.FORK);
        assertThat(key.hasExited()).isFalse();
        exit(key, 7 << 8);
        assertThat(selector.selectNow()).as("a key in the set is not updated").isZero();

        assertThat(key.events()).containsExactlyInAnyOrder(ProcessEvent.FORK, ProcessEvent.EXIT);
        assertThat(key.recordedFlags() & KEvent.EV_EOF).isEqualTo(KEvent.EV_EOF);
        assertThat(key.exitValue()).hasValue(7);
        assertThat(selector.selectedKeys()).containsExactly(key);
        assertThat(key.isReadable()).isTrue();
    }

    @Test
    void nextEventBeginsNewRecord() throws IOException {
        ProcessKey key = process(OP_READ);
        fork(key);
        selector.selectNow();
        selector.selectedKeys().clear();
        assertThat(key.events()).as("may still be read").containsExactly(ProcessEvent.FORK);
        exit(key, 15);
        selector.selectNow();

        assertThat(key.events()).containsExactly(ProcessEvent.EXIT);
        assertThat(key.exitValue()).isEmpty();
        assertThat(key.terminationSignal()).hasValue(15);
    }

    @Test
    void countsAddUp() throws IOException {
        SignalKey key = selector.watchSignal(Signal.HUP);
        event(key, Filter.SIGNAL, 0, 0, 3);
        selector.selectNow();
        event(key, Filter.SIGNAL, 0, 0, 4);
        selector.selectNow();
        assertThat(key.count()).isEqualTo(7);

        selector.selectedKeys().clear();
        event(key, Filter.SIGNAL, 0, 0, 5);
        selector.selectNow();
        assertThat(key.count()).isEqualTo(5);
    }

    @Test
    void eachCallOfAnActionHasItsOwnRecord() throws IOException {
        SignalKey key = selector.watchSignal(Signal.HUP);
        List<Long> counts = new ArrayList<>();
        for (int count = 1; count <= 3; count++) {
            event(key, Filter.SIGNAL, 0, 0, count);
            assertThat(selector.selectNow(ready -> counts.add(((SignalKey) ready).count()))).isOne();
        }

        assertThat(counts).containsExactly(1L, 2L, 3L);
    }

    @Test
    void eventThatMeetsNoInterestIsReportedWhenInterestReturns() throws IOException {
        ProcessKey key = process(0);
        selector.selectNow();
        exit(key, 0); // on its way when the interest was taken away
        assertThat(selector.selectNow()).isZero();
        assertThat(selector.selectedKeys()).isEmpty();

        key.interestOps(OP_READ);
        assertThat(selector.select()).isOne();
        assertThat(key.events()).containsExactly(ProcessEvent.EXIT);
        selector.selectedKeys().clear();
        assertThat(selector.selectNow()).as("once").isZero();
    }

    @Test
    void eventThatAnActionWasNotCalledForIsReportedLater() throws IOException {
        SignalKey hup = selector.watchSignal(Signal.HUP);
        SignalKey term = selector.watchSignal(Signal.TERM);
        for (int round = 0; round < 2; round++) {
            kqueue.answer(
                    events -> {
                        for (SignalKey key : List.of(hup, term)) {
                            events.add(key.knote().ident(), Filter.SIGNAL.value(), KEvent.EV_CLEAR, 0, 1, key.udata);
                        }
                    });
            selector.selectNow(key -> (key == hup ? term : hup).interestOps(0));
            SignalKey other = hup.interestOps() == 0 ? hup : term;
            event(other, Filter.SIGNAL, 0, 0, 1);
            other.interestOps(OP_READ);
            List<SelectionKey> called = new ArrayList<>();
            selector.selectNow(called::add);

            assertThat(called).containsExactly(other);
            assertThat(other.count()).isEqualTo(2);
        }
    }

    @Test
    void notesAreTheEventsOfTheirType() throws IOException {
        KEventKey key =
                selector.watch(new KEvent(9, Filter.VNODE, KEvent.EV_ADD | KEvent.EV_CLEAR, Note.NOTE_WRITE, 0));
        event(key, Filter.VNODE, 0, Note.NOTE_WRITE, 0);
        selector.selectNow();
        event(key, Filter.VNODE, 0, Note.NOTE_DELETE, 0);
        selector.selectNow();

        assertThat(key.fflags()).isEqualTo(Note.NOTE_WRITE | Note.NOTE_DELETE);
        assertThat(VnodeEvent.of(key.fflags())).isEqualTo(Set.of(VnodeEvent.WRITE, VnodeEvent.DELETE));
        assertThat(key.ident()).isEqualTo(9);
        assertThat(key.filter()).isEqualTo(Filter.VNODE);
    }

    // ---- closing

    @Test
    void channelMadeByTheSelectorIsClosedWithItsKey() throws IOException {
        SignalKey key = selector.watchSignal(Signal.HUP);
        key.cancel();
        assertThat(key.channel().isOpen()).isTrue();
        selector.selectNow();
        assertThat(key.channel().isOpen()).isFalse();

        SignalKey other = selector.watchSignal(Signal.HUP);
        selector.close();
        assertThat(other.isValid()).isFalse();
        assertThat(other.channel().isOpen()).isFalse();
    }

    @Test
    void closedSelectorTakesNoKeys() throws IOException {
        selector.close();

        assertThatThrownBy(() -> process(OP_READ)).isInstanceOf(ClosedSelectorException.class);
        assertThatThrownBy(() -> selector.watchSignal(Signal.HUP)).isInstanceOf(ClosedSelectorException.class);
    }

    @Test
    void channelsAreNonBlockingAlways() throws IOException {
        ProcessChannel channel = ProcessChannel.open(PID, Set.of(ProcessEvent.EXIT));

        assertThat(channel.isBlocking()).isFalse();
        assertThat(channel.validOps()).isEqualTo(OP_READ);
        assertThatThrownBy(() -> channel.configureBlocking(true)).isInstanceOf(IllegalBlockingModeException.class);
        assertThatThrownBy(() -> channel.register(selector, SelectionKey.OP_WRITE))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void badArgumentsAreRefusedAtTheDoor() {
        assertThatThrownBy(() -> ProcessChannel.open(0, Set.of(ProcessEvent.EXIT)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("0 is no process id");
        assertThatThrownBy(() -> ProcessChannel.open(1L << 32, Set.of(ProcessEvent.EXIT)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ProcessChannel.open(PID, Set.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no events to watch for");
        assertThatThrownBy(() -> KEventChannel.open(KEvent.read(1, KEvent.EV_ADD | KEvent.EV_DISPATCH, 0, null)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("EV_DISPATCH");
        assertThatThrownBy(() -> Signal.of("SIGNOPE"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("SIGNOPE");
    }
}
