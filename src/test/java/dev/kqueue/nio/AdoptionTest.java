package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.internal.fd.OwnedDescriptors;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.Unistd;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Who closes a descriptor of which no channel can be made. */
@Timeout(60)
class AdoptionTest {
    private static final KQueueSelectorProvider PROVIDER = KQueueSelectorProvider.instance();

    private static boolean isOpen(int fd) {
        return Fcntl.fcntl(fd, Fcntl.F_GETFD, 0) >= 0;
    }

    /** Passes one descriptor on, and receives it. */
    private static PassedChannels passed(int fd) throws IOException {
        TestSockets sockets = TestSockets.open(SysSocket.SOCK_STREAM);
        try (SocketChannel a = (SocketChannel) AdoptedChannels.adopt(PROVIDER, sockets.a());
                SocketChannel b = (SocketChannel) AdoptedChannels.adopt(PROVIDER, sockets.b())) {
            PassedChannels.sendDescriptors(a, ByteBuffer.allocate(1), fd);
            return PassedChannels.receive(b, ByteBuffer.allocate(1));
        }
    }

    @Test
    void takeClosesASocketThatNoChannelCanBeMadeOf() throws IOException {
        int unconnected = SysSocket.socket(SysSocket.AF_INET, SysSocket.SOCK_STREAM, 0);
        try (PassedChannels passed = passed(unconnected)) {
            // The number is the next that the kernel gives out: the lowest that is free.
            long before = OpenDescriptors.sockets();
            assertThatThrownBy(passed::take).isInstanceOf(IOException.class);
            assertThat(OpenDescriptors.sockets()).isEqualTo(before - 1);
            assertThat(passed.count()).isZero();
        } finally {
            Unistd.close(unconnected);
        }
    }

    @Test
    void takeIsNotRefusedForANumberThatWasClosedPastItsChannel() throws IOException {
        TestPipe pipe = TestPipe.open();
        List<Integer> claimed = new ArrayList<>();
        try (PassedChannels passed = passed(pipe.readEnd())) {
            // All numbers that it may have, as if their channels' descriptors had been closed behind their backs.
            for (int fd = 0; fd < 1 << 16; fd++) {
                if (OwnedDescriptors.add(fd)) {
                    claimed.add(fd);
                }
            }
            int number;
            try (SelectableChannel taken = passed.take()) {
                number = ((FdChannel) taken).fd();
                assertThat(isOpen(number)).isTrue();
            }
            assertThat(isOpen(number)).isFalse();
        } finally {
            claimed.forEach(OwnedDescriptors::remove);
            pipe.close();
        }
    }

    @Test
    void failureClosesTheDescriptorAndGivesItsNumberUp() throws IOException {
        TestPipe pipe = TestPipe.open();
        int fd = pipe.readEnd();
        OwnedDescriptors.add(fd);
        OutOfMemoryError failure = new OutOfMemoryError("for the test");
        assertThatThrownBy(
                        () ->
                                AdoptedChannels.orClosed(
                                        fd,
                                        Unistd::close,
                                        () -> {
                                            throw failure;
                                        }))
                .isSameAs(failure);
        assertThat(pipe.write(1)).as("a pipe without a reader").isNegative();
        assertThat(OwnedDescriptors.isOwned(fd)).isFalse();
        Unistd.close(pipe.writeEnd());
    }

    @Test
    void openOfANumberThatIsNotOpenLeavesItFree() throws IOException {
        int absent = 1 << 15;
        assertThat(isOpen(absent)).isFalse();
        assertThatThrownBy(() -> FdChannel.adopt(absent)).isInstanceOf(IOException.class).hasMessageContaining("32768");
        assertThat(OwnedDescriptors.isOwned(absent)).isFalse();
    }

    @Test
    void openOfAnotherChannelsDescriptorLeavesItOpen() throws IOException {
        TestPipe pipe = TestPipe.open();
        try (FdChannel source = FdChannel.adopt(pipe.readEnd())) {
            assertThatThrownBy(() -> FdChannel.adopt(pipe.readEnd()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another channel");
            assertThat(pipe.write(1)).isEqualTo(1);
            assertThat(source.read(ByteBuffer.allocate(1))).isEqualTo(1);
            assertThat(OwnedDescriptors.isOwned(pipe.readEnd())).isTrue();
        } finally {
            Unistd.close(pipe.writeEnd());
        }
    }
}
