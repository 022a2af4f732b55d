package dev.kqueue.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.Unistd;
import dev.kqueue.nio.TcpPair;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

/** Closing a registered channel whose connection the kernel no longer knows, as some kernels forget it by a reset. */
class CloseAfterFailureTest {
    /** With another file under the socket's number getsockopt(2) and shutdown(2) fail, as on NetBSD after a reset. */
    @Test
    void closeDoesNotFailForWhatItDoesOnTheWay() throws IOException {
        int other = Fcntl.open("/dev/null", Fcntl.O_RDONLY | Fcntl.O_CLOEXEC, 0);
        try (TcpPair pair = TcpPair.open();
                Selector selector = Selector.open()) {
            KQueueSocketChannel channel = (KQueueSocketChannel) pair.client();
            channel.setOption(StandardSocketOptions.SO_LINGER, 10);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
            assertThat(Unistd.dup2(other, channel.owned().fd())).isGreaterThanOrEqualTo(0);
            assertThatCode(channel::close).doesNotThrowAnyException();
            assertThat(channel.isOpen()).isFalse();
            assertThatCode(selector::selectNow).doesNotThrowAnyException();
        } finally {
            Unistd.close(other);
        }
    }
}
