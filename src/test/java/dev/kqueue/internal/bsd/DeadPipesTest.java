package dev.kqueue.internal.bsd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.internal.libc.Errno;

import org.junit.jupiter.api.Test;

final class DeadPipesTest {
    private static final int WRITE = Filter.WRITE.value();
    private static final int FD = 0; // open in every process
    private static final int CLOSED_FD = 1 << 20;

    private final DeadPipes pipes = new DeadPipes();
    private final KEventList events = KEventList.allocate(4);

    private static KEventList change(int flags) {
        return KEventList.allocate(1).add(FD, WRITE, flags, 0, 0, 77);
    }

    private KEventList reported() {
        events.clear();
        pipes.report(events);
        return events;
    }

    @Test
    void refusedKnoteIsReportedAsEndOfFileAgainAndAgain() {
        assertThat(pipes.accepts(change(KEvent.EV_ADD), 0, Errno.EPIPE)).isTrue();
        for (int i = 0; i < 2; i++) {
            assertThat(pipes.areDue()).isTrue();
            assertThat(reported().size()).isOne();
            assertThat(events.ident(0)).isEqualTo(FD);
            assertThat(events.filter(0)).isEqualTo(WRITE);
            assertThat(events.flags(0)).isEqualTo(KEvent.EV_EOF);
            assertThat(events.udata(0)).isEqualTo(77);
        }
    }

    @Test
    void edgeIsReportedOnce() {
        pipes.accepts(change(KEvent.EV_ADD | KEvent.EV_CLEAR), 0, Errno.EPIPE);
        assertThat(reported().flags(0)).isEqualTo(KEvent.EV_EOF | KEvent.EV_CLEAR);
        assertThat(reported().size()).isZero();
        assertThat(pipes.areDue()).isFalse();
    }

    @Test
    void oneshotIsGoneAfterItsReport() {
        pipes.accepts(change(KEvent.EV_ADD | KEvent.EV_ONESHOT), 0, Errno.EPIPE);
        assertThat(reported().size()).isOne();
        assertThat(pipes.isEmpty()).isTrue();
        assertThat(pipes.accepts(change(KEvent.EV_DELETE), 0, Errno.ENOENT)).isFalse();
    }

    @Test
    void disabledIsNotReportedUntilItIsEnabled() {
        pipes.accepts(change(KEvent.EV_ADD), 0, Errno.EPIPE);
        assertThat(pipes.accepts(change(KEvent.EV_DISABLE), 0, Errno.ENOENT)).isTrue();
        assertThat(reported().size()).isZero();
        assertThat(pipes.accepts(change(KEvent.EV_ENABLE), 0, Errno.ENOENT)).isTrue();
        assertThat(reported().size()).isOne();
    }

    @Test
    void deletedIsGone() {
        pipes.accepts(change(KEvent.EV_ADD), 0, Errno.EPIPE);
        assertThat(pipes.accepts(change(KEvent.EV_DELETE), 0, Errno.ENOENT)).isTrue();
        assertThat(pipes.isEmpty()).isTrue();
    }

    @Test
    void closedDescriptorIsGone() {
        pipes.accepts(change(KEvent.EV_ADD), 0, Errno.EPIPE);
        pipes.closing(FD);
        assertThat(pipes.isEmpty()).isTrue();
    }

    @Test
    void badDescriptorIsAFailureUnlessItIsOpen() {
        KEventList closed = KEventList.allocate(1).add(CLOSED_FD, WRITE, KEvent.EV_ADD, 0, 0, 0);
        assertThat(pipes.accepts(closed, 0, Errno.EBADF)).isFalse();
        assertThat(pipes.accepts(change(KEvent.EV_ADD), 0, Errno.EBADF)).isTrue();
    }

    @Test
    void otherFailuresStayFailures() {
        assertThat(pipes.accepts(change(KEvent.EV_ADD), 0, Errno.ENOMEM)).isFalse();
        assertThat(pipes.accepts(change(KEvent.EV_DELETE), 0, Errno.ENOENT)).isFalse();
        KEventList read = KEventList.allocate(1).add(FD, Filter.READ.value(), KEvent.EV_ADD, 0, 0, 0);
        assertThat(pipes.accepts(read, 0, Errno.EPIPE)).isFalse();
    }

    @Test
    void reportStopsWhereTheListEnds() {
        KEventList many = KEventList.allocate(8);
        for (int i = 0; i < 8; i++) {
            many.add(FD + i, WRITE, KEvent.EV_ADD, 0, 0, i);
            assertThat(pipes.accepts(many, i, Errno.EPIPE)).isTrue();
        }
        assertThat(reported().size()).isEqualTo(4);
    }
}
