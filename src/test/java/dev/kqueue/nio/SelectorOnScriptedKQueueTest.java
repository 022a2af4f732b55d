package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.channels.SelectionKey.OP_READ;
import static java.nio.channels.SelectionKey.OP_WRITE;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.KQueue;
import dev.kqueue.internal.channel.ScriptedChannel;
import dev.kqueue.internal.wakeup.UserWakeupEvent;
import dev.kqueue.internal.wakeup.WakeupEvent;

import org.junit.jupiter.api.Test;

import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.IllegalSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.util.ArrayList;
import java.util.List;

/** What the selector tells its kqueue, and what it makes of the answers. */
class SelectorOnScriptedKQueueTest extends SelectorOnScriptedKQueue {
    SelectorOnScriptedKQueueTest() throws Exception {}

    @Test
    void aSelectMakesOneKeventCallHoweverManyKeysChanged() throws Exception {
        List<KQueueSelectionKey> keys = new ArrayList<>();
        for (int fd = 0; fd < 100; fd++) {
            keys.add(register(new ScriptedChannel(fd), OP_READ));
        }
        assertThat(kqueue.calls).as("registering makes no call").isEmpty();
        selector.selectNow();
        assertThat(kqueue.calls).hasSize(1);
        assertThat(kqueue.calls.getFirst().changes()).hasSize(100);

        kqueue.calls.clear();
        keys.forEach(key -> key.interestOps(OP_READ | OP_WRITE));
        selector.selectNow();
        assertThat(kqueue.calls).hasSize(1);
        assertThat(kqueue.calls.getFirst().changes())
                .hasSize(100)
                .allMatch(change -> change.filter() == Filter.WRITE && change.flags() == KEvent.EV_ADD);
    }

    @Test
    void theMemoryOfABurstOfChangesIsGivenBackInTime() throws Exception {
        int burst = 2_000;
        for (int fd = 0; fd < burst; fd++) {
            register(new ScriptedChannel(fd), OP_READ);
        }
        selector.selectNow();
        assertThat(kqueue.roomForChanges).isGreaterThanOrEqualTo(burst);
        selector.selectNow();
        assertThat(kqueue.roomForChanges).as("the next burst may be near").isGreaterThanOrEqualTo(burst);
        for (int i = 0; i < 100; i++) {
            selector.selectNow();
        }
        assertThat(kqueue.roomForChanges).isLessThan(burst);
    }

    @Test
    void interestChangesAreCountedOncePerSelection() throws Exception {
        KQueueSelectionKey key = register(new ScriptedChannel(5), OP_READ);
        selector.selectNow();
        key.interestOps(OP_WRITE).interestOps(OP_READ | OP_WRITE);
        selector.selectNow();
        key.interestOps(0).interestOps(OP_READ | OP_WRITE);
        selector.selectNow();
        assertThat(selector.statistics().selections()).isEqualTo(3);
        assertThat(selector.statistics().interestChanges()).isEqualTo(2);
    }

    @Test
    void aChangeAndItsReversalReachNoKernel() throws Exception {
        KQueueSelectionKey key = register(new ScriptedChannel(5), OP_READ);
        selector.selectNow();
        kqueue.calls.clear();
        key.interestOps(OP_WRITE).interestOps(OP_READ);
        selector.selectNow();
        assertThat(kqueue.calls).hasSize(1);
        assertThat(kqueue.calls.getFirst().changes()).isEmpty();
    }

    @Test
    void readAndWriteEventsOfOneDescriptorAreOneKeyWithBothOps() throws Exception {
        KQueueSelectionKey key = register(new ScriptedChannel(5), OP_READ | OP_WRITE);
        kqueue.answer(events -> events.add(5, READ, 0, 0, 0, key.udata).add(5, WRITE, 0, 0, 0, key.udata));
        assertThat(selector.selectNow()).isEqualTo(1);
        assertThat(key.readyOps()).isEqualTo(OP_READ | OP_WRITE);
        assertThat(selector.selectedKeys()).containsExactly(key);

        List<Integer> accepted = new ArrayList<>();
        kqueue.answer(events -> events.add(5, WRITE, 0, 0, 0, key.udata).add(5, READ, 0, 0, 0, key.udata));
        selector.selectedKeys().clear();
        assertThat(selector.selectNow(k -> accepted.add(k.readyOps()))).isEqualTo(1);
        assertThat(accepted).containsExactly(OP_READ | OP_WRITE);
        assertThat(selector.selectedKeys()).as("the action took the key").isEmpty();
    }

