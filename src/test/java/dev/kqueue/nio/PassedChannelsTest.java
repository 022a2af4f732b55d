package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.Unistd;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channel;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.NoSuchElementException;
import java.util.concurrent.FutureTask;

@Timeout(60)
@SuppressWarnings("try") // closing is what is tested
class PassedChannelsTest {
    private static final KQueueSelectorProvider PROVIDER = KQueueSelectorProvider.instance();

    @TempDir Path directory;
    private SocketChannel a;
    private SocketChannel b;

    @BeforeEach
    void open() throws IOException {
        TestSockets sockets = TestSockets.open(SysSocket.SOCK_STREAM);
        a = (SocketChannel) AdoptedChannels.adopt(PROVIDER, sockets.a());
        b = (SocketChannel) AdoptedChannels.adopt(PROVIDER, sockets.b());
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

    private SelectableChannel passed(Channel channel) throws IOException {
        assertThat(PassedChannels.send(a, text("x"), channel)).isEqualTo(1);
        try (PassedChannels passed = PassedChannels.receive(b, ByteBuffer.allocate(10))) {
            assertThat(passed.bytes()).isEqualTo(1);
            assertThat(passed.sender()).isNull();
            assertThat(passed.count()).isEqualTo(1);
            return passed.take();
        }
    }

    // ---- every kind

    @Test
    void connectionGoesOnWhereItIsPassedTo() throws IOException {
        try (TcpPair pair = TcpPair.open();
                SocketChannel passed = (SocketChannel) passed(pair.server())) {
            assertThat(passed.isBlocking()).isTrue();
            assertThat(passed.getRemoteAddress()).isEqualTo(pair.client().getLocalAddress());
            pair.server().close();
            pair.client().write(text("hello"));
            ByteBuffer dst = ByteBuffer.allocate(10);
            passed.read(dst);
            assertThat(received(dst)).isEqualTo("hello");
            passed.close();
            assertThat(pair.client().read(dst.clear())).isEqualTo(-1);
        }
    }

    @Test
    void listenerAcceptsWhereItIsPassedTo() throws IOException {
        try (ServerSocketChannel listener = TcpPair.listener();
                ServerSocketChannel passed = (ServerSocketChannel) passed(listener)) {
            SocketAddress address = listener.getLocalAddress();
            listener.close();
            try (SocketChannel client = SocketChannel.open(address);
                    SocketChannel accepted = passed.accept()) {
                assertThat(accepted.getRemoteAddress()).isEqualTo(client.getLocalAddress());
            }
        }
    }

    @Test
    void datagramSocketReceivesWhereItIsPassedTo() throws IOException {
        try (DatagramChannel socket = PROVIDER.openDatagramChannel().bind(new InetSocketAddress(TcpPair.LOOPBACK, 0));
                DatagramChannel passed = (DatagramChannel) passed(socket);
                DatagramChannel sender = PROVIDER.openDatagramChannel()) {
            sender.send(text("hello"), socket.getLocalAddress());
            ByteBuffer dst = ByteBuffer.allocate(10);
            passed.receive(dst);
            assertThat(received(dst)).isEqualTo("hello");
        }
    }

    @Test
    void endsOfAPipeBecomeFdChannels() throws IOException {
        Pipe pipe = PROVIDER.openPipe();
        try (Pipe.SinkChannel sink = pipe.sink();
                FdChannel source = (FdChannel) passed(pipe.source());
                FdChannel again = (FdChannel) passed(source)) {
            pipe.source().close();
            source.close();
            sink.write(text("hello"));
            ByteBuffer dst = ByteBuffer.allocate(10);
            again.read(dst);
            assertThat(received(dst)).isEqualTo("hello");
        }
    }

    @Test
    void fileIsPassedByNumber() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "contents");
        int fd = Fcntl.open(file.toString(), Fcntl.O_RDONLY | Fcntl.O_CLOEXEC, 0);
        assertThat(PassedChannels.sendDescriptors(a, text("x"), fd)).isEqualTo(1);
        Unistd.close(fd);
        try (PassedChannels passed = PassedChannels.receive(b, ByteBuffer.allocate(10));
                FdChannel channel = FdChannel.adopt(passed.takeDescriptor())) {
            ByteBuffer dst = ByteBuffer.allocate(10);
            channel.read(dst);
            assertThat(received(dst)).isEqualTo("contents");
        }
    }

    // ---- order and bytes

    @Test
    void severalAreTakenInOrderAndBytesStayWithWhatWasPassed() throws IOException {
        try (TcpPair one = TcpPair.open();
                TcpPair two = TcpPair.open()) {
            PassedChannels.send(a, text("both"), one.client(), two.client());
            PassedChannels.send(a, text("other"), two.server());
            a.write(text("rest"));
            ByteBuffer dst = ByteBuffer.allocateDirect(100);
            try (PassedChannels passed = PassedChannels.receive(b, dst)) {
                assertThat(received(dst)).isEqualTo("both");
                assertThat(passed.count()).isEqualTo(2);
                assertTakes(passed, one.client());
                assertTakes(passed, two.client());
                assertThat(passed.count()).isZero();
                assertThatThrownBy(passed::take).isInstanceOf(NoSuchElementException.class);
            }
            try (PassedChannels passed = PassedChannels.receive(b, dst.clear())) {
                assertThat(received(dst)).startsWith("other");
                assertTakes(passed, two.server());
            }
        }
    }

    private static void assertTakes(PassedChannels passed, SocketChannel sent) throws IOException {
        try (SocketChannel taken = (SocketChannel) passed.take()) {
            assertThat(taken.getLocalAddress()).isEqualTo(sent.getLocalAddress());
            assertThat(taken.getRemoteAddress()).isEqualTo(sent.getRemoteAddress());
        }
    }

    @ParameterizedTest
    @EnumSource
    void blockingSendWritesAllAndPassesWithTheFirstByte(Threads threads) throws Exception {
        byte[] many = new byte[1 << 20];
        for (int i = 0; i < many.length; i++) {
            many[i] = (byte) ((i * 31) >> 3);
        }
        try (TcpPair pair = TcpPair.open()) {
            FutureTask<Integer> send =
                    threads.start(() -> PassedChannels.send(a, ByteBuffer.wrap(many), pair.client()));
            ByteBuffer dst = ByteBuffer.allocate(many.length);
            int passedWithTheFirst = -1;
            while (dst.hasRemaining()) {
                try (PassedChannels passed = PassedChannels.receive(b, dst)) {
                    passedWithTheFirst = passedWithTheFirst < 0 ? passed.count() : passedWithTheFirst;
                }
            }
            assertThat(passedWithTheFirst).isEqualTo(1);
            assertThat(send.get()).isEqualTo(many.length);
            assertThat(dst.array()).isEqualTo(many);
        }
    }

    @Test
    void sendThatFindsNoRoomPassesNothing() throws Exception {
        TcpPair.fill(a);
        a.configureBlocking(false);
        try (TcpPair pair = TcpPair.open()) {
            ByteBuffer src = text("x");
            assertThat(PassedChannels.send(a, src, pair.client())).isZero();
            assertThat(src.hasRemaining()).isTrue();
        }
    }

    @Test
    void withoutBlockingNothingIsReceivedUntilSomethingCame() throws IOException {
        b.configureBlocking(false);
        try (PassedChannels none = PassedChannels.receive(b, ByteBuffer.allocate(1))) {
            assertThat(none.bytes()).isZero();
            assertThat(none.count()).isZero();
        }
        a.close();
        try (PassedChannels end = PassedChannels.receive(b, ByteBuffer.allocate(1))) {
            assertThat(end.bytes()).isEqualTo(-1);
        }
    }

    @Test
    void receiveWithoutRoomLeavesAllWhereItIs() throws IOException {
        try (PassedChannels none = PassedChannels.receive(b, ByteBuffer.allocate(0))) {
            assertThat(none.bytes()).as("does not wait either").isZero();
        }
        PassedChannels.send(a, text("x"), a);
        try (PassedChannels none = PassedChannels.receive(b, ByteBuffer.allocate(0))) {
            assertThat(none.count()).isZero();
        }
        try (PassedChannels one = PassedChannels.receive(b, ByteBuffer.allocate(1))) {
            assertThat(one.count()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void closeAndInterruptEndABlockedReceive(Threads threads) throws Exception {
        Blocked<PassedChannels> closed = Blocked.in(threads, () -> PassedChannels.receive(b, ByteBuffer.allocate(1)));
        Blocked<PassedChannels> interrupted =
                Blocked.in(threads, () -> PassedChannels.receive(a, ByteBuffer.allocate(1)));
        interrupted.interrupt();
        assertThat(interrupted.failure()).isInstanceOf(ClosedByInterruptException.class);
        try {
            assertThat(closed.result().bytes()).as("the interrupt has closed the other end").isEqualTo(-1);
        } finally {
            close();
        }
        open();
        closed = Blocked.in(threads, () -> PassedChannels.receive(b, ByteBuffer.allocate(1)));
        b.close();
        assertThat(closed.failure()).isInstanceOf(AsynchronousCloseException.class);
    }

    /** A read stops where what was passed ends: a selector must not take the stream for empty then. */
    @Test
    void streamStaysReadyWhenAReadStopsShortAtWhatWasPassed() throws IOException {
        b.configureBlocking(false);
        try (TcpPair pair = TcpPair.open();
                Selector selector = PROVIDER.openSelector()) {
            SelectionKey key = b.register(selector, SelectionKey.OP_READ);
            PassedChannels.send(a, text("first"), pair.client());
            a.write(text("second"));
            StringBuilder all = new StringBuilder();
            while (all.length() < "firstsecond".length()) {
                selector.select();
                assertThat(selector.selectedKeys().remove(key)).isTrue();
                ByteBuffer dst = ByteBuffer.allocate(100);
                b.read(dst);
                all.append(received(dst));
            }
            assertThat(all.toString()).isEqualTo("firstsecond");
            assertThat(selector.selectNow()).isZero();
        }
    }

    // ---- nothing leaks

    @Test
    void whatArrivesIsCloseOnExec() throws IOException {
        try (TcpPair pair = TcpPair.open()) {
            PassedChannels.send(a, text("x"), pair.client());
            try (PassedChannels passed = PassedChannels.receive(b, ByteBuffer.allocate(1))) {
                int fd = passed.takeDescriptor();
                assertThat(Fcntl.fcntl(fd, Fcntl.F_GETFD, 0)).isEqualTo(Fcntl.FD_CLOEXEC);
                Unistd.close(fd);
            }
        }
    }

    @Test
    void whatNobodyTakesIsClosed() throws IOException {
        try (TcpPair pair = TcpPair.open()) {
            long before = OpenDescriptors.count();
            for (int i = 0; i < 3; i++) {
                PassedChannels.send(a, text("x"), pair.client(), pair.server());
                try (PassedChannels passed = PassedChannels.receive(b, ByteBuffer.allocate(1))) {
                    assertThat(OpenDescriptors.count()).isEqualTo(before + 2);
                    passed.take().close();
                }
                PassedChannels.send(a, text("x"), pair.client(), pair.server());
                assertThat(b.read(ByteBuffer.allocate(1))).isEqualTo(1);
            }
            assertThat(OpenDescriptors.count()).isEqualTo(before);
        }
    }

    @Test
    void closedReceiptGivesNothing() throws IOException {
        try (TcpPair pair = TcpPair.open()) {
            PassedChannels.send(a, text("x"), pair.client());
            PassedChannels passed = PassedChannels.receive(b, ByteBuffer.allocate(1));
            passed.close();
            passed.close();
            assertThat(passed.count()).isZero();
            assertThatThrownBy(passed::takeDescriptor)
                    .isInstanceOf(NoSuchElementException.class)
                    .hasMessageContaining("closed");
        }
    }

    @Test
    void receiptThatNobodyClosesIsClosedByTheCollector() throws Exception {
        try (TcpPair pair = TcpPair.open()) {
            long before = OpenDescriptors.count();
            PassedChannels.send(a, text("x"), pair.client());
            assertThat(PassedChannels.receive(b, ByteBuffer.allocate(1)).count()).isEqualTo(1);
            while (OpenDescriptors.count() > before) {
                System.gc();
                Thread.sleep(10);
            }
        }
    }

    // ---- datagrams

    @Test
    void datagramsPassChannelsAndTellWhoSentThem() throws IOException {
        try (DatagramChannel receiver = datagrams("receiver");
                DatagramChannel sender = datagrams("sender");
                TcpPair pair = TcpPair.open()) {
            ByteBuffer dst = ByteBuffer.allocate(10);
            assertThat(PassedChannels.send(sender, text("hello"), named("receiver"), pair.client())).isEqualTo(5);
            try (PassedChannels passed = PassedChannels.receive(receiver, dst)) {
                assertThat(passed.bytes()).isEqualTo(5);
                assertThat(passed.sender()).isEqualTo(named("sender"));
                assertTakes(passed, pair.client());
            }
            assertThat(received(dst)).isEqualTo("hello");
            sender.connect(named("receiver"));
            assertThat(PassedChannels.send(sender, ByteBuffer.allocate(0), null, pair.server())).isZero();
            try (PassedChannels passed = PassedChannels.receive(receiver, dst)) {
                assertThat(passed.bytes()).isZero();
                assertThat(passed.sender()).isEqualTo(named("sender"));
                assertTakes(passed, pair.server());
            }
            receiver.configureBlocking(false);
            try (PassedChannels none = PassedChannels.receive(receiver, dst)) {
                assertThat(none.sender()).isNull();
            }
        }
    }

    @Test
    void datagramsThatNobodyTakesFromLeakNothing() throws IOException {
        try (DatagramChannel receiver = datagrams("receiver");
                DatagramChannel sender = datagrams("sender");
                TcpPair pair = TcpPair.open()) {
            ByteBuffer dst = ByteBuffer.allocate(10);
            long before = OpenDescriptors.count();
            PassedChannels.send(sender, text("plain"), named("receiver"), pair.client());
            receiver.receive(dst);
            PassedChannels.send(sender, text("closed"), named("receiver"), pair.client());
            PassedChannels.receive(receiver, dst.clear()).close();
            assertThat(OpenDescriptors.count()).isEqualTo(before);
        }
    }

    private UnixDomainSocketAddress named(String name) {
        return UnixDomainSocketAddress.of(directory.resolve(name));
    }

    private DatagramChannel datagrams(String name) throws IOException {
        return PROVIDER.openDatagramChannel(StandardProtocolFamily.UNIX).bind(named(name));
    }

    // ---- what is refused

    @Test
    void closedChannelIsRefused() throws IOException {
        TcpPair pair = TcpPair.open();
        pair.close();
        assertThatThrownBy(() -> PassedChannels.send(a, text("x"), b, pair.client()))
                .isInstanceOf(ClosedChannelException.class);
        int fd = Unistd.dup(0);
        Unistd.close(fd);
        assertThatThrownBy(() -> PassedChannels.sendDescriptors(a, text("x"), fd))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(Integer.toString(fd));
        assertThatThrownBy(() -> PassedChannels.sendDescriptors(a, text("x"), -1))
                .isInstanceOf(IllegalArgumentException.class);
        a.close();
        assertThatThrownBy(() -> PassedChannels.send(a, text("x"), b)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> PassedChannels.receive(a, text("x"))).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void channelOfAnotherProviderIsNamed() throws IOException {
        try (FileChannel file = FileChannel.open(Files.createFile(directory.resolve("file")))) {
            assertThatThrownBy(() -> PassedChannels.send(a, text("x"), file))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("FileChannel");
        }
        assertThatThrownBy(() -> PassedChannels.send(a, text("x"), (Channel) null))
                .isInstanceOf(NullPointerException.class);
    }

    @Test
    void onlyUnixDomainChannelsPassOthers() throws IOException {
        try (TcpPair pair = TcpPair.open();
                DatagramChannel udp = PROVIDER.openDatagramChannel();
                DatagramChannel unconnected = datagrams("unconnected")) {
            assertThatThrownBy(() -> PassedChannels.send(pair.client(), text("x"), a))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Unix-domain");
            assertThatThrownBy(() -> PassedChannels.receive(pair.client(), text("x")))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> PassedChannels.send(udp, text("x"), null, a))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> PassedChannels.receive(udp, text("x")))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> PassedChannels.send(unconnected, text("x"), null, a))
                    .isInstanceOf(NotYetConnectedException.class);
            assertThatThrownBy(() -> PassedChannels.receive((SocketChannel) null, text("x")))
                    .isInstanceOf(NullPointerException.class);
        }
    }

    @Test
    void streamPassesNothingWithoutAByteNorTooManyAtOnce() {
        assertThatThrownBy(() -> PassedChannels.send(a, ByteBuffer.allocate(0), b))
                .isInstanceOf(IllegalArgumentException.class);
        Channel[] many = Collections.nCopies(254, b).toArray(new Channel[0]);
        assertThatThrownBy(() -> PassedChannels.send(a, text("x"), many))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("253");
    }

    @Test
    void asManyAsCanBePassedArrive() throws IOException {
        Channel[] many = Collections.nCopies(253, b).toArray(new Channel[0]);
        long before = OpenDescriptors.count();
        PassedChannels.send(a, text("x"), many);
        try (PassedChannels passed = PassedChannels.receive(b, ByteBuffer.allocate(1))) {
            assertThat(passed.count()).isEqualTo(253);
        }
        assertThat(OpenDescriptors.count()).isEqualTo(before);
    }

    @Test
    void unconnectedStreamIsRefusedWhereItIsTakenAndLeaksNothing() throws IOException {
        try (SocketChannel unconnected = PROVIDER.openSocketChannel()) {
            long before = OpenDescriptors.count();
            assertThatThrownBy(() -> passed(unconnected)).isInstanceOf(IOException.class);
            assertThat(OpenDescriptors.count()).isEqualTo(before);
        }
    }
}
