package dev.kqueue.nio;

import static dev.kqueue.KEvent.EV_ADD;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.KEvent;
import dev.kqueue.KEventQueue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Channels of the provider, watched by a kqueue of the program's own. */
@Timeout(60)
class ChannelDescriptorTest {
    private final KQueueSelectorProvider provider = new KQueueSelectorProvider();

    @Test
    void channelIsWatchedByItsDescriptor() throws IOException {
        try (KEventQueue queue = KEventQueue.open();
                ServerSocketChannel listener = provider.openServerSocketChannel();
                SocketChannel client = provider.openSocketChannel()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            queue.apply(KEvent.read(KQueueSelectorProvider.descriptor(listener), EV_ADD, 0, listener));
            assertThat(queue.poll(4)).isEmpty();

            client.connect(listener.getLocalAddress());
            assertThat(queue.await(4)).singleElement().extracting(KEvent::udata).isSameAs(listener);
            try (SocketChannel server = listener.accept()) {
                int fd = KQueueSelectorProvider.descriptor(server);
                queue.apply(KEvent.read(fd, EV_ADD, 0, server));
                client.write(ByteBuffer.allocate(3));
                KEvent event = queue.await(4).getFirst();
                assertThat(event.udata()).isSameAs(server);
                assertThat(event.data()).isEqualTo(3);

                queue.beforeClose(fd);
            }
            assertThat(queue.poll(4)).isEmpty();
        }
    }

    @Test
    void closedChannelHasNoDescriptor() throws IOException {
        Pipe pipe = provider.openPipe();
        pipe.sink().close();
        pipe.source().close();

        assertThatThrownBy(() -> KQueueSelectorProvider.descriptor(pipe.source()))
                .isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void channelOfAnotherProviderIsRefused(@TempDir Path folder) throws IOException {
        try (FileChannel file =
                FileChannel.open(folder.resolve("file"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            assertThatThrownBy(() -> KQueueSelectorProvider.descriptor(file))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("descriptor");
        }
    }
}
