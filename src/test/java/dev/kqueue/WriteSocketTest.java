package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.internal.abi.Abi;

import org.junit.jupiter.api.Test;

/** EVFILT_WRITE of a socket. */
class WriteSocketTest extends WriteFilterContract {
    @Override
    protected Pair openPair() {
        return Pair.sockets();
    }

    @Override
    protected void requireRoomInData() {
        Ability.ROOM_OF_LOCAL_STREAMS.assume();
    }

    @RequiresAbility(Ability.ADD_REPLACES)
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
