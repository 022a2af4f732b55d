package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.internal.channel.KQueueSocketChannel;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.socket.PendingConnection;

import org.junit.jupiter.api.Test;

import java.net.ConnectException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** A kqueue that reads SO_ERROR itself, as libkqueue does: the errno is in the fflags of an event with EV_EOF. */
class TakenSocketErrorTest {
    @Test
    void refusedConnectionIsRefusedByTheEventsWord() throws Exception {
        ScriptedKQueue kqueue = new ScriptedKQueue();
        try (KQueueSelector selector = new KQueueSelector(null, kqueue.asKQueue);
                SocketChannel channel = KQueueSelectorProvider.instance().openSocketChannel()) {
            channel.configureBlocking(false);
            assertThat(channel.connect(TcpPair.refusing())).isFalse();
            KQueueSelectionKey key = (KQueueSelectionKey) channel.register(selector, SelectionKey.OP_CONNECT);
            int fd = ((KQueueSocketChannel) channel).owned().fd();
            while (!PendingConnection.isDecided(fd)) {
                Thread.onSpinWait();
            }
            assertThat(PendingConnection.takeError(fd)).isEqualTo(Errno.ECONNREFUSED);
            kqueue.answer(
                    events -> events.add(fd, Filter.WRITE.value(), KEvent.EV_EOF, Errno.ECONNREFUSED, 0, key.udata));
            assertThat(selector.select()).isEqualTo(1);
            assertThat(key.isConnectable()).isTrue();
            assertThatThrownBy(channel::finishConnect)
                    .isInstanceOf(ConnectException.class)
                    .hasMessage("Connection refused");
            assertThat(channel.isOpen()).isFalse();
        }
    }
}