    @Test
    void aSelectedKeyGathersReadyOpsAndCountsOnlyWhenTheyGrow() throws Exception {
        KQueueSelectionKey key = register(new ScriptedChannel(5), OP_READ | OP_WRITE);
        kqueue.answer(events -> events.add(5, READ, 0, 0, 0, key.udata));
        assertThat(selector.selectNow()).isEqualTo(1);
        kqueue.answer(events -> events.add(5, READ, 0, 0, 0, key.udata));
        assertThat(selector.selectNow()).isZero();
        kqueue.answer(events -> events.add(5, WRITE, 0, 0, 0, key.udata));
        assertThat(selector.selectNow()).isEqualTo(1);
        assertThat(key.readyOps()).isEqualTo(OP_READ | OP_WRITE);
        selector.selectedKeys().remove(key);
        kqueue.answer(events -> events.add(5, WRITE, 0, 0, 0, key.udata));
        assertThat(selector.selectNow()).isEqualTo(1);
        assertThat(key.readyOps()).as("a new report begins").isEqualTo(OP_WRITE);
    }

    @Test
    void anEventOfAFormerKeyIsDropped() throws Exception {
        ScriptedChannel channel = new ScriptedChannel(5);
        KQueueSelectionKey former = register(channel, OP_READ);
        selector.selectNow();
        long stale = former.udata;
        former.cancel();
        selector.selectNow();
        KQueueSelectionKey successor = register(new ScriptedChannel(5), OP_READ);
        kqueue.answer(events -> events.add(5, READ, 0, 0, 0, stale));
        assertThat(selector.selectNow()).isZero();
        assertThat(selector.selectedKeys()).isEmpty();
        assertThat(successor.readyOps()).isZero();
    }

    @Test
    void cancelledKeysLeaveTheKernelInOneCallAndReleaseTheirChannels() throws Exception {
        List<ScriptedChannel> channels = new ArrayList<>();
        List<KQueueSelectionKey> keys = new ArrayList<>();
        for (int fd = 0; fd < 10; fd++) {
            channels.add(new ScriptedChannel(fd));
            keys.add(register(channels.get(fd), OP_READ));
        }
        selector.selectNow();
        assertThat(channels).allMatch(channel -> channel.holds == 1);
        kqueue.calls.clear();
        keys.forEach(SelectionKey::cancel);
        selector.selectNow();
        assertThat(kqueue.calls).hasSize(2);
        assertThat(kqueue.calls.getFirst().changes())
                .hasSize(10)
                .allMatch(change -> change.flags() == (KEvent.EV_DELETE | KEvent.EV_RECEIPT));
        assertThat(kqueue.calls.get(1).changes()).isEmpty();
        assertThat(channels).allMatch(channel -> channel.holds == 0);
        assertThat(selector.keys()).isEmpty();
    }

    @Test
    void aClosedChannelsKnotesAreLeftToClose() throws Exception {
        ScriptedChannel channel = new ScriptedChannel(5);
        KQueueSelectionKey key = register(channel, OP_READ);
        selector.selectNow();
        kqueue.calls.clear();
        channel.close();
        assertThat(key.isValid()).isFalse();
        selector.selectNow();
        assertThat(kqueue.closing).containsExactly(5);
        assertThat(kqueue.calls).hasSize(1);
        assertThat(kqueue.calls.getFirst().changes()).isEmpty();
        assertThat(channel.holds).isZero();
    }

    @Test
    void aChannelThatIsBeingClosedGetsACancelledKey() throws Exception {
        ScriptedChannel channel = new ScriptedChannel(5);
        channel.closing = true;
        SelectionKey key = selector.register(channel, OP_READ, null);
        assertThat(key.isValid()).isFalse();
        selector.selectNow();
        assertThat(selector.keys()).isEmpty();
        assertThat(channel.holds).isZero();
    }

    @Test
    void theEventOfAnAnsweredWakeupDoesNotEndALaterWait() throws Exception {
        KQueueSelectionKey key = register(new ScriptedChannel(5), OP_READ);
        kqueue.answer(
                        events ->
                                events.add(
                                        UserWakeupEvent.IDENT,
                                        Filter.USER.value(),
                                        KEvent.EV_CLEAR,
                                        0,
                                        0,
                                        WakeupEvent.UDATA))
                .answer(events -> events.add(5, READ, 0, 0, 1, key.udata));
        assertThat(selector.select()).isEqualTo(1);
        assertThat(kqueue.waits()).hasSize(2).allMatch(call -> call.timeoutNanos() == KQueue.FOREVER);
    }

