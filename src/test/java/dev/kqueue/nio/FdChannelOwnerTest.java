package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.internal.channel.PipeSource;
import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.Unistd;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;

/** Which channel owns a descriptor, and how {@link FdChannel#detach} gives it back. */
@Timeout(60)
class FdChannelOwnerTest extends OnAdoptedPipe {
    private final KQueueSelectorProvider provider = KQueueSelectorProvider.instance();

    @Test
    void descriptorHasOneOwner() throws IOException {
        assertThatThrownBy(() -> FdChannel.adopt(source.fd()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("descriptor " + source.fd())
                .hasMessageContaining("another channel");
        Pipe own = provider.openPipe();
        try (Pipe.SourceChannel ours = own.source();
                Pipe.SinkChannel sink = own.sink()) {
            Descriptor descriptor = ((PipeSource) ours).owned();
            descriptor.hold();
            int fd = descriptor.fd();
            assertThatThrownBy(() -> FdChannel.adopt(fd)).hasMessageContaining("another channel");
            descriptor.release();
            assertThat(sink.isOpen()).isTrue();
        }
    }

    @Test
    void closedDescriptorIsOwnedByNobody() throws IOException {
        int fd = source.fd();
        source.close();
        assertThat(Fcntl.fcntl(fd, Fcntl.F_GETFL, 0)).isNegative();
        assertThatThrownBy(() -> FdChannel.adopt(fd)).isInstanceOf(IOException.class).hasMessageContaining("" + fd);
        int again = Fcntl.fcntl(sink.fd(), Fcntl.F_DUPFD_CLOEXEC, fd);
        try (FdChannel channel = FdChannel.adopt(again)) {
            assertThat(channel.isOpen()).isTrue();
        }
    }

    @Test
    void numberThatCannotBeADescriptorIsRefused() {
        assertThatThrownBy(() -> FdChannel.adopt(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FdChannel.adopt(1 << 30)).isInstanceOf(IOException.class);
    }

    @Test
    void detachedDescriptorStaysOpenAndIsTheCallersAgain() throws Exception {
        int fd = source.fd();
        assertThat(source.detach()).isEqualTo(fd);
        assertThat(source.isOpen()).isFalse();
        assertThatThrownBy(() -> source.read(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(source::detach).isInstanceOf(ClosedChannelException.class);
        source.close();
        try (FdChannel again = FdChannel.adopt(fd)) {
            pipe.write(1);
            assertThat(again.read(ByteBuffer.allocate(2))).isOne();
        }
    }

    @Test
    void blockedReadEndsBeforeTheDescriptorIsGivenBack() throws Exception {
        Blocked<Integer> read = Blocked.in(Threads.PLATFORM, () -> source.read(ByteBuffer.allocate(1)));
        int fd = source.detach();
        assertThat(read.failure()).isInstanceOf(ClosedChannelException.class);
        assertThat(Fcntl.fcntl(fd, Fcntl.F_GETFD, 0)).as("still open").isNotNegative();
        Unistd.close(fd);
    }

    @Test
    void registeredOrClosedChannelIsNotDetached() throws Exception {
        source.configureBlocking(false);
        try (KQueueSelector selector = KQueueSelector.open()) {
            SelectionKey key = source.register(selector, SelectionKey.OP_READ);
            assertThatThrownBy(source::detach)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("registered with a selector");
            key.cancel();
            selector.selectNow();
        }
        source.close();
        assertThatThrownBy(source::detach).isInstanceOf(ClosedChannelException.class);
    }
}
