package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.channels.SelectionKey.OP_READ;
import static java.nio.channels.SelectionKey.OP_WRITE;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.internal.channel.ScriptedChannel;
import dev.kqueue.internal.libc.Errno;

import org.junit.jupiter.api.Test;

import java.util.List;

/** What becomes of changes that the kqueue refuses, and of calls that throw. */
class FailedChangesOnScriptedKQueueTest extends SelectorOnScriptedKQueue {
    FailedChangesOnScriptedKQueueTest() throws Exception {}

    @Test
    void aFailedChangeMakesItsKeyReadyAndDisturbsNoOther() throws Exception {
        KQueueSelectionKey bad = register(new ScriptedChannel(5), OP_READ);
        KQueueSelectionKey good = register(new ScriptedChannel(6), OP_READ);
        kqueue.answer(events -> events.add(5, READ, KEvent.EV_ERROR, 0, Errno.EPERM, bad.udata))
                .answer(events -> events.add(6, READ, 0, 0, 1, good.udata));
        assertThat(selector.select()).isEqualTo(2);
        assertThat(selector.selectedKeys()).containsExactlyInAnyOrder(bad, good);
        assertThat(bad.readyOps()).isEqualTo(OP_READ);

        selector.selectedKeys().clear();
        assertThat(selector.select()).as("it stays ready: nobody else would say so").isEqualTo(1);
        bad.interestOps(0);
        kqueue.answer(events -> events.add(6, READ, 0, 0, 1, good.udata));
        selector.selectedKeys().clear();
        assertThat(selector.select()).isEqualTo(1);
        assertThat(selector.selectedKeys()).containsExactly(good);
    }

    @Test
    void aReceiptOfAKnoteThatIsGoneIsNoFailure() throws Exception {
        KQueueSelectionKey key = register(new ScriptedChannel(5), OP_READ);
        kqueue.answer(events -> events.add(5, READ, KEvent.EV_ERROR, 0, Errno.ENOENT, key.udata));
        assertThat(selector.selectNow()).isZero();
    }

    // ---- failed changes

    private static ScriptedKQueue.Answer refusal(KQueueSelectionKey key, int errno) {
        return events -> events.add(key.source().descriptor(), READ, KEvent.EV_ERROR, 0, errno, key.udata);
    }

    private List<KEvent> changesOf(int descriptor) {
        return kqueue.calls.stream()
                .flatMap(call -> call.changes().stream())
                .filter(change -> change.ident() == descriptor)
                .toList();
    }

    @Test
    void aChangeThatFailedForWantOfMemoryIsSubmittedAgain() throws Exception {
        for (int errno :
                new int[] {Errno.ENOMEM, Errno.ENOSPC, Errno.ENOBUFS, Errno.EMFILE, Errno.ENFILE, Errno.EINTR}) {
            kqueue.calls.clear();
            KQueueSelectionKey bad = register(new ScriptedChannel(5), OP_READ);
            KQueueSelectionKey good = register(new ScriptedChannel(6), OP_READ);
            kqueue.answer(refusal(bad, errno));
            assertThat(selector.select()).as("so that the program tries its I/O").isEqualTo(1);
            assertThat(selector.selectedKeys()).containsExactly(bad);
            selector.selectedKeys().clear();
            assertThat(changesOf(5)).hasSize(1);

            kqueue.answer(events -> events.add(6, READ, 0, 0, 1, good.udata));
            assertThat(selector.select()).as("the kernel watches it now").isEqualTo(1);
            assertThat(selector.selectedKeys()).containsExactly(good);
            selector.selectedKeys().clear();
            assertThat(changesOf(5))
                    .hasSize(2)
                    .allMatch(change -> change.flags() == KEvent.EV_ADD && change.filter() == Filter.READ);
            assertThat(changesOf(6)).hasSize(1);

            selector.selectNow();
            assertThat(changesOf(5)).as("no more than that").hasSize(2);
            bad.cancel();
            good.cancel();
            selector.selectNow();
        }
    }

