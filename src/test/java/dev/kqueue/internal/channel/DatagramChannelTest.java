package dev.kqueue.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.kqueue.Ability;
import dev.kqueue.RequiresAbility;
import dev.kqueue.internal.io.BuffersTest;
import dev.kqueue.internal.javanet.DatagramSocketAdaptor;
import dev.kqueue.nio.Blocked;
import dev.kqueue.nio.OpenDescriptors;
import dev.kqueue.nio.Threads;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.MembershipKey;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

@Timeout(60)
class DatagramChannelTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private DatagramChannel a;
    private DatagramChannel b;

    @BeforeEach
    void open() throws IOException {
        a = DatagramChannel.open().bind(new InetSocketAddress(LOOPBACK, 0));
        b = DatagramChannel.open().bind(new InetSocketAddress(LOOPBACK, 0));
    }

    @AfterEach
    void close() throws IOException {
        a.close();
        b.close();
    }

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }

    private static String received(ByteBuffer buffer) {
        return US_ASCII.decode(buffer.flip()).toString();
    }

    private void connectBoth() throws IOException {
        a.connect(b.getLocalAddress());
        b.connect(a.getLocalAddress());
    }

    // ---- waiting

    private static void awaitBlocked(Thread thread) throws InterruptedException {
        while (thread.getState() != Thread.State.WAITING
                && thread.getState() != Thread.State.TIMED_WAITING
                && !Blocked.isWaiting(thread)) {
            Thread.sleep(5);
        }
    }

    private interface Ending {
        void end(Thread waiting) throws IOException;
    }

    private static void assertEnds(Threads threads, Callable<?> operation, Ending ending, Class<?> expected)
            throws Exception {
        FutureTask<Object> task = new FutureTask<>(operation::call);
        Thread thread = threads.thread(task);
        thread.start();
        awaitBlocked(thread);
        ending.end(thread);
        assertThatThrownBy(task::get).isInstanceOf(ExecutionException.class).cause().isExactlyInstanceOf(expected);
    }

    @ParameterizedTest
    @EnumSource
    void closeEndsBlockedReceive(Threads threads) throws Exception {
        assertEnds(threads, () -> a.receive(text("x")), _ -> a.close(), AsynchronousCloseException.class);
    }

    @ParameterizedTest
    @EnumSource
    void closeEndsBlockedReadAndScatter(Threads threads) throws Exception {
        connectBoth();
        assertEnds(threads, () -> a.read(text("x")), _ -> a.close(), AsynchronousCloseException.class);
        ByteBuffer[] two = {text("x"), text("y")};
        assertEnds(threads, () -> b.read(two), _ -> b.close(), AsynchronousCloseException.class);
    }

    @ParameterizedTest
    @EnumSource
    void interruptEndsBlockedReceiveAndClosesTheChannel(Threads threads) throws Exception {
        assertEnds(threads, () -> a.receive(text("x")), Thread::interrupt, ClosedByInterruptException.class);
        assertThat(a.isOpen()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void socketReceiveEndsByCloseAndByTime(Threads threads) throws Exception {
        DatagramPacket packet = new DatagramPacket(new byte[1], 1);
        b.socket().setSoTimeout(10);
        FutureTask<Object> timed =
                threads.start(
                        () -> {
                            b.socket().receive(packet);
                            return null;
                        });
        assertThatThrownBy(timed::get).cause().isInstanceOf(SocketTimeoutException.class);
        Callable<?> receive =
                () -> {
                    a.socket().receive(packet);
                    return null;
                };
        assertEnds(threads, receive, _ -> a.socket().close(), SocketException.class);
    }

    @ParameterizedTest
    @EnumSource
    void datagramEndsBlockedReceive(Threads threads) throws Exception {
        ByteBuffer dst = ByteBuffer.allocate(10);
        FutureTask<SocketAddress> task = new FutureTask<>(() -> a.receive(dst));
        Thread thread = threads.thread(task);
        thread.start();
        awaitBlocked(thread);
        b.send(text("hello"), a.getLocalAddress());
        assertThat(task.get()).isEqualTo(b.getLocalAddress());
        assertThat(received(dst)).isEqualTo("hello");
    }

    @ParameterizedTest
    @EnumSource
    void sendGoesOnWhileAnotherThreadReceives(Threads threads) throws Exception {
        ByteBuffer dst = ByteBuffer.allocate(10);
        FutureTask<SocketAddress> task = new FutureTask<>(() -> a.receive(dst));
        Thread thread = threads.thread(task);
        thread.start();
        awaitBlocked(thread);
        a.send(text("self"), a.getLocalAddress());
        assertThat(task.get()).isEqualTo(a.getLocalAddress());
    }

    // ---- datagrams

    @Test
    void gatherIsOneDatagramWhateverItsBuffersAre() throws IOException {
        connectBoth();
        ByteBuffer direct = ByteBuffer.allocateDirect(3).put(text("cde")).flip();
        ByteBuffer[] srcs = {text("ab"), direct, text(""), text("f").asReadOnlyBuffer()};
        assertThat(a.write(srcs)).isEqualTo(6);
        assertThat(Arrays.stream(srcs).noneMatch(ByteBuffer::hasRemaining)).isTrue();
        ByteBuffer dst = ByteBuffer.allocate(10);
        assertThat(b.read(dst)).isEqualTo(6);
        assertThat(received(dst)).isEqualTo("abcdef");
    }

    @RequiresAbility(Ability.LONG_DATAGRAMS)
    @Test
    void longGatherIsOneDatagram() throws IOException {
        connectBoth();
        byte[] bytes = new byte[60_000];
        new Random(1).nextBytes(bytes);
        ByteBuffer[] srcs = {ByteBuffer.wrap(bytes, 0, 1), ByteBuffer.wrap(bytes, 1, 59_999)};
        assertThat(a.write(srcs)).isEqualTo(60_000);
        ByteBuffer[] dsts = {ByteBuffer.allocate(40_000), ByteBuffer.allocate(40_000)};
        assertThat(b.read(dsts)).isEqualTo(60_000);
        assertThat(dsts[0].array()).isEqualTo(Arrays.copyOf(bytes, 40_000));
        assertThat(Arrays.copyOf(dsts[1].array(), 20_000)).isEqualTo(Arrays.copyOfRange(bytes, 40_000, 60_000));
    }

    @Test
    void gatherOfMoreBuffersThanACallTakesIsRefusedWhole() throws IOException {
        connectBoth();
        ByteBuffer[] srcs = new ByteBuffer[2000];
        Arrays.setAll(srcs, _ -> text("x"));
        assertThatThrownBy(() -> a.write(srcs)).isInstanceOf(IOException.class).hasMessage("Message too long");
        assertThat(Arrays.stream(srcs).allMatch(ByteBuffer::hasRemaining)).isTrue();
        b.configureBlocking(false);
        assertThat(b.read(text("x"))).isZero();
    }

    @Test
    void emptyDatagramsAreDatagrams() throws IOException {
        a.send(text(""), b.getLocalAddress());
        a.send(text("x"), b.getLocalAddress());
        assertThat(b.receive(text("y"))).isEqualTo(a.getLocalAddress());
        connectBoth();
        a.send(text(""), b.getLocalAddress());
        a.write(text("z"));
        assertThat(b.read(ByteBuffer.allocate(3))).isZero();
        ByteBuffer dst = ByteBuffer.allocate(3);
        assertThat(b.read(dst)).isEqualTo(1);
        assertThat(received(dst)).isEqualTo("z");
    }

    @Test
    void senderThatStaysTheSameIsTheSameObject() throws IOException {
        ByteBuffer dst = ByteBuffer.allocate(1);
        a.send(text("x"), b.getLocalAddress());
        SocketAddress first = b.receive(dst);
        a.send(text("x"), b.getLocalAddress());
        assertThat(b.receive(dst.clear())).isSameAs(first);
        b.send(text("x"), b.getLocalAddress());
        assertThat(b.receive(dst.clear())).isEqualTo(b.getLocalAddress());
        a.send(text("x"), b.getLocalAddress());
        assertThat(b.receive(dst.clear())).isEqualTo(first);
    }

    @Test
    void everyKindOfBufferSendsAndReceives() throws IOException {
        for (BuffersTest.Kind kind : BuffersTest.Kind.values()) {
            ByteBuffer src = kind.of(new byte[] {1, 2, 3});
            assertThat(a.send(src, b.getLocalAddress())).isEqualTo(3);
            assertThat(src.hasRemaining()).isFalse();
            ByteBuffer dst = kind.allocate(10).position(2);
            assertThat(b.receive(dst)).isEqualTo(a.getLocalAddress());
            assertThat(dst.position()).isEqualTo(5);
            assertThat(dst.get(4)).isEqualTo((byte) 3);
        }
    }

    // ---- association

    @Test
    void connectDiscardsWhatOthersHaveSent() throws Exception {
        try (DatagramChannel other = DatagramChannel.open()) {
            other.send(text("early"), a.getLocalAddress());
            a.connect(b.getLocalAddress());
            other.send(text("late"), a.getLocalAddress());
            b.send(text("peer"), a.getLocalAddress());
            ByteBuffer dst = ByteBuffer.allocate(10);
            assertThat(a.receive(dst)).isEqualTo(b.getLocalAddress());
            assertThat(received(dst)).isEqualTo("peer");
        }
    }

    @Test
    void answerOfADeadPortIsPortUnreachable() throws IOException {
        a.connect(b.getLocalAddress());
        b.close();
        a.write(text("x"));
        assertThatThrownBy(() -> a.read(text("x"))).isInstanceOf(PortUnreachableException.class);
        a.write(text("x"));
        assertThatThrownBy(() -> a.write(text("x"))).isInstanceOf(PortUnreachableException.class);
    }

    @Test
    void disconnectedChannelHearsOfNoDeadPort() throws IOException {
        a.connect(b.getLocalAddress());
        SocketAddress before = b.getLocalAddress();
        b.close();
        a.write(text("x"));
        a.disconnect();
        a.configureBlocking(false);
        assertThat(a.receive(text("x"))).isNull();
        assertThat(a.send(text("x"), before)).isEqualTo(1);
        assertThat(a.receive(text("x"))).isNull();
    }

    @Test
    void channelThatNobodyClosedIsClosed() throws Exception {
        DatagramChannel.open().close();
        long before = OpenDescriptors.count();
        DatagramChannel.open().bind(null).send(text("x"), b.getLocalAddress());
        while (OpenDescriptors.count() > before) {
            System.gc();
            Thread.sleep(10);
        }
        assertThat(OpenDescriptors.count()).isLessThanOrEqualTo(before);
    }

    // ---- selecting

    @Test
    void selectorTellsReadableAndWritable() throws IOException {
        try (Selector selector = Selector.open()) {
            a.configureBlocking(false);
            SelectionKey key = a.register(selector, SelectionKey.OP_READ);
            assertThat(selector.selectNow()).isZero();
            b.send(text("one"), a.getLocalAddress());
            b.send(text("two"), a.getLocalAddress());
            for (int i = 0; i < 2; i++) {
                assertThat(selector.select()).isEqualTo(1);
                assertThat(key.readyOps()).isEqualTo(SelectionKey.OP_READ);
                selector.selectedKeys().clear();
                assertThat(a.receive(ByteBuffer.allocate(5))).isNotNull();
            }
            assertThat(selector.selectNow()).isZero();
            key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
            assertThat(selector.select()).isEqualTo(1);
            assertThat(key.readyOps()).isEqualTo(SelectionKey.OP_WRITE);
        }
    }

    @Test
    void selectorTellsOfADeadPort() throws IOException {
        try (Selector selector = Selector.open()) {
            a.connect(b.getLocalAddress());
            a.configureBlocking(false);
            SelectionKey key = a.register(selector, SelectionKey.OP_READ);
            b.close();
            a.write(text("x"));
            assertThat(selector.select()).isEqualTo(1);
            assertThat(key.isReadable()).isTrue();
            assertThatThrownBy(() -> a.read(text("x"))).isInstanceOf(PortUnreachableException.class);
            selector.selectedKeys().clear();
            assertThat(selector.selectNow()).isZero();
        }
    }

    // ---- groups

    private static DatagramChannel member(StandardProtocolFamily family, int port) throws IOException {
        return DatagramChannel.open(family)
                .setOption(StandardSocketOptions.SO_REUSEADDR, true)
                .bind(new InetSocketAddress(port));
    }

    @ParameterizedTest
    @EnumSource(names = {"INET", "INET6"})
    void onlyMembersReceive(StandardProtocolFamily family) throws IOException {
        if (family == StandardProtocolFamily.INET6) {
            Ability.IPV4_GROUPS_ON_IPV6.assume();
        }
        NetworkInterface on = NetworkInterface.getByInetAddress(LOOPBACK);
        InetAddress group = InetAddress.getByName("225.4.5.6");
        InetAddress otherGroup = InetAddress.getByName("225.4.5.7");
        try (DatagramChannel member = member(family, 0);
                DatagramChannel other = member(family, member.socket().getLocalPort())) {
            other.configureBlocking(false);
            MembershipKey key = member.join(group, on);
            MembershipKey otherKey = other.join(otherGroup, on);
            a.setOption(StandardSocketOptions.IP_MULTICAST_IF, on);
            InetSocketAddress target = new InetSocketAddress(group, member.socket().getLocalPort());
            a.send(text("group"), target);
            ByteBuffer dst = ByteBuffer.allocate(10);
            member.receive(dst);
            assertThat(received(dst)).isEqualTo("group");
            assertThat(other.receive(ByteBuffer.allocate(10))).isNull();
            if (Ability.GROUP_SOURCES.isPresent()) {
                key.block(LOOPBACK);
                a.send(text("blocked"), target);
                key.unblock(LOOPBACK);
            } else {
                assertThatThrownBy(() -> key.block(LOOPBACK)).isInstanceOf(UnsupportedOperationException.class);
            }
            a.send(text("free"), target);
            member.receive(dst.clear());
            assertThat(received(dst)).isEqualTo("free");
            key.drop();
            member.configureBlocking(false);
            a.send(text("left"), target);
            assertThat(member.receive(dst.clear())).isNull();
            assertThat(key.isValid()).isFalse();
            assertThat(otherKey.isValid()).isTrue();
        }
    }

    @RequiresAbility(Ability.GROUP_SOURCES)
    @Test
    void membershipOfASourceReceivesFromIt() throws IOException {
        NetworkInterface on = NetworkInterface.getByInetAddress(LOOPBACK);
        InetAddress group = InetAddress.getByName("225.4.5.6");
        try (DatagramChannel member = member(StandardProtocolFamily.INET, 0)) {
            MembershipKey stranger = member.join(group, on, InetAddress.getByName("1.2.3.4"));
            InetSocketAddress target = new InetSocketAddress(group, member.socket().getLocalPort());
            a.setOption(StandardSocketOptions.IP_MULTICAST_IF, on);
            a.send(text("stranger"), target);
            MembershipKey key = member.join(group, on, LOOPBACK);
            a.send(text("friend"), target);
            ByteBuffer dst = ByteBuffer.allocate(10);
            member.receive(dst);
            assertThat(received(dst)).isEqualTo("friend");
            assertThat(List.of(stranger, key)).allMatch(MembershipKey::isValid);
        }
    }

    // ---- the socket

    @Test
    void packetsKeepTheirRoomFromReceiveToReceive() throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[20], 5, 10);
        for (int length : new int[] {3, 8, 0, 12, 10}) {
            a.send(ByteBuffer.allocate(length), b.getLocalAddress());
            b.socket().receive(packet);
            assertThat(packet.getLength()).isEqualTo(Math.min(length, 10));
            assertThat(packet.getOffset()).isEqualTo(5);
        }
        packet.setLength(2);
        a.send(ByteBuffer.allocate(9), b.getLocalAddress());
        b.socket().receive(packet);
        assertThat(packet.getLength()).isEqualTo(2);
    }

    @Test
    void noMethodOfTheSocketReachesTheOneInsideMulticastSocket() {
        for (var method : MulticastSocket.class.getMethods()) {
            if (Modifier.isStatic(method.getModifiers()) || method.getDeclaringClass() == Object.class) {
                continue;
            }
            assertThat(DatagramSocketAdaptor.class.getDeclaredMethods())
                    .as(method.toString())
                    .anyMatch(
                            own ->
                                    own.getName().equals(method.getName())
                                            && Arrays.equals(own.getParameterTypes(), method.getParameterTypes()));
        }
    }

    @Test
    void socketHoldsNoDescriptorOfItsOwn() throws IOException {
        a.socket();
        long before = OpenDescriptors.count();
        DatagramSocket socket = b.socket();
        assertThat(OpenDescriptors.count()).isEqualTo(before);
        socket.close();
        assertThat(b.isOpen()).isFalse();
        assertThatThrownBy(() -> b.receive(text("x"))).isInstanceOf(ClosedChannelException.class);
    }
}
