package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.ChildJvm;
import dev.kqueue.internal.channel.HeldDescriptors;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.Unistd;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channel;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

/**
 * A socket whose open file description another process holds, too: whatever that does with it, a non-blocking call
 * returns, a blocking one waits for its own, and both end when they should.
 */
@Timeout(180)
class SharedSocketsTest {
    @TempDir static Path folder;

    private static ServerSocketChannel control;
    private static SocketChannel holder;
    private static FutureTask<String> child;

    /** The other process: it holds the last channel that it was passed, and does with it what it is told. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws IOException {
            SelectableChannel held = null;
            ByteBuffer one = ByteBuffer.allocate(1);
            try (SocketChannel commands = SocketChannel.open(UnixDomainSocketAddress.of(arguments[0]))) {
                while (true) {
                    try (PassedChannels passed = PassedChannels.receive(commands, one.clear())) {
                        if (passed.bytes() < 0) {
                            return;
                        }
                        if (passed.count() > 0) {
                            held = passed.take();
                        }
                        obey((char) one.get(0), held, commands);
                    }
                }
            }
        }

        private static void obey(char command, SelectableChannel held, SocketChannel commands) throws IOException {
            switch (command) {
                case 'h' -> {}
                case 'c' -> held.close();
                case 'f' -> flag(held, false);
                case 'n' -> flag(held, true);
                case 't' -> take(held);
                case 'b' -> {
                    PassedChannels.send(commands, ByteBuffer.allocate(1), held);
                    return;
                }
                default -> throw new AssertionError("command " + command);
            }
            commands.write(ByteBuffer.allocate(1));
        }

        private static void flag(SelectableChannel held, boolean nonBlocking) throws IOException {
            try (HeldDescriptors numbers = HeldDescriptors.of(held)) {
                Fcntl.setNonBlocking(numbers.numbers()[0], nonBlocking);
            }
        }
    }

    private static void tell(char command, Channel... channels) throws IOException {
        PassedChannels.send(holder, ByteBuffer.wrap(new byte[] {(byte) command}), channels);
        if (command != 'b') {
            assertThat(holder.read(ByteBuffer.allocate(1))).isEqualTo(1);
        }
    }

    /** Takes one byte, datagram or connection; in blocking mode waits for it. */
    private static boolean take(SelectableChannel channel) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        return switch (channel) {
            case SocketChannel stream -> stream.read(one) == 1;
            case DatagramChannel datagrams -> datagrams.receive(one) != null;
            case ServerSocketChannel listener -> {
                try (SocketChannel accepted = listener.accept()) {
                    yield accepted != null;
                }
            }
            default -> throw new AssertionError(channel);
        };
    }

    enum Kind {
        STREAM,
        UNIX_STREAM,
        DATAGRAM,
        LISTENER;

        SelectableChannel open() throws IOException {
            return switch (this) {
                case STREAM, UNIX_STREAM -> throw new AssertionError("made with its peer");
                case DATAGRAM -> DatagramChannel.open().bind(new InetSocketAddress(TcpPair.LOOPBACK, 0));
                case LISTENER -> TcpPair.listener();
            };
        }
    }

    /** How the channel under test came to be one whose open file description is shared. */
    enum Origin {
        SENT,
        RECEIVED,
        INHERITED
    }

    /** A channel and what makes it ready. */
    private static final class Subject implements AutoCloseable {
        final SelectableChannel channel;
        private final SocketChannel peer;
        private final SocketAddress address;

        Subject(Kind kind, Origin origin) throws IOException {
            SelectableChannel made;
            switch (kind) {
                case STREAM, UNIX_STREAM -> {
                    try (ServerSocketChannel listener = kind == Kind.STREAM ? TcpPair.listener() : unixListener()) {
                        peer = SocketChannel.open(listener.getLocalAddress());
                        made = listener.accept();
                    }
                    address = null;
                }
                default -> {
                    made = kind.open();
                    peer = null;
                    address =
                            made instanceof DatagramChannel datagrams
                                    ? datagrams.getLocalAddress()
                                    : ((ServerSocketChannel) made).getLocalAddress();
                }
            }
            tell('h', made);
            channel = by(origin, made);
        }

        private static ServerSocketChannel unixListener() throws IOException {
            return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                    .bind(UnixDomainSocketAddress.of(folder.resolve("s" + System.nanoTime())));
        }

        private static SelectableChannel by(Origin origin, SelectableChannel made) throws IOException {
            switch (origin) {
                case SENT -> {
                    return made;
                }
                case RECEIVED -> {
                    made.close();
                    tell('b');
                    try (PassedChannels passed = PassedChannels.receive(holder, ByteBuffer.allocate(1))) {
                        return passed.take();
                    }
                }
                default -> {
                    int fd;
                    try (HeldDescriptors numbers = HeldDescriptors.of(made)) {
                        fd = Unistd.dup(numbers.numbers()[0]);
                    }
                    made.close();
                    return (SelectableChannel) new InheritedChannels(KQueueSelectorProvider.instance()).adopt(fd);
                }
            }
        }

        void make() throws IOException {
            if (peer != null) {
                peer.write(ByteBuffer.allocate(1));
            } else if (channel instanceof DatagramChannel) {
                try (DatagramChannel sender = DatagramChannel.open()) {
                    sender.send(ByteBuffer.allocate(1), address);
                }
            } else {
                SocketChannel.open(address).close();
            }
        }

        void limit(int millis) throws IOException {
            switch (channel) {
                case SocketChannel stream -> stream.socket().setSoTimeout(millis);
                case DatagramChannel datagrams -> datagrams.socket().setSoTimeout(millis);
                default -> ((ServerSocketChannel) channel).socket().setSoTimeout(millis);
            }
        }

        void takeWithLimit() throws IOException {
            switch (channel) {
                case SocketChannel stream -> stream.socket().getInputStream().read();
                case DatagramChannel datagrams ->
                        datagrams.socket().receive(new java.net.DatagramPacket(new byte[1], 1));
                default -> ((ServerSocketChannel) channel).socket().accept();
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
            if (peer != null) {
                peer.close();
            }
        }
    }

    @BeforeAll
    static void start() throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("control"));
        control = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
        child =
                Threads.PLATFORM.start(
                        () -> new ChildJvm().within(900).run(Holder.class.getName(), address.toString()));
        holder = control.accept();
    }

    @AfterAll
    static void end() throws Exception {
        holder.close();
        control.close();
        assertThat(child.get()).isEmpty();
    }

    static Stream<Arguments> all() {
        return Arrays.stream(Kind.values())
                .flatMap(
                        kind ->
                                Arrays.stream(Origin.values())
                                        .flatMap(
                                                origin ->
                                                        Arrays.stream(Threads.values())
                                                                .map(threads -> Arguments.of(kind, origin, threads))));
    }

    /** Those that have a socket of java.net, which has a time limit. */
    static Stream<Arguments> withSockets() {
        return all().filter(arguments -> arguments.get()[0] != Kind.UNIX_STREAM);
    }

    @ParameterizedTest
    @MethodSource("all")
    void nonBlockingCallReturnsWhateverTheOtherDoesWithTheFlag(Kind kind, Origin origin, Threads threads)
            throws Exception {
        try (Subject subject = new Subject(kind, origin)) {
            subject.channel.configureBlocking(false);
            for (char command : new char[] {'f', 'n', 'f', 'c'}) {
                tell(command);
                FutureTask<Boolean> taken = threads.start(() -> take(subject.channel));
                // A call that waited, and were a critical one, would hold this back.
                System.gc();
                assertThat(taken.get()).as("after '%c'", command).isFalse();
            }
            subject.make();
            while (!threads.call(() -> take(subject.channel))) {
                Thread.onSpinWait();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void blockingCallsOfTwoProcessesGetOneEach(Kind kind, Origin origin, Threads threads) throws Exception {
        try (Subject subject = new Subject(kind, origin)) {
            for (char command : new char[] {'h', 'f', 'n', 'f'}) {
                tell(command);
                Blocked<Boolean> own = Blocked.in(threads, () -> take(subject.channel));
                System.gc();
                FutureTask<Void> other =
                        Threads.PLATFORM.start(
                                () -> {
                                    tell('t');
                                    return null;
                                });
                subject.make();
                subject.make();
                assertThat(own.result()).isTrue();
                other.get();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void closeEndsABlockedCallAndLeavesTheOtherProcessItsSocket(Kind kind, Origin origin, Threads threads)
            throws Exception {
        try (Subject subject = new Subject(kind, origin)) {
            tell('f');
            Blocked<Boolean> blocked = Blocked.in(threads, () -> take(subject.channel));
            subject.channel.close();
            assertThat(blocked.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
            subject.make();
            tell('t');
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void interruptEndsABlockedCall(Kind kind, Origin origin, Threads threads) throws Exception {
        try (Subject subject = new Subject(kind, origin)) {
            tell('f');
            Blocked<Boolean> blocked = Blocked.in(threads, () -> take(subject.channel));
            blocked.interrupt();
            assertThat(blocked.failure()).isExactlyInstanceOf(ClosedByInterruptException.class);
            subject.make();
            tell('t');
        }
    }

    @ParameterizedTest
    @MethodSource("withSockets")
    void timeEndsABlockedCall(Kind kind, Origin origin, Threads threads) throws Exception {
        try (Subject subject = new Subject(kind, origin)) {
            tell('f');
            subject.limit(30);
            Blocked<Void> blocked =
                    Blocked.started(
                            threads,
                            () -> {
                                subject.takeWithLimit();
                                return null;
                            });
            assertThat(blocked.failure()).isInstanceOf(SocketTimeoutException.class);
            assertThat(subject.channel.isOpen()).isTrue();
        }
    }
}