    @Test
    void aChangeThatKeepsFailingMakesASelectorNeitherSpinNorWaitWithoutEnd() throws Exception {
        KQueueSelectionKey bad = register(new ScriptedChannel(5), OP_READ);
        kqueue.answer(refusal(bad, Errno.ENOMEM));
        assertThat(selector.select()).isEqualTo(1);
        for (int round = 0; round < 4; round++) {
            selector.selectedKeys().clear();
            kqueue.calls.clear();
            kqueue.answer(refusal(bad, Errno.ENOMEM));
            long longest = RetriedChanges.FIRST_PAUSE << round;
            assertThat(selector.select()).isEqualTo(1);
            assertThat(selector.selectedKeys()).containsExactly(bad);
            assertThat(changesOf(5)).as("tried once").hasSize(1);
            // The scripted kqueue does not wait, so the rest of the pause takes many calls, if any is left.
            assertThat(kqueue.waits().stream().skip(1))
                    .isNotEmpty()
                    .allMatch(call -> call.timeoutNanos() >= 0 && call.timeoutNanos() <= longest);
        }
    }

    @Test
    void aKeyWhoseChangeKeepsFailingIsReportedAlthoughOthersAreBusy() throws Exception {
        KQueueSelectionKey bad = register(new ScriptedChannel(5), OP_READ);
        KQueueSelectionKey busy = register(new ScriptedChannel(6), OP_READ);
        kqueue.answer(refusal(bad, Errno.ENOMEM));
        selector.select();
        for (int reports = 0; reports < 3; ) {
            selector.selectedKeys().clear();
            kqueue.answer(refusal(bad, Errno.ENOMEM)).answer(events -> events.add(6, READ, 0, 0, 1, busy.udata));
            selector.select();
            assertThat(selector.selectedKeys()).contains(busy);
            reports += selector.selectedKeys().contains(bad) ? 1 : 0;
        }
    }

    @Test
    void aKeyWithoutInterestWhoseChangeFailedIsNotReported() throws Exception {
        KQueueSelectionKey key = register(new ScriptedChannel(5), OP_READ | OP_WRITE);
        selector.selectNow();
        key.interestOps(0);
        kqueue.calls.clear();
        kqueue.answer(refusal(key, Errno.ENOMEM));
        assertThat(selector.selectNow()).isZero();
        assertThat(selector.selectNow()).isZero();
        assertThat(changesOf(5)).hasSize(4).allMatch(change -> change.flags() == KEvent.EV_DELETE);
    }

    @Test
    void theChangesOfACallThatThrewAreSubmittedAgain() throws Exception {
        KQueueSelectionKey first = register(new ScriptedChannel(5), OP_READ);
        register(new ScriptedChannel(6), OP_READ | OP_WRITE);
        for (Throwable failure : List.of(new java.io.IOException("kevent"), new OutOfMemoryError("kevent"))) {
            kqueue.answer(
                    events -> {
                        if (failure instanceof java.io.IOException e) {
                            throw e;
                        }
                        throw (Error) failure;
                    });
            assertThatThrownBy(selector::select).isSameAs(failure);
        }
        kqueue.calls.clear();
        kqueue.answer(events -> events.add(5, READ, 0, 0, 1, first.udata));
        assertThat(selector.select()).isEqualTo(1);
        assertThat(changesOf(5)).extracting(KEvent::flags).containsExactly(KEvent.EV_ADD);
        assertThat(changesOf(6)).extracting(KEvent::flags).containsExactly(KEvent.EV_ADD, KEvent.EV_ADD);
        selector.selectNow();
        assertThat(changesOf(6)).hasSize(2);
    }

    @Test
    void allThatACallThatThrewMayHaveAddedIsDeletedWithTheKey() throws Exception {
        KQueueSelectionKey key = register(new ScriptedChannel(5), OP_READ);
        selector.selectNow();
        key.interestOps(OP_WRITE);
        kqueue.answer(
                events -> {
                    throw new java.io.IOException("kevent");
                });
        assertThatThrownBy(selector::selectNow).hasMessage("kevent");
        kqueue.calls.clear();
        key.cancel();
        selector.selectNow();
        assertThat(changesOf(5))
                .allMatch(change -> (change.flags() & KEvent.EV_DELETE) != 0)
                .extracting(KEvent::filter)
                .containsExactlyInAnyOrder(Filter.READ, Filter.WRITE);
    }
}
