package dev.kqueue.nio;

import static dev.kqueue.nio.StatusFlags.isNonBlocking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kqueue.Opened;
import dev.kqueue.internal.channel.HeldDescriptors;
import dev.kqueue.internal.fd.SendFlag;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.Unistd;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.stream.Stream;

/** O_NONBLOCK of an adopted descriptor, as another holder of the open file description finds it. */
@Timeout(60)
class AdoptedFlagTest {
    /** More than any pipe holds. */
    private static final int MUCH = 4 * 1024 * 1024;

    @AutoClose private final Opened opened = new Opened();

    enum Kind {
        STREAM,
        UNIX_STREAM,
        DATAGRAMS,
        LISTENER,
        SOURCE,
        SINK
    }

    @BeforeEach
    void assumeThatSocketsNeedNoFlag() {
        assumeTrue(SendFlag.SUFFICES, "sends of this system wait unless it is set");
    }

    /** A descriptor for a channel to own. */
    private int open(Kind kind) throws IOException {
        return switch (kind) {
            case STREAM -> duplicate(opened.add(TcpPair.open()).server());
            case LISTENER -> duplicate(opened.add(TcpPair.listener()));
            case UNIX_STREAM, DATAGRAMS -> {
                TestSockets sockets =
                        TestSockets.open(kind == Kind.DATAGRAMS ? SysSocket.SOCK_DGRAM : SysSocket.SOCK_STREAM);
                opened.add(sockets.b());
                yield sockets.a();
            }
            case SOURCE, SINK -> {
                TestPipe pipe = TestPipe.open();
                opened.add(kind == Kind.SOURCE ? pipe.writeEnd() : pipe.readEnd());
                yield kind == Kind.SOURCE ? pipe.readEnd() : pipe.writeEnd();
            }
        };
    }

    private static int duplicate(SelectableChannel channel) throws IOException {
        try (HeldDescriptors held = HeldDescriptors.of(channel)) {
            return Unistd.dup(held.numbers()[0]);
        }
    }

    /** Another descriptor of the open file description, with the flag set or not. */
    private int holder(int fd, boolean nonBlocking) {
        int holder = opened.add(Unistd.dup(fd));
        assertThat(Fcntl.setNonBlocking(holder, nonBlocking)).isNotNegative();
        return holder;
    }

    /** A call that takes what is not there, or writes more than there is room for. */
    private static void call(Kind kind, SelectableChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(MUCH);
        switch (channel) {
            case ServerSocketChannel listener -> assertThat(listener.accept()).isNull();
            case DatagramChannel datagrams -> assertThat(datagrams.receive(bytes)).isNull();
            case WritableByteChannel sink when kind == Kind.SINK -> assertThat(sink.write(bytes)).isLessThan(MUCH);
            default -> assertThat(((ReadableByteChannel) channel).read(bytes)).isZero();
        }
    }

    static Stream<Arguments> all() {
        return Arrays.stream(Kind.values())
                .flatMap(kind -> Stream.of(true, false).map(nonBlocking -> Arguments.of(kind, nonBlocking)));
    }

    @ParameterizedTest
    @MethodSource("all")
    void isLeftAsItWasFoundByNonBlockingCalls(Kind kind, boolean nonBlocking) throws Exception {
        int fd = open(kind);
        int holder = holder(fd, nonBlocking);
        try (SelectableChannel channel = AdoptedChannels.adopt(KQueueSelectorProvider.instance(), fd)) {
            assertThat(isNonBlocking(holder)).as("adopted").isEqualTo(nonBlocking);
            channel.configureBlocking(false);
            assertThat(isNonBlocking(holder)).as("in non-blocking mode").isEqualTo(nonBlocking);
            call(kind, channel);
        }
        // accept(2) cannot be asked not to wait: a listener alone sets the flag, and does not take it back.
        assertThat(isNonBlocking(holder)).as("closed").isEqualTo(nonBlocking || kind == Kind.LISTENER);
    }

    static Stream<Arguments> blocking() {
        return all().flatMap(
                        arguments ->
                                Arrays.stream(Threads.values())
                                        .map(threads -> Arguments.of(arguments.get()[0], arguments.get()[1], threads)));
    }

    @ParameterizedTest
    @MethodSource("blocking")
    void isLeftAsItWasFoundByBlockingCalls(Kind kind, boolean nonBlocking, Threads threads) throws Exception {
        int fd = open(kind);
        int holder = holder(fd, nonBlocking);
        SelectableChannel channel = opened.add(AdoptedChannels.adopt(KQueueSelectorProvider.instance(), fd));
        Blocked<Void> blocked =
                Blocked.in(
                        threads,
                        () -> {
                            call(kind, channel);
                            return null;
                        });
        channel.close();
        assertThat(blocked.failure()).isInstanceOf(AsynchronousCloseException.class);
        // A virtual thread's accept must not wait in the kernel.
        boolean set = kind == Kind.LISTENER && threads == Threads.VIRTUAL;
        assertThat(isNonBlocking(holder)).isEqualTo(nonBlocking || set);
    }
}
