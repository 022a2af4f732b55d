package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.internal.abi.Abi;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** EVFILT_READ of a stream, be it a socket or a pipe. */
abstract class ReadFilterContract extends FilterContract {
    private static final int NOTE_LOWAT = Abi.HOST.constant("NOTE_LOWAT");

    protected Pair pair;

    protected abstract Pair openPair();

    @BeforeEach
    void open() {
        pair = openPair();
    }

    @AfterEach
    void close() {
        pair.close();
    }

    @Override
    protected Filter filter() {
        return Filter.READ;
    }

    @Override
    protected long ident() {
        return pair.readEnd();
    }

    /** Skips the test where this kind of descriptor has no low-water mark. */
    protected void requireLowWater() {
        Ability.ADD_REPLACES.assume();
    }

    @Override
    protected void cause() {
        pair.write(1);
    }

    @Test
    @Override
    protected void modifyReplacesFflags() throws Exception {
        requireLowWater();
        kq.change(ident(), filter(), EV_ADD, NOTE_LOWAT, 10, 0);
        pair.write(3);
        assertThat(kq.pending()).isEmpty();
        kq.change(ident(), filter(), EV_ADD, 0, 0, 0);
        assertThat(awaitFired().data()).isEqualTo(3);
    }

    @Test
    void noteThatMeansNothingIsNotLookedAt() throws Exception {
        kq.change(ident(), filter(), EV_ADD, 1 << 20, 10, 0);
        assertThat(kq.pending()).isEmpty();
        pair.write(3);
        assertThat(awaitFired().fflags()).isZero();
        assertThat(kq.errno(ident(), filter(), EV_ADD, 1 << 20, 10)).isZero();
    }

    @Test
    void dataIsTheBytesToRead() throws Exception {
        add(0);
        pair.write(10);
        pair.write(7);
        assertThat(awaitFired().data()).isEqualTo(17);
        pair.read(5);
        assertThat(awaitFired().data()).isEqualTo(12);
        pair.drain();
        assertThat(kq.pending()).isEmpty();
    }

    @Test
    void levelIsReportedUntilItIsRead() throws Exception {
        add(0);
        pair.write(1);
        for (int i = 0; i < 5; i++) {
            assertThat(kq.pending()).hasSize(1);
        }
        pair.drain();
        assertThat(kq.pending()).isEmpty();
    }

    @Test
    void clearReportsEachArrival() throws Exception {
        add(EV_CLEAR);
        for (int i = 1; i < 5; i++) {
            pair.write(1);
            assertThat(awaitFired().data()).isEqualTo(i);
            assertThat(kq.pending()).isEmpty();
        }
    }

    @Test
    void endOfTheStreamComesWithTheRestOfTheData() throws Exception {
        add(0);
        pair.write(3);
        pair.closeWriteEnd();
        KQueueDriver.Event event = awaitFired();
        assertThat(event.has(KEvent.EV_EOF)).isTrue();
        assertThat(event.data()).isEqualTo(3);
        pair.read(3);
        event = awaitFired();
        assertThat(event.has(KEvent.EV_EOF)).isTrue();
        assertThat(event.data()).isZero();
    }

    @Test
    void clearReportsTheEndOnce() throws Exception {
        add(EV_CLEAR);
        pair.closeWriteEnd();
        assertThat(awaitFired().has(KEvent.EV_EOF)).isTrue();
        assertThat(kq.pending()).isEmpty();
    }

    @Test
    void lowWaterMarkHoldsBackUntilEnoughIsThere() throws Exception {
        requireLowWater();
        kq.change(ident(), filter(), EV_ADD, NOTE_LOWAT, 100, 0);
        pair.write(99);
        assertThat(kq.pending()).isEmpty();
        pair.write(1);
        assertThat(awaitFired().data()).isEqualTo(100);
        assertThat(awaitFired().data()).isEqualTo(100);
        pair.read(50);
        assertThat(kq.pending()).isEmpty();
        pair.write(50);
        assertThat(awaitFired().data()).isEqualTo(100);
    }

    @Test
    void endOfTheStreamIsReportedBelowTheLowWaterMark() throws Exception {
        requireLowWater();
        kq.change(ident(), filter(), EV_ADD, NOTE_LOWAT, 100, 0);
        pair.write(1);
        assertThat(kq.pending()).isEmpty();
        pair.closeWriteEnd();
        assertThat(awaitFired().has(KEvent.EV_EOF)).isTrue();
    }
}
