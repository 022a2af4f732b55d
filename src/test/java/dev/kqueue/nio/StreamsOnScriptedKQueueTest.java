package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.channels.SelectionKey.OP_READ;
import static java.nio.channels.SelectionKey.OP_WRITE;

import dev.kqueue.KEvent;
import dev.kqueue.internal.channel.ScriptedChannel;
import dev.kqueue.internal.fd.Readiness;

import org.junit.jupiter.api.Test;

import java.nio.channels.SelectionKey;
import java.util.ArrayList;
import java.util.List;

/** What a selector remembers of streams, and so need not ask its kqueue. */
class StreamsOnScriptedKQueueTest extends SelectorOnScriptedKQueue {
    StreamsOnScriptedKQueueTest() throws Exception {}

    @Test
    void aStreamThatIsReadyStaysReadyWithoutTheKernelSayingSoAgain() throws Exception {
        Readiness readiness = new Readiness();
        KQueueSelectionKey key = register(new ScriptedChannel(5, readiness), OP_READ);
        kqueue.answer(events -> events.add(5, READ, 0, 0, 0, key.udata));
        assertThat(selector.select()).isEqualTo(1);
        selector.selectedKeys().clear();
        assertThat(selector.select()).as("nothing was read").isEqualTo(1);
        assertThat(kqueue.waits().getLast().timeoutNanos()).isZero();
        selector.selectedKeys().clear();
        readiness.read(readiness.stamp(), 1, 100);
        assertThat(selector.selectNow()).as("all was read").isZero();
    }

    @Test
    void anActionThatThrowsTakesNoEdgeFromOtherStreams() throws Exception {
        List<KQueueSelectionKey> keys = new ArrayList<>();
        for (int fd = 5; fd < 9; fd++) {
            keys.add(register(new ScriptedChannel(fd, new Readiness()), OP_READ));
        }
        kqueue.answer(events -> keys.forEach(key -> events.add(key.source().descriptor(), READ, 0, 0, 0, key.udata)));
        List<SelectionKey> told = new ArrayList<>();
        assertThatThrownBy(
                        () ->
                                selector.select(
                                        key -> {
                                            told.add(key);
                                            if (told.size() == 2) {
                                                throw new IllegalStateException("of the program");
                                            }
                                            Readiness readiness = ((KQueueSelectionKey) key).source().readiness();
                                            readiness.read(readiness.stamp(), 1, 100);
                                        }))
                .hasMessage("of the program");
        List<SelectionKey> again = new ArrayList<>();
        assertThat(selector.selectNow(again::add)).isEqualTo(3);
        assertThat(again).as("all but the one that was read").doesNotContain(told.getFirst()).hasSize(3);
    }

    @Test
    void aStreamReadByAnotherThreadMeanwhileIsForgotten() throws Exception {
        Readiness readiness = new Readiness();
        KQueueSelectionKey key = register(new ScriptedChannel(5, readiness), OP_READ);
        kqueue.answer(events -> events.add(5, READ, 0, 0, 0, key.udata));
        for (int i = 0; i < 3; i++) {
            assertThat(selector.selectNow(ready -> {})).as("nothing was read").isEqualTo(1);
        }
        readiness.read(readiness.stamp(), 1, 100);
        assertThat(selector.selectNow(ready -> {})).isZero();
    }

    @Test
    void interestThatComesAndGoesReachesNoKernel() throws Exception {
        Readiness readiness = new Readiness();
        KQueueSelectionKey key = register(new ScriptedChannel(5, readiness), OP_READ | OP_WRITE);
        kqueue.answer(events -> events.add(5, WRITE, 0, 0, 0, key.udata));
        assertThat(selector.select()).isEqualTo(1);
        kqueue.calls.clear();
        for (int i = 0; i < 10; i++) {
            selector.selectedKeys().clear();
            key.interestOps(OP_READ);
            assertThat(selector.selectNow()).isZero();
            key.interestOps(OP_WRITE);
            assertThat(selector.select()).isEqualTo(1);
            assertThat(key.readyOps()).isEqualTo(OP_WRITE);
        }
        assertThat(kqueue.calls).hasSize(20).allMatch(call -> call.changes().isEmpty());
    }

    @Test
    void anEventWithoutInterestIsRememberedAndTheWaitGoesOn() throws Exception {
        Readiness readiness = new Readiness();
        KQueueSelectionKey silent = register(new ScriptedChannel(5, readiness), OP_READ);
        KQueueSelectionKey other = register(new ScriptedChannel(6), OP_READ);
        selector.selectNow();
        silent.interestOps(0);
        kqueue.answer(events -> events.add(5, READ, 0, 0, 0, silent.udata))
                .answer(events -> events.add(6, READ, 0, 0, 0, other.udata));
        assertThat(selector.select()).isEqualTo(1);
        assertThat(selector.selectedKeys()).containsExactly(other);
        silent.interestOps(OP_READ);
        assertThat(selector.select()).as("the event had come before the interest").isEqualTo(1);
        assertThat(selector.selectedKeys()).containsExactlyInAnyOrder(silent, other);
    }

    @Test
    void aDirectionThatKeepsReportingWithoutInterestIsTakenOut() throws Exception {
        KQueueSelectionKey silent = register(new ScriptedChannel(5, new Readiness()), OP_READ);
        KQueueSelectionKey other = register(new ScriptedChannel(6), OP_READ);
        selector.selectNow();
        silent.interestOps(0);
        for (int i = 0; i < 3; i++) {
            kqueue.answer(events -> events.add(5, READ, 0, 0, 0, silent.udata));
        }
        kqueue.answer(events -> events.add(6, READ, 0, 0, 0, other.udata));
        assertThat(selector.select()).isEqualTo(1);
        assertThat(kqueue.waits().getLast().changes())
                .singleElement()
                .matches(change -> change.ident() == 5 && change.flags() == KEvent.EV_DELETE);
        silent.interestOps(OP_READ);
        selector.selectNow();
        assertThat(kqueue.waits().getLast().changes())
                .singleElement()
                .matches(change -> change.ident() == 5 && change.flags() == KEvent.EV_ADD);
    }

    @Test
    void aCancelledKeyIsNotRemembered() throws Exception {
        Readiness readiness = new Readiness();
        KQueueSelectionKey key = register(new ScriptedChannel(5, readiness), OP_READ);
        kqueue.answer(events -> events.add(5, READ, 0, 0, 0, key.udata));
        selector.select();
        key.cancel();
        assertThat(selector.selectNow()).isZero();
        assertThat(selector.selectedKeys()).isEmpty();
    }
}
