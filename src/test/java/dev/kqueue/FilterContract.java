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

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.internal.libc.Errno;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.List;

/** What every filter must show, on every system. A filter's own test extends this, and says how to make it fire. */
abstract class FilterContract {
    /** A udata with all bits of use: neither a small number nor one that fits 32 bits. */
    private static final long UDATA = 0x8123_4567_89ab_cdefL;

    protected KQueueDriver kq;

    protected abstract Filter filter();

    protected abstract long ident();

    /** The flags that the filter's knotes are added with beside EV_ADD: EV_CLEAR for one that needs it. */
    protected int flags() {
        return 0;
    }

    protected int fflags() {
        return 0;
    }

    protected long data() {
        return 0;
    }

    /** Makes the filter fire, or has made it fire when it returns. */
    protected abstract void cause() throws Exception;

    /** Changes a knote so that fflags decide otherwise, and shows that they do. */
    @Test
    protected abstract void modifyReplacesFflags() throws Exception;

    @BeforeEach
    void openQueue() throws Exception {
        kq = new KQueueDriver();
    }

    @AfterEach
    void closeQueue() throws Exception {
        kq.close();
    }

    protected final void add(int more) throws Exception {
        add(kq, more, UDATA);
    }

    private void add(KQueueDriver queue, int more, long udata) throws Exception {
        queue.change(ident(), filter(), EV_ADD | flags() | more, fflags(), data(), udata);
    }

    protected final void change(int flags) throws Exception {
        kq.change(ident(), filter(), flags, fflags(), data(), UDATA);
    }

    protected final KQueueDriver.Event awaitFired() throws Exception {
        KQueueDriver.Event event = kq.awaitOne();
        assertThat(event.ident()).isEqualTo(ident());
        assertThat(event.filter()).isEqualTo(filter().value());
        return event;
    }

    @Test
    void addReportsNothingBeforeTheCause() throws Exception {
        add(0);
        assertThat(kq.pending()).isEmpty();
    }

    @Test
    void addReportsTheCause() throws Exception {
        add(0);
        cause();
        awaitFired();
    }

    @Test
    void causeEndsAWait() throws Exception {
        add(0);
        Thread waiter = Thread.ofPlatform().start(new Causer());
        awaitFired();
        waiter.join();
    }

    /** Causes it a little later, from another thread. */
    private final class Causer implements Runnable {
        @Override
        public void run() {
            try {
                Thread.sleep(30);
                cause();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    void deleteEndsReports() throws Exception {
        add(0);
        change(EV_DELETE);
        cause();
        assertThat(kq.pending()).isEmpty();
        assertThat(kq.errno(ident(), filter(), EV_DELETE)).isEqualTo(Errno.ENOENT);
    }

    @Test
    void changesOfNothingAreENOENT() throws Exception {
        assertThat(kq.errno(ident(), filter(), EV_DELETE)).isEqualTo(Errno.ENOENT);
        assertThat(kq.errno(ident(), filter(), EV_ENABLE)).isEqualTo(Errno.ENOENT);
        assertThat(kq.errno(ident(), filter(), EV_DISABLE)).isEqualTo(Errno.ENOENT);
    }

    @Test
    void disableHoldsReportsBackUntilEnable() throws Exception {
        add(0);
        change(EV_DISABLE);
        cause();
        assertThat(kq.pending()).isEmpty();
        change(EV_ENABLE);
        awaitFired();
    }

    @Test
    void addDisabledReportsNothingUntilEnable() throws Exception {
        add(EV_DISABLE);
        cause();
        assertThat(kq.pending()).isEmpty();
        change(EV_ENABLE);
        awaitFired();
    }

    @Test
    void oneshotReportsOnceAndIsGone() throws Exception {
        add(EV_ONESHOT);
        cause();
        awaitFired();
        assertThat(kq.pending()).isEmpty();
        assertThat(kq.errno(ident(), filter(), EV_DELETE)).isEqualTo(Errno.ENOENT);
    }

    @Test
    void dispatchDisablesAfterTheReport() throws Exception {
        add(EV_DISPATCH);
        cause();
        if (awaitFired().has(EV_CLEAR)) {
            Ability.DISPATCH_BESIDE_CLEAR.assume();
        }
        cause();
        assertThat(kq.pending()).isEmpty();
        change(EV_ENABLE);
        awaitFired();
        assertThat(kq.errno(ident(), filter(), EV_DELETE)).isZero();
    }

    @Test
    void receiptIsReturnedInsteadOfEvents() throws Exception {
        add(0);
        cause();
        KEventList changes =
                KEventList.allocate(1).add(ident(), filter().value(), EV_ENABLE | EV_RECEIPT, fflags(), data(), UDATA);
        List<KQueueDriver.Event> entries = kq.receipts(changes);
        assertThat(entries).hasSize(1);
        KQueueDriver.Event entry = entries.getFirst();
        assertThat(entry.has(EV_ERROR)).isTrue();
        assertThat(entry.data()).isZero();
        assertThat(entry.ident()).isEqualTo(ident());
        assertThat(entry.filter()).isEqualTo(filter().value());
        assertThat(entry.udata()).isEqualTo(UDATA);
        awaitFired();
    }

    @Test
    void eventTellsTheFlagsOfItsKnoteAndNoAction() throws Exception {
        add(EV_CLEAR);
        cause();
        KQueueDriver.Event event = awaitFired();
        assertThat(event.has(EV_CLEAR)).isTrue();
        if (Ability.EVENTS_WITHOUT_ACTIONS.isPresent()) {
            assertThat(event.has(EV_ADD | EV_DELETE | EV_ENABLE | EV_DISABLE)).isFalse();
        }
    }

    @Test
    void eventKeepsTheReceiptOfItsKnote() throws Exception {
        assertThat(kq.errno(ident(), filter(), EV_ADD | flags() | EV_RECEIPT, fflags(), data())).isZero();
        cause();
        assertThat(awaitFired().has(EV_RECEIPT)).isTrue();
    }

    @Test
    void udataComesBack() throws Exception {
        add(0);
        cause();
        assertThat(awaitFired().udata()).isEqualTo(UDATA);
    }

    @Test
    void modifyReplacesUdata() throws Exception {
        add(0);
        add(kq, 0, 42);
        cause();
        assertThat(awaitFired().udata()).isEqualTo(42);
    }

    @Test
    void disableDrainsWhatIsPending() throws Exception {
        add(0);
        cause();
        change(EV_DISABLE);
        assertThat(kq.pending()).isEmpty();
    }

    @Test
    void deleteDrainsWhatIsPending() throws Exception {
        add(0);
        cause();
        change(EV_DELETE);
        assertThat(kq.pending()).isEmpty();
    }

    @Test
    void twoKqueuesBothReport() throws Exception {
        try (KQueueDriver other = new KQueueDriver()) {
            add(0);
            add(other, 0, 7);
            cause();
            awaitFired();
            assertThat(other.awaitOne().udata()).isEqualTo(7);
        }
    }

    @Test
    void clearReportsOnceForOneCause() throws Exception {
        add(EV_CLEAR);
        cause();
        awaitFired();
        assertThat(kq.pending()).isEmpty();
        cause();
        awaitFired();
    }

    @Test
    void closingTheQueueWithAPendingEventIsQuiet() throws Exception {
        add(0);
        cause();
        kq.close();
        assertThat(kq.kqueue.isOpen()).isFalse();
    }
}
