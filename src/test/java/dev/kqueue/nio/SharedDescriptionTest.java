package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.Ability;
import dev.kqueue.RequiresAbility;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.Unistd;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/** A channel whose open file description has another holder when the channel is closed. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@RequiresAbility(Ability.OWN_KQUEUE)
class SharedDescriptionTest {
    private static final KQueueSelectorProvider PROVIDER = KQueueSelectorProvider.instance();

    /** How often the description becomes ready while no channel of it is left here. */
    private static final int EVENTS = 8;

    @TempDir Path directory;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private SocketChannel sending;
    private SocketChannel receiving;
    private KQueueSelector selector;

    @BeforeEach
    void open() throws IOException {
        TestSockets sockets = TestSockets.open(SysSocket.SOCK_STREAM);
        sending = closing((SocketChannel) AdoptedChannels.adopt(PROVIDER, sockets.a()));
        receiving = closing((SocketChannel) AdoptedChannels.adopt(PROVIDER, sockets.b()));
        selector = closing(new KQueueSelector(PROVIDER));
    }

    @AfterEach
    void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    private <T extends AutoCloseable> T closing(T toClose) {
        opened.push(toClose);
        return toClose;
    }

    private int closing(int fd) {
        closing((AutoCloseable) () -> Unistd.close(fd));
        return fd;
    }

    private interface Event {
        void happen() throws IOException;
    }

    /** A channel, and what makes it, and every other channel of its open file description, ready once more. */
    private record Sharable(SelectableChannel channel, int ops, Event event) {}

    enum Kind {
        LISTENER,
        UNIX_LISTENER,
        DATAGRAMS,
        STREAM,
        PIPE
    }

    private Sharable open(Kind kind) throws IOException {
        return switch (kind) {
            case LISTENER -> {
                ServerSocketChannel listener = ServerSocketChannel.open().bind(loopback(), 100);
                yield listener(listener);
            }
            case UNIX_LISTENER ->
                    listener(
                            ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                                    .bind(UnixDomainSocketAddress.of(directory.resolve("listener")), 100));
            case DATAGRAMS -> {
                DatagramChannel channel = DatagramChannel.open().bind(loopback());
                DatagramChannel peer = closing(DatagramChannel.open());
                SocketAddress address = channel.getLocalAddress();
                yield new Sharable(
                        closing(channel), SelectionKey.OP_READ, () -> peer.send(ByteBuffer.allocate(1), address));
            }
            case STREAM -> {
                TcpPair pair = closing(TcpPair.open());
                yield new Sharable(
                        pair.server(), SelectionKey.OP_READ, () -> pair.client().write(ByteBuffer.allocate(1)));
            }
            case PIPE -> {
                Pipe pipe = PROVIDER.openPipe();
                closing(pipe.source());
                closing(pipe.sink());
                yield new Sharable(
                        pipe.source(), SelectionKey.OP_READ, () -> pipe.sink().write(ByteBuffer.allocate(1)));
            }
        };
    }

    private Sharable listener(ServerSocketChannel listener) throws IOException {
        SocketAddress address = listener.getLocalAddress();
        return new Sharable(closing(listener), SelectionKey.OP_ACCEPT, () -> closing(SocketChannel.open(address)));
    }

    private static SocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    /** Passes the channel on; the number that the other holder has. */
    private int pass(Channel channel) throws IOException {
        PassedChannels.send(sending, ByteBuffer.allocate(1), channel);
        return received();
    }

    private int received() throws IOException {
        try (PassedChannels passed = PassedChannels.receive(receiving, ByteBuffer.allocate(1))) {
            return closing(passed.takeDescriptor());
        }
    }

    private static void register(Sharable sharable, KQueueSelector selector) throws IOException {
        sharable.channel.configureBlocking(false);
        sharable.channel.register(selector, sharable.ops);
        selector.selectNow();
    }

    /** Nothing of the events reaches the selector: its waits sleep through them. */
    private static void assertSleepsThrough(KQueueSelector selector, Event event) throws IOException {
        assertThat(selector.keys()).isEmpty();
        for (int i = 0; i < EVENTS; i++) {
            event.happen();
            long before = waits(selector);
            assertThat(selector.select(5)).isZero();
            assertThat(waits(selector) - before).as("epoll_waits of one select").isEqualTo(1);
        }
    }

    private static long waits(KQueueSelector selector) {
        return selector.statistics().kqueue().waits();
    }

    @ParameterizedTest
    @EnumSource
    void channelThatWasPassedOnAndClosedIsHeardOfNoMore(Kind kind) throws IOException {
        Sharable sharable = open(kind);
        register(sharable, selector);
        pass(sharable.channel);
        sharable.channel.close();
        selector.selectNow();
        assertSleepsThrough(selector, sharable.event);
    }

    @ParameterizedTest
    @EnumSource
    void channelThatWasPassedOnByNumberAndClosedIsHeardOfNoMore(Kind kind) throws IOException {
        Sharable sharable = open(kind);
        register(sharable, selector);
        Descriptor owned = ((DescriptorSource) sharable.channel).owned();
        assertThat(owned.hold()).isTrue();
        PassedChannels.sendDescriptors(sending, ByteBuffer.allocate(1), owned.fd());
        owned.release();
        received();
        assertThat(owned.isShared()).isTrue();
        sharable.channel.close();
        selector.selectNow();
        assertSleepsThrough(selector, sharable.event);
    }
}
