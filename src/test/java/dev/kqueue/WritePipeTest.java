package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_DELETE;
import static dev.kqueue.KEvent.EV_DISABLE;
import static dev.kqueue.KEvent.EV_DISPATCH;
import static dev.kqueue.KEvent.EV_ENABLE;
import static dev.kqueue.KEvent.EV_EOF;
import static dev.kqueue.KEvent.EV_ONESHOT;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.internal.abi.Abi;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;

/** EVFILT_WRITE of a pipe. */
class WritePipeTest extends WriteFilterContract {
    @Override
    protected Pair openPair() {
        return Pair.pipe();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, EV_CLEAR, EV_DISPATCH, EV_ONESHOT})
    void readerThatIsGoneIsTheEndOfAFullPipe(int flags) throws Exception {
        add(flags);
        assertThat(kq.pending()).isEmpty();
        pair.closeReadEnd();
        KQueueDriver.Event event = awaitFired();
        assertThat(event.has(EV_EOF)).isTrue();
        // FreeBSD ends the knote with it, and says so.
        boolean again = flags == 0 && !event.has(EV_ONESHOT);
        assertThat(kq.pending()).hasSize(again ? 1 : 0);
    }

    @Test
    void disabledKnoteOfAFullPipeTellsOfTheEndWhenItIsEnabled() throws Exception {
        add(EV_DISABLE);
        pair.closeReadEnd();
        assertThat(kq.fetch(1, Duration.ofMillis(120))).isEmpty();
        kq.change(ident(), filter(), EV_ENABLE, 0, 0, 0);
        assertThat(awaitFired().has(EV_EOF)).isTrue();
    }

    @Test
    void removedKnoteOfAFullPipeTellsNothing() throws Exception {
        add(0);
        kq.change(ident(), filter(), EV_DELETE, 0, 0, 0);
        pair.closeReadEnd();
        assertThat(kq.fetch(1, Duration.ofMillis(120))).isEmpty();
    }

    @RequiresAbility(Ability.PIPE_LOW_WATER)
    @Test
    @Override
    protected void modifyReplacesFflags() throws Exception {
        int lowat = Abi.HOST.constant("NOTE_LOWAT");
        pair.drain();
        kq.change(ident(), filter(), EV_ADD, lowat, Integer.MAX_VALUE, 0);
        assertThat(kq.pending()).isEmpty();
        kq.change(ident(), filter(), EV_ADD, 0, 0, 0);
        awaitFired();
    }
}