    @Test
    void aWakeupBeforeASelectMakesItPoll() throws Exception {
        selector.wakeup();
        assertThat(kqueue.calls).as("nobody waits: no call").isEmpty();
        assertThat(selector.select()).isZero();
        assertThat(kqueue.waits()).singleElement().matches(call -> call.timeoutNanos() == 0);
    }

    @Test
    void selectNowUsesUpAWakeup() throws Exception {
        selector.wakeup();
        selector.selectNow();
        kqueue.calls.clear();
        assertThat(selector.select(50)).isZero();
        assertThat(kqueue.waits()).isNotEmpty().allMatch(call -> call.timeoutNanos() > 0);
    }

    @Test
    void anInterruptedThreadPolls() throws Exception {
        Thread.currentThread().interrupt();
        assertThat(selector.select()).isZero();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void timeoutsAreMillisecondsAndZeroIsForEver() throws Exception {
        assertThatThrownBy(() -> selector.select(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1");
        KQueueSelectionKey key = register(new ScriptedChannel(5), OP_READ);
        kqueue.answer(events -> events.add(5, READ, 0, 0, 1, key.udata))
                .answer(events -> events.add(5, READ, 0, 0, 1, key.udata));
        selector.select(0);
        selector.select(Long.MAX_VALUE);
        assertThat(kqueue.waits())
                .extracting(ScriptedKQueue.Call::timeoutNanos)
                .containsExactly(KQueue.FOREVER, Long.MAX_VALUE);
    }

    @Test
    void aFullEventlistGrows() throws Exception {
        KQueueSelectionKey key = register(new ScriptedChannel(5), OP_READ);
        int[] capacities = new int[2];
        for (int round = 0; round < 2; round++) {
            int r = round;
            kqueue.answer(
                    events -> {
                        capacities[r] = events.capacity();
                        for (int i = events.capacity(); i > 0; i--) {
                            events.add(5, READ, 0, 0, 1, key.udata);
                        }
                    });
            assertThat(selector.selectNow()).isEqualTo(r == 0 ? 1 : 0);
        }
        assertThat(capacities[1]).isGreaterThan(capacities[0]);
    }

    @Test
    void anActionMayCancelTheKeysThatFollow() throws Exception {
        KQueueSelectionKey first = register(new ScriptedChannel(5), OP_READ);
        KQueueSelectionKey second = register(new ScriptedChannel(6), OP_READ);
        kqueue.answer(events -> events.add(5, READ, 0, 0, 1, first.udata).add(6, READ, 0, 0, 1, second.udata));
        assertThat(selector.select(key -> second.cancel())).isEqualTo(1);
    }

    @Test
    void anActionMayNotSelectButMayCloseTheSelector() throws Exception {
        KQueueSelectionKey key = register(new ScriptedChannel(5), OP_READ);
        kqueue.answer(events -> events.add(5, READ, 0, 0, 1, key.udata));
        assertThatThrownBy(() -> selector.select(k -> select())).isInstanceOf(IllegalStateException.class);
        kqueue.answer(events -> events.add(5, READ, 0, 0, 1, key.udata));
        assertThat(selector.select(k -> closeSelector())).isOne();
        assertThat(selector.isOpen()).isFalse();
    }

    private void select() {
        try {
            selector.selectNow();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void closeSelector() {
        try {
            selector.close();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void closingCancelsEveryKeyAndReleasesEveryChannel() throws Exception {
        ScriptedChannel channel = new ScriptedChannel(5);
        KQueueSelectionKey key = register(channel, OP_READ);
        selector.selectNow();
        selector.close();
        assertThat(key.isValid()).isFalse();
        assertThat(channel.holds).isZero();
        assertThat(kqueue.isOpen()).isFalse();
        assertThatThrownBy(selector::keys).isInstanceOf(ClosedSelectorException.class);
        assertThatThrownBy(selector::selectedKeys).isInstanceOf(ClosedSelectorException.class);
        assertThatThrownBy(selector::selectNow).isInstanceOf(ClosedSelectorException.class);
        assertThatThrownBy(key::interestOps).isInstanceOf(CancelledKeyException.class);
        assertThatThrownBy(key::readyOps).isInstanceOf(CancelledKeyException.class);
        assertThatThrownBy(() -> register(new ScriptedChannel(6), OP_READ)).isInstanceOf(ClosedSelectorException.class);
        assertThat(selector.wakeup()).isSameAs((Selector) selector);
    }

    @Test
    void keysCheckTheirOps() throws Exception {
        KQueueSelectionKey key = register(new ScriptedChannel(5), OP_READ);
        assertThatThrownBy(() -> key.interestOps(SelectionKey.OP_ACCEPT)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> key.interestOpsOr(SelectionKey.OP_CONNECT))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(key.interestOpsOr(OP_WRITE)).isEqualTo(OP_READ);
        assertThat(key.interestOpsAnd(OP_WRITE)).isEqualTo(OP_READ | OP_WRITE);
        assertThat(key.interestOps()).isEqualTo(OP_WRITE);
    }

    @Test
    void keySetsCanOnlyBeChangedAsSpecified() throws Exception {
        KQueueSelectionKey key = register(new ScriptedChannel(5), OP_READ);
        assertThatThrownBy(() -> selector.keys().remove(key)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> selector.keys().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> selector.selectedKeys().add(key)).isInstanceOf(UnsupportedOperationException.class);
        assertThat(selector.keys()).containsExactly(key);
    }

    @Test
    void foreignChannelsAreRefused() throws Exception {
        try (AbstractSelectableChannel foreign =
                new AbstractSelectableChannel(null) {
                    @Override
                    public int validOps() {
                        return OP_READ;
                    }

                    @Override
                    protected void implCloseSelectableChannel() {}

                    @Override
                    protected void implConfigureBlocking(boolean block) {}
                }) {
            assertThatThrownBy(() -> selector.register(foreign, OP_READ, null))
                    .isInstanceOf(IllegalSelectorException.class);
        }
    }

    @Test
    void aKeyThatIsCancelledAfterItsEventCameIsNotSelected() throws Exception {
        KQueueSelectionKey first = register(new ScriptedChannel(5), OP_READ);
        KQueueSelectionKey second = register(new ScriptedChannel(6), OP_READ);
        kqueue.answer(
                events -> {
                    events.add(5, READ, 0, 0, 1, first.udata).add(6, READ, 0, 0, 1, second.udata);
                    ((ScriptedChannel) second.channel()).whenAsked = first::cancel;
                });
        assertThat(selector.selectNow()).isEqualTo(1);
        assertThat(selector.selectedKeys()).containsExactly(second);
        assertThat(selector.keys()).containsExactly(second);
    }

    // ---- many keys

    @Test
    void anOperationReportsEveryKeyThatIsReady() throws Exception {
        int count = 5_000;
        List<KQueueSelectionKey> keys = new ArrayList<>();
        for (int fd = 0; fd < count; fd++) {
            keys.add(register(new ScriptedChannel(fd), OP_READ));
        }
        selector.selectNow();
        int[] next = {0};
        for (int call = 0; call < count; call++) {
            kqueue.answer(
                    events -> {
                        while (events.size() < events.capacity() && next[0] < count) {
                            events.add(next[0], READ, 0, 0, 1, keys.get(next[0]).udata);
                            next[0]++;
                        }
                    });
        }
        kqueue.calls.clear();
        assertThat(selector.select()).isEqualTo(count);
        assertThat(kqueue.calls).hasSizeLessThan(5);
    }

    @Test
    void levelsThatAreReportedByEachCallAnewDoNotKeepAnOperation() throws Exception {
        int count = 3_000;
        List<KQueueSelectionKey> keys = new ArrayList<>();
        for (int fd = 0; fd < count; fd++) {
            keys.add(register(new ScriptedChannel(fd), OP_READ));
        }
        selector.selectNow();
        int[] next = {0};
        for (int call = 0; call < 1_000; call++) {
            kqueue.answer(
                    events -> {
                        for (int i = 0; i < 1024; i++) {
                            int fd = next[0]++ % count;
                            events.add(fd, READ, 0, 0, 1, keys.get(fd).udata);
                        }
                    });
        }
        kqueue.calls.clear();
        assertThat(selector.select()).isEqualTo(count);
        assertThat(kqueue.calls).hasSizeLessThan(10);
    }

    @Test
    void oneCallHasRoomForBothEventsOfEveryKey() throws Exception {
        for (int fd = 0; fd < 300; fd++) {
            register(new ScriptedChannel(fd), OP_READ);
        }
        kqueue.answer(events -> assertThat(events.capacity()).isGreaterThanOrEqualTo(600));
        selector.selectNow();
        assertThat(kqueue.calls).hasSize(1);
    }
}
