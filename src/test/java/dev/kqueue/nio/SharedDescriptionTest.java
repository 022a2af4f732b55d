package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.Ability;
import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
import dev.kqueue.KQueue;
import dev.kqueue.Opened;
import dev.kqueue.RequiresAbility;
import dev.kqueue.internal.channel.PollableDescriptor;
import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.Unistd;
import dev.kqueue.internal.socket.InetDomain;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** A channel whose open file description has another holder when the channel is closed. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@RequiresAbility(Ability.OWN_KQUEUE)
class SharedDescriptionTest {
    private static final KQueueSelectorProvider PROVIDER = KQueueSelectorProvider.instance();

    /** How often the description becomes ready while no channel of it is left here. */
    private static final int EVENTS = 8;

    @TempDir Path directory;
    @AutoClose private final Opened opened = new Opened();
    private SocketChannel sending;
    private SocketChannel receiving;
    private KQueueSelector selector;

    @BeforeEach
    void open() throws IOException {
        TestSockets sockets = TestSockets.open(SysSocket.SOCK_STREAM);
        sending = opened.add((SocketChannel) AdoptedChannels.adopt(PROVIDER, sockets.a()));
        receiving = opened.add((SocketChannel) AdoptedChannels.adopt(PROVIDER, sockets.b()));
        selector = opened.add(new KQueueSelector(PROVIDER));
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
                DatagramChannel peer = opened.add(DatagramChannel.open());
                SocketAddress address = channel.getLocalAddress();
                yield new Sharable(
                        opened.add(channel), SelectionKey.OP_READ, () -> peer.send(ByteBuffer.allocate(1), address));
            }
            case STREAM -> {
                TcpPair pair = opened.add(TcpPair.open());
                yield new Sharable(
                        pair.server(), SelectionKey.OP_READ, () -> pair.client().write(ByteBuffer.allocate(1)));
            }
            case PIPE -> {
                Pipe pipe = PROVIDER.openPipe();
                opened.add(pipe.source());
                opened.add(pipe.sink());
                yield new Sharable(
                        pipe.source(), SelectionKey.OP_READ, () -> pipe.sink().write(ByteBuffer.allocate(1)));
            }
        };
    }

    private Sharable listener(ServerSocketChannel listener) throws IOException {
        SocketAddress address = listener.getLocalAddress();
        return new Sharable(
                opened.add(listener), SelectionKey.OP_ACCEPT, () -> opened.add(SocketChannel.open(address)));
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
        return opened.add(receivedUnkept());
    }

    private int receivedUnkept() throws IOException {
        try (PassedChannels passed = PassedChannels.receive(receiving, ByteBuffer.allocate(1))) {
            return passed.takeDescriptor();
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
        Descriptor owned = ((PollableDescriptor) sharable.channel).owned();
        assertThat(owned.hold()).isTrue();
        PassedChannels.sendDescriptors(sending, ByteBuffer.allocate(1), owned.fd());
        owned.release();
        received();
        assertThat(owned.isShared()).isTrue();
        sharable.channel.close();
        selector.selectNow();
        assertSleepsThrough(selector, sharable.event);
    }

    @ParameterizedTest
    @EnumSource
    void channelThatIsPassedOnAfterItsKeyWasCancelledLeavesNothingInTheSelector(Kind kind) throws IOException {
        Sharable sharable = open(kind);
        register(sharable, selector);
        sharable.channel.keyFor(selector).cancel();
        selector.selectNow();
        int held = pass(sharable.channel);
        sharable.channel.close();
        assertThat(EpollEntries.of(held)).isEmpty();
        assertSleepsThrough(selector, sharable.event);
    }

    @ParameterizedTest
    @EnumSource
    void everySelectorOfTheChannelHearsOfItNoMore(Kind kind) throws IOException {
        Sharable sharable = open(kind);
        KQueueSelector other = opened.add(new KQueueSelector(PROVIDER));
        register(sharable, selector);
        register(sharable, other);
        int held = pass(sharable.channel);
        sharable.channel.close();
        selector.selectNow();
        assertSleepsThrough(selector, sharable.event);
        other.selectNow();
        assertThat(EpollEntries.of(held)).isEmpty();
        assertSleepsThrough(other, sharable.event);
    }

    @ParameterizedTest
    @EnumSource
    void selectorThatIsClosedInPlaceOfSelectingLetsGo(Kind kind) throws IOException {
        Sharable sharable = open(kind);
        KQueueSelector other = opened.add(new KQueueSelector(PROVIDER));
        register(sharable, selector);
        register(sharable, other);
        sharable.channel.keyFor(other).cancel();
        other.selectNow();
        int held = pass(sharable.channel);
        sharable.channel.close();
        // The last holder: it takes the descriptor out of the other selector's kqueue, too.
        selector.close();
        assertThat(EpollEntries.of(held)).isEmpty();
        assertSleepsThrough(other, sharable.event);
    }

    @ParameterizedTest
    @EnumSource
    void selectorThatSleepsMeanwhileDoesNotSpin(Kind kind) throws Exception {
        Sharable sharable = open(kind);
        register(sharable, selector);
        int held = pass(sharable.channel);
        long before = waits(selector);
        FutureTask<Integer> selecting = Threads.PLATFORM.start(() -> selector.select(TimeUnit.SECONDS.toMillis(50)));
        while (waits(selector) == before) {
            Thread.sleep(1);
        }
        sharable.channel.close();
        for (int i = 0; i < EVENTS; i++) {
            sharable.event.happen();
            Thread.sleep(1);
        }
        selector.wakeup();
        assertThat(selecting.get()).isZero();
        assertThat(waits(selector) - before).isLessThanOrEqualTo(5);
        selector.selectNow();
        assertThat(EpollEntries.of(held)).isEmpty();
        assertSleepsThrough(selector, sharable.event);
    }

    @ParameterizedTest
    @EnumSource
    void channelThatWasReceivedIsHeardOfNoMoreOnceClosed(Kind kind) throws IOException {
        Sharable sharable = open(kind);
        PassedChannels.send(sending, ByteBuffer.allocate(1), sharable.channel);
        try (PassedChannels passed = PassedChannels.receive(receiving, ByteBuffer.allocate(1))) {
            SelectableChannel taken = passed.take();
            // A pipe that can be opened once more is registered by a description that no other descriptor has.
            boolean reopened = kind == Kind.PIPE && Ability.REOPENED_PIPES.isPresent();
            assertThat(((PollableDescriptor) taken).owned().isShared()).isNotEqualTo(reopened);
            register(new Sharable(taken, sharable.ops, sharable.event), selector);
            taken.close();
        }
        selector.selectNow();
        assertSleepsThrough(selector, sharable.event);
    }

    @Test
    void inheritedListenerIsHeardOfNoMoreOnceClosed() throws IOException {
        int fd = SysSocket.socket(SysSocket.AF_INET, SysSocket.SOCK_STREAM, 0);
        assertThat(InetDomain.IN.bind(fd, loopback())).isZero();
        assertThat(SysSocket.listen(fd, 100)).isZero();
        int manager = opened.add(Unistd.dup(fd));
        ServerSocketChannel listener = (ServerSocketChannel) new InheritedChannels(PROVIDER).adopt(fd);
        Sharable sharable = listener(listener);
        register(sharable, selector);
        listener.close();
        selector.selectNow();
        assertThat(EpollEntries.of(manager)).isEmpty();
        assertSleepsThrough(selector, sharable.event);
    }

    @Test
    void adoptedPipeWithADuplicateIsHeardOfNoMoreOnceClosed() throws IOException {
        TestPipe pipe = TestPipe.open();
        opened.add(pipe.writeEnd());
        int duplicate = opened.add(Unistd.dup(pipe.readEnd()));
        FdChannel source = opened.add(FdChannel.adopt(pipe.readEnd()));
        Sharable sharable = new Sharable(source, SelectionKey.OP_READ, writes(pipe));
        register(sharable, selector);
        source.close();
        selector.selectNow();
        assertThat(EpollEntries.of(duplicate)).isEmpty();
        assertSleepsThrough(selector, sharable.event);
    }

    private static Event writes(TestPipe pipe) {
        return () -> assertThat(pipe.write(1)).isEqualTo(1);
    }

    @Test
    void standardInputThatOthersShareIsHeardOfNoMoreOnceReplaced() throws IOException {
        TestPipe pipe = TestPipe.open();
        opened.add(pipe.writeEnd());
        opened.add(pipe.readEnd());
        int before = opened.add(Unistd.dup(0));
        assertThat(Unistd.dup2(pipe.readEnd(), 0)).isZero();
        try {
            FdChannel standardInput = opened.add(FdChannel.adopt(0));
            Sharable sharable = new Sharable(standardInput, SelectionKey.OP_READ, writes(pipe));
            register(sharable, selector);
            standardInput.close();
            selector.selectNow();
            assertThat(EpollEntries.of(pipe.readEnd())).isEmpty();
            assertSleepsThrough(selector, sharable.event);
        } finally {
            assertThat(Unistd.dup2(before, 0)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void readThatHasWaitedLeavesNothingInAPoller(Threads threads) throws Exception {
        TestPipe pipe = TestPipe.open();
        opened.add(pipe.writeEnd());
        int duplicate = opened.add(Unistd.dup(pipe.readEnd()));
        FdChannel source = opened.add(FdChannel.adopt(pipe.readEnd()));
        Blocked<Integer> read = Blocked.in(threads, () -> source.read(ByteBuffer.allocate(1)));
        pipe.write(1);
        assertThat(read.result()).isEqualTo(1);
        Blocked<Integer> closed = Blocked.in(threads, () -> source.read(ByteBuffer.allocate(1)));
        source.close();
        assertThat(closed.failure()).isInstanceOf(AsynchronousCloseException.class);
        assertThat(EpollEntries.of(duplicate)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, KEvent.EV_CLEAR, KEvent.EV_ONESHOT})
    void eventOfADescriptorThatIsTheCallersLeavesNothingOnceItsKeyIsGone(int flags) throws IOException {
        TestPipe pipe = TestPipe.open();
        opened.add(pipe.writeEnd());
        int duplicate = opened.add(Unistd.dup(pipe.readEnd()));
        KEventKey key = selector.watch(KEvent.read(pipe.readEnd(), KEvent.EV_ADD | flags, 0, null));
        pipe.write(1);
        assertThat(selector.selectNow()).isEqualTo(1);
        selector.selectedKeys().clear();
        key.cancel();
        selector.selectNow();
        Unistd.close(pipe.readEnd());
        assertThat(EpollEntries.of(duplicate)).isEmpty();
        assertSleepsThrough(selector, writes(pipe));
    }

    @Test
    void rawKqueueHearsNoMoreOfADuplicatedDescriptorAfterClosing() throws IOException {
        try (KQueue kqueue = KQueue.open()) {
            TestPipe pipe = TestPipe.open();
            opened.add(pipe.writeEnd());
            int duplicate = opened.add(Unistd.dup(pipe.readEnd()));
            KEventList changes = KEventList.allocate(1);
            changes.add(pipe.readEnd(), Filter.READ.value(), KEvent.EV_ADD, 0, 0, 0);
            assertThat(kqueue.kevent(changes, KEventList.allocate(1), 0)).isZero();
            assertThat(EpollEntries.of(duplicate)).hasSize(1);
            kqueue.beforeClose(pipe.readEnd());
            Unistd.close(pipe.readEnd());
            assertThat(EpollEntries.of(duplicate)).isEmpty();
        }
    }

    @Test
    void registrationOfALevelBesideAnEdgeIsTakenOut() throws IOException {
        TestSockets sockets = TestSockets.open(SysSocket.SOCK_STREAM);
        opened.add(sockets.b());
        int duplicate = opened.add(Unistd.dup(sockets.a()));
        try (KQueue kqueue = KQueue.open()) {
            KEventList changes = KEventList.allocate(2);
            changes.add(sockets.a(), Filter.READ.value(), KEvent.EV_ADD, 0, 0, 0);
            changes.add(sockets.a(), Filter.WRITE.value(), KEvent.EV_ADD | KEvent.EV_CLEAR, 0, 0, 0);
            kqueue.kevent(changes, KEventList.allocate(2), 0);
            assertThat(EpollEntries.of(duplicate)).hasSize(1);
            kqueue.beforeClose(sockets.a());
            Unistd.close(sockets.a());
            assertThat(EpollEntries.of(duplicate)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void channelThatOwnsItsDescriptionAloneIsNotShared(Kind kind) throws IOException {
        Descriptor owned = ((PollableDescriptor) open(kind).channel).owned();
        assertThat(owned.isShared()).isFalse();
        assertThat(owned.toString()).doesNotContain("shared");
        owned.markShared();
        assertThat(owned.isShared()).isTrue();
        assertThat(owned.toString()).contains("shared");
    }

    @Test
    void closingARegisteredConnectionDoesNotEndTheStreamOfItsOtherHolder() throws IOException {
        TcpPair pair = opened.add(TcpPair.open());
        register(new Sharable(pair.server(), SelectionKey.OP_READ, () -> {}), selector);
        int held = pass(pair.server());
        pair.server().close();
        selector.selectNow();
        assertThat(Unistd.write(held, MemorySegment.ofArray(new byte[1]), 1)).isEqualTo(1);
        assertThat(pair.client().read(ByteBuffer.allocate(10))).isEqualTo(1);
    }

    @Test
    void closingAConnectionThatWasSharedReachesThePeerWhileItsSelectorSleeps() throws Exception {
        TcpPair pair = opened.add(TcpPair.open());
        KQueueSelector sleeping = opened.add(KQueueSelector.open());
        register(new Sharable(pair.server(), SelectionKey.OP_READ, () -> {}), sleeping);
        PassedChannels.send(sending, ByteBuffer.allocate(1), pair.server());
        Unistd.close(receivedUnkept());
        FutureTask<Integer> selecting =
                Threads.PLATFORM.start(
                        () -> {
                            int found = 0;
                            while (!sleeping.keys().isEmpty()) {
                                found += sleeping.select(TimeUnit.SECONDS.toMillis(50));
                            }
                            return found;
                        });
        pair.server().close();
        assertThat(pair.client().read(ByteBuffer.allocate(10))).isEqualTo(-1);
        assertThat(selecting.get()).isZero();
    }
}
