package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_DISPATCH;
import static dev.kqueue.KEvent.EV_ENABLE;
import static dev.kqueue.KEvent.EV_ONESHOT;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.internal.abi.Abi;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** EVFILT_USER. */
class UserFilterTest extends FilterContract {
    private static final int NOTE_TRIGGER = Abi.HOST.constant("NOTE_TRIGGER");

    @Override
    protected Filter filter() {
        return Filter.USER;
    }

    @Override
    protected long ident() {
        // An ident is any number, and all of it counts.
        return 0xfedc_ba98_7654_3210L;
    }

    @Override
    protected void cause() throws IOException {
        trigger(kq.kqueue, ident(), 0);
    }

    private static void trigger(KQueue kqueue, long ident, int fflags) throws IOException {
        KEventList events = KEventList.allocate(1);
        KEventList change = KQueueDriver.list(ident, Filter.USER, KEvent.EV_RECEIPT, NOTE_TRIGGER | fflags, 0, 0);
        // With a receipt, so that ENOENT of a knote that is gone is no exception.
        kqueue.kevent(change, events, 0);
    }

    @Test
    @Override
    void twoKqueuesBothReport() throws Exception {
        try (KQueueDriver other = new KQueueDriver()) {
            add(0);
            other.change(ident(), filter(), EV_ADD, 0, 0, 7);
            cause();
            awaitFired();
            assertThat(other.pending()).as("a user event belongs to its kqueue").isEmpty();
            trigger(other.kqueue, ident(), 0);
            other.awaitOne();
        }
    }

    @Test
    @Override
    void udataComesBack() throws Exception {
        // NOTE_TRIGGER is a change, and replaces udata as any change does.
        add(0);
        kq.change(ident(), filter(), 0, NOTE_TRIGGER, 0, 0x8123_4567_89ab_cdefL);
        assertThat(awaitFired().udata()).isEqualTo(0x8123_4567_89ab_cdefL);
    }

    @RequiresAbility(Ability.CHANGES_REPLACE)
    @Test
    @Override
    void modifyReplacesUdata() throws Exception {
        add(0);
        kq.change(ident(), filter(), 0, NOTE_TRIGGER, 0, 42);
        assertThat(awaitFired().udata()).isEqualTo(42);
    }

    @Test
    @Override
    protected void modifyReplacesFflags() throws Exception {
        kq.change(ident(), filter(), EV_ADD | EV_CLEAR, 0, 0, 0);
        kq.change(ident(), filter(), 0, Abi.HOST.constant("NOTE_FFCOPY") | 0x5a, 0, 0);
        cause();
        assertThat(awaitFired().fflags() & 0xffffff).isEqualTo(0x5a);
    }

    @ParameterizedTest
    @CsvSource({"NOTE_FFNOP, 12", "NOTE_FFAND, 8", "NOTE_FFOR, 14", "NOTE_FFCOPY, 10"})
    void fflagsAreCombined(String control, int result) throws Exception {
        kq.change(ident(), filter(), EV_ADD | EV_CLEAR, 12, 0, 0);
        trigger(kq.kqueue, ident(), Abi.HOST.constant(control) | 10);
        assertThat(awaitFired().fflags() & 0xffffff).isEqualTo(result);
    }

    @Test
    void notesStayAfterAReportWithClear() throws Exception {
        kq.change(ident(), filter(), EV_ADD | EV_CLEAR, 12, 0, 0);
        for (int i = 0; i < 3; i++) {
            cause();
            assertThat(awaitFired().fflags() & 0xffffff).isEqualTo(12);
        }
    }

    @Test
    void triggersBeforeAReportMergeIntoOne() throws Exception {
        kq.change(ident(), filter(), EV_ADD | EV_CLEAR, 0, 0, 0);
        int or = Abi.HOST.constant("NOTE_FFOR");
        trigger(kq.kqueue, ident(), or | 1);
        trigger(kq.kqueue, ident(), or | 4);
        assertThat(awaitFired().fflags() & 0xffffff).isEqualTo(5);
        assertThat(kq.pending()).isEmpty();
    }

    @Test
    void withoutClearItStaysTriggered() throws Exception {
        add(0);
        cause();
        for (int i = 0; i < 3; i++) {
            awaitFired();
        }
    }

    @Test
    void levelsAreReportedOnceInOneCallAndTakeTurns() throws Exception {
        for (int i = 0; i < 5; i++) {
            kq.change(i, filter(), EV_ADD, 0, 0, 0);
            trigger(kq.kqueue, i, 0);
        }
        assertThat(kq.pending()).extracting(KQueueDriver.Event::ident).containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L);
        List<KQueueDriver.Event> first = kq.fetch(3, Duration.ZERO);
        List<KQueueDriver.Event> second = kq.fetch(2, Duration.ZERO);
        assertThat(first).doesNotContainAnyElementsOf(second);
    }

    @Test
    void identIsItsOwnNameSpace() throws Exception {
        try (Pair pair = Pair.pipe()) {
            kq.change(pair.readEnd(), Filter.READ, EV_ADD, 0, 0, 1);
            kq.change(pair.readEnd(), Filter.USER, EV_ADD | EV_CLEAR, 0, 0, 2);
            kq.kqueue.beforeClose(pair.readEnd());
            kq.change(pair.readEnd(), Filter.USER, 0, NOTE_TRIGGER, 0, 2);
            assertThat(kq.awaitOne().udata()).isEqualTo(2);
        }
    }

    @Test
    void dispatchEnableAndTriggerInOneChange() throws Exception {
        kq.change(ident(), filter(), EV_ADD | EV_DISPATCH | EV_CLEAR, 0, 0, 0);
        cause();
        awaitFired();
        kq.change(ident(), filter(), EV_ENABLE, NOTE_TRIGGER, 0, 0);
        awaitFired();
        assertThat(kq.pending()).isEmpty();
    }

    @Test
    void oneTriggerWakesOneOfManyWaiters() throws Exception {
        kq.change(ident(), filter(), EV_ADD | EV_ONESHOT, 0, 0, 0);
        assertDelivered(8, 1);
    }

    /** Lets threads wait, triggers once, and counts how many get the event. */
    private void assertDelivered(int waiters, int deliveries) throws Exception {
        java.util.concurrent.atomic.AtomicInteger delivered = new java.util.concurrent.atomic.AtomicInteger();
        Thread[] threads = new Thread[waiters];
        for (int i = 0; i < waiters; i++) {
            threads[i] = Thread.ofPlatform().start(() -> waitUntilClosed(delivered));
        }
        Thread.sleep(50);
        cause();
        long deadline = System.nanoTime() + KQueueDriver.SOON.toNanos();
        while (delivered.get() < deliveries && System.nanoTime() < deadline) {
            Thread.sleep(1);
        }
        Thread.sleep(50);
        kq.close();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(delivered).hasValue(deliveries);
    }

    private void waitUntilClosed(java.util.concurrent.atomic.AtomicInteger delivered) {
        KEventList events = KEventList.allocate(4);
        try {
            while (true) {
                delivered.addAndGet(kq.kqueue.kevent(null, events, KQueue.FOREVER));
            }
        } catch (java.nio.channels.ClosedChannelException expected) {
            // the way out
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
