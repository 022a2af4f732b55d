package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.internal.channel.PollableDescriptor;
import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.fd.PipeDescriptor;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.Unistd;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channel;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

/** The ends of a pipe that was made here, after they were passed on, and another holder has taken O_NONBLOCK back. */
@Timeout(60)
class SharedPipesTest {
    private static final KQueueSelectorProvider PROVIDER = KQueueSelectorProvider.instance();

    /** More than any pipe holds. */
    private static final int MUCH = 4 * 1024 * 1024;

    private static final int PART = 1024;

    private SocketChannel sending;
    private SocketChannel receiving;
    private Pipe.SourceChannel source;
    private Pipe.SinkChannel sink;

    /** Another descriptor of the source's, or of the sink's, open file description. */
    private int sourceCopy = -1;

    private int sinkCopy = -1;

    enum Passing {
        CHANNEL,
        NUMBER
    }

    enum Buffered {
        ONE,
        SEVERAL;

        long read(Pipe.SourceChannel source, int room) throws IOException {
            return this == ONE
                    ? source.read(ByteBuffer.allocate(room))
                    : source.read(new ByteBuffer[] {ByteBuffer.allocate(1), ByteBuffer.allocateDirect(room - 1)});
        }

        long write(Pipe.SinkChannel sink, int bytes) throws IOException {
            return this == ONE
                    ? sink.write(ByteBuffer.allocate(bytes))
                    : sink.write(new ByteBuffer[] {ByteBuffer.allocate(1), ByteBuffer.allocateDirect(bytes - 1)});
        }
    }

    static Stream<Arguments> all() {
        return Arrays.stream(Passing.values())
                .flatMap(
                        passing ->
                                Arrays.stream(Buffered.values())
                                        .flatMap(
                                                buffered ->
                                                        Arrays.stream(Threads.values())
                                                                .map(
                                                                        threads ->
                                                                                Arguments.of(
                                                                                        passing, buffered, threads))));
    }

    @BeforeEach
    void open() throws IOException {
        TestSockets sockets = TestSockets.open(SysSocket.SOCK_STREAM);
        sending = (SocketChannel) AdoptedChannels.adopt(PROVIDER, sockets.a());
        receiving = (SocketChannel) AdoptedChannels.adopt(PROVIDER, sockets.b());
        Pipe pipe = PROVIDER.openPipe();
        source = pipe.source();
        sink = pipe.sink();
    }

    @AfterEach
    void close() throws IOException {
        for (Channel channel : new Channel[] {sending, receiving, source, sink}) {
            channel.close();
        }
        for (int copy : new int[] {sourceCopy, sinkCopy}) {
            if (copy >= 0) {
                Unistd.close(copy);
            }
        }
    }

    private int copy(Passing passing, Channel channel) throws IOException {
        if (passing == Passing.CHANNEL) {
            PassedChannels.send(sending, ByteBuffer.allocate(1), channel);
        } else {
            Descriptor owned = ((PollableDescriptor) channel).owned();
            assertThat(owned.hold()).isTrue();
            PassedChannels.sendDescriptors(sending, ByteBuffer.allocate(1), owned.fd());
            owned.release();
        }
        try (PassedChannels passed = PassedChannels.receive(receiving, ByteBuffer.allocate(1))) {
            return passed.takeDescriptor();
        }
    }

    private void pass(Passing passing) throws IOException {
        sourceCopy = copy(passing, source);
        sinkCopy = copy(passing, sink);
        flag(false);
    }

    private void flag(boolean nonBlocking) {
        assertThat(Fcntl.setNonBlocking(sourceCopy, nonBlocking)).isZero();
        assertThat(Fcntl.setNonBlocking(sinkCopy, nonBlocking)).isZero();
    }

