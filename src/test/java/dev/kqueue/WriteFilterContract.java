package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_EOF;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** EVFILT_WRITE of a stream, be it a socket or a pipe. */
abstract class WriteFilterContract extends FilterContract {
    protected Pair pair;

    protected abstract Pair openPair();

    @BeforeEach
    void open() {
        pair = openPair();
        pair.fill();
    }

    @AfterEach
    void close() {
        pair.close();
    }

    @Override
    protected Filter filter() {
        return Filter.WRITE;
    }

    @Override
    protected long ident() {
        return pair.writeEnd();
    }

    @Override
    protected void cause() {
        pair.fill();
        pair.drain();
    }

    @Test
    void levelIsReportedWhileThereIsRoom() throws Exception {
        add(0);
        cause();
        for (int i = 0; i < 5; i++) {
            assertThat(kq.pending()).hasSize(1);
        }
        pair.fill();
        assertThat(kq.pending()).isEmpty();
    }

    @Test
    void noteThatMeansNothingIsNotLookedAt() throws Exception {
        kq.change(ident(), filter(), EV_ADD, 1 << 20, Integer.MAX_VALUE, 0);
        assertThat(kq.pending()).isEmpty();
        cause();
        assertThat(awaitFired().fflags()).isZero();
        assertThat(kq.errno(ident(), filter(), EV_ADD, 1 << 20, Integer.MAX_VALUE)).isZero();
    }

    /** Skips the test where data is something else. */
    protected void requireRoomInData() {}

    @Test
    void dataIsTheRoom() throws Exception {
        requireRoomInData();
        pair.drain();
        kq.change(ident(), filter(), EV_ADD, 0, 0, 0);
        long empty = awaitFired().data();
        pair.write(1000);
        assertThat(awaitFired().data()).isPositive().isLessThanOrEqualTo(empty - 1000);
    }

    @Test
    void readerThatIsGoneIsTheEnd() throws Exception {
        add(0);
        assertThat(kq.pending()).isEmpty();
        pair.closeReadEnd();
        assertThat(awaitFired().has(EV_EOF)).isTrue();
    }
}