    @ParameterizedTest
    @MethodSource("all")
    void nonBlockingReadReturnsWhateverBecomesOfTheFlag(Passing passing, Buffered buffered, Threads threads)
            throws Exception {
        source.configureBlocking(false);
        assertThat(buffered.read(source, 8)).isZero();
        pass(passing);
        for (boolean nonBlocking : new boolean[] {false, true, false}) {
            flag(nonBlocking);
            FutureTask<Long> read = threads.start(() -> buffered.read(source, 8));
            // A call that waited, and were a critical one, would hold this back.
            System.gc();
            assertThat(read.get()).isZero();
            sink.write(ByteBuffer.allocate(3));
            assertThat(threads.call(() -> buffered.read(source, 8))).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void nonBlockingWriteReturnsWhateverBecomesOfTheFlag(Passing passing, Buffered buffered, Threads threads)
            throws Exception {
        sink.configureBlocking(false);
        source.configureBlocking(false);
        pass(passing);
        for (boolean nonBlocking : new boolean[] {false, true, false}) {
            flag(nonBlocking);
            FutureTask<Long> written = threads.start(() -> buffered.write(sink, MUCH));
            System.gc();
            assertThat(written.get()).isPositive().isLessThan(MUCH);
            assertThat(threads.call(() -> buffered.write(sink, MUCH))).isZero();
            long left = written.get();
            while (left > 0) {
                left -= source.read(ByteBuffer.allocate(MUCH));
            }
            assertThat(left).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void blockedReadHoldsBackNoSafepointAndGetsWhatComes(Passing passing, Buffered buffered, Threads threads)
            throws Exception {
        Blocked<Long> before = Blocked.in(threads, () -> buffered.read(source, 8));
        pass(passing);
        System.gc();
        sink.write(ByteBuffer.allocate(1));
        assertThat(before.result()).isEqualTo(1);
        Blocked<Long> after = Blocked.in(threads, () -> buffered.read(source, 8));
        System.gc();
        sink.write(ByteBuffer.allocate(1));
        assertThat(after.result()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("all")
    void blockedWriteHoldsBackNoSafepointAndWritesAll(Passing passing, Buffered buffered, Threads threads)
            throws Exception {
        Blocked<Long> before = Blocked.in(threads, () -> buffered.write(sink, MUCH));
        pass(passing);
        System.gc();
        for (int left = MUCH; left > 0; ) {
            left -= source.read(ByteBuffer.allocate(MUCH));
        }
        assertThat(before.result()).isEqualTo(MUCH);
    }

    @ParameterizedTest
    @MethodSource("all")
    void closeEndsABlockedReadAndLeavesTheOtherItsPipe(Passing passing, Buffered buffered, Threads threads)
            throws Exception {
        pass(passing);
        Blocked<Long> blocked = Blocked.in(threads, () -> buffered.read(source, 8));
        source.close();
        assertThat(blocked.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
        assertThat(sink.write(ByteBuffer.allocate(1))).isEqualTo(1);
        assertThat(Unistd.read(sourceCopy, MemorySegment.ofArray(new byte[8]), 8)).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("all")
    void interruptEndsABlockedWrite(Passing passing, Buffered buffered, Threads threads) throws Exception {
        pass(passing);
        Blocked<Long> blocked = Blocked.in(threads, () -> buffered.write(sink, MUCH));
        blocked.interrupt();
        assertThat(blocked.failure()).isExactlyInstanceOf(ClosedByInterruptException.class);
        source.configureBlocking(false);
        while (source.read(ByteBuffer.allocate(MUCH)) > 0) {
            Thread.onSpinWait();
        }
        assertThat(Unistd.write(sinkCopy, MemorySegment.ofArray(new byte[1]), 1)).isEqualTo(1);
        assertThat(source.read(ByteBuffer.allocate(8))).isEqualTo(1);
    }

    /** More than one attempt takes: that one filled its memory does not mean that it emptied the pipe. */
    @ParameterizedTest
    @EnumSource
    void selectorReportsWhatALongReadHasLeft(Buffered buffered) throws IOException {
        pass(Passing.CHANNEL);
        sink.configureBlocking(false);
        source.configureBlocking(false);
        try (Selector selector = PROVIDER.openSelector()) {
            source.register(selector, SelectionKey.OP_READ);
            int left = 0;
            for (int n = PART; n > 0; left += n) {
                n = sink.write(ByteBuffer.allocate(PART));
            }
            while (left > 0) {
                assertThat(selector.select(10_000)).isEqualTo(1);
                selector.selectedKeys().clear();
                left -= (int) buffered.read(source, MUCH);
            }
            assertThat(selector.selectNow()).isZero();
        }
    }

    /** The mark waits for the call in progress, as that may be a critical one. */
    @Test
    void descriptionIsNotPassedOnDuringACallThatTrustsTheFlag() throws Exception {
        PipeDescriptor descriptor = (PipeDescriptor) ((PollableDescriptor) source).owned();
        assertThat(descriptor.beginTrust()).isTrue();
        FutureTask<Integer> passed = Threads.PLATFORM.start(() -> copy(Passing.CHANNEL, source));
        while (!descriptor.isShared()) {
            Thread.onSpinWait();
        }
        receiving.configureBlocking(false);
        assertThat(passed.isDone()).isFalse();
        assertThat(receiving.read(ByteBuffer.allocate(1))).isZero();
        receiving.configureBlocking(true);
        descriptor.endTrust();
        sourceCopy = passed.get();
        assertThat(descriptor.beginTrust()).isFalse();
    }
}
