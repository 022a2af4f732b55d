package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.Ability;
import dev.kqueue.RequiresAbility;
import dev.kqueue.internal.channel.PollableDescriptor;
import dev.kqueue.internal.fd.PipeDescriptor;
import dev.kqueue.internal.libc.Errno;
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
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Pipe;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Pipes that others may hold, too, are read and written by an open file description of the channel's own. */
@RequiresAbility(Ability.REOPENED_PIPES)
@Timeout(60)
class OwnDescriptionTest {
    private static final int MUCH = 3 * 1024 * 1024;

    @TempDir Path folder;

    private final TestPipe pipe = TestPipe.open();

    /** Another holder's descriptors of the same open file descriptions. */
    private final int sourceCopy = Unistd.dup(pipe.readEnd());

    private final int sinkCopy = Unistd.dup(pipe.writeEnd());
    private FdChannel source;
    private FdChannel sink;

    OwnDescriptionTest() throws IOException {}

    @BeforeEach
    void open() throws IOException {
        flag(false);
        source = FdChannel.adopt(pipe.readEnd());
        sink = FdChannel.adopt(pipe.writeEnd());
        source.configureBlocking(false);
        sink.configureBlocking(false);
    }

    @AfterEach
    void close() throws IOException {
        source.close();
        sink.close();
        Unistd.close(sourceCopy);
        Unistd.close(sinkCopy);
    }

    private void flag(boolean nonBlocking) {
        assertThat(Fcntl.setNonBlocking(sourceCopy, nonBlocking)).isZero();
        assertThat(Fcntl.setNonBlocking(sinkCopy, nonBlocking)).isZero();
    }

    private static int flags(int fd) {
        return Fcntl.fcntl(fd, Fcntl.F_GETFL, 0);
    }

    private static boolean hasOwn(FdChannel channel) {
        return ((PollableDescriptor) channel).owned() instanceof PipeDescriptor;
    }

    /** The write(2) calls of this thread. */
    private static long writes() throws IOException {
        return Files.readAllLines(Path.of("/proc/thread-self/io")).stream()
                .filter(line -> line.startsWith("syscw: "))
                .mapToLong(line -> Long.parseLong(line.substring(7)))
                .sum();
    }

    private static long writesOfMuch(WritableByteChannel to, ReadableByteChannel from) throws IOException {
        ByteBuffer much = ByteBuffer.allocateDirect(MUCH);
        ByteBuffer room = ByteBuffer.allocateDirect(MUCH);
        long before = writes();
        while (much.hasRemaining()) {
            to.write(much);
            while (from.read(room) > 0) {
                // Until the pipe is empty.
            }
        }
        return writes() - before;
    }

    @Test
    void writesAreAsFewAsOfAPipeMadeHere() throws IOException {
        Pipe own = KQueueSelectorProvider.instance().openPipe();
        try (Pipe.SourceChannel ownSource = own.source();
                Pipe.SinkChannel ownSink = own.sink()) {
            ownSource.configureBlocking(false);
            ownSink.configureBlocking(false);
            long expected = writesOfMuch(ownSink, ownSource);
            assertThat(expected).isPositive();
            assertThat(writesOfMuch(sink, source)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void flagOfAnotherHolderDoesNotMatterAndStaysAsItIs(boolean nonBlocking) throws IOException {
        flag(nonBlocking);
        int before = flags(pipe.readEnd());
        int beforeOfSink = flags(pipe.writeEnd());
        assertThat(source.read(ByteBuffer.allocate(1))).isZero();
        assertThat(sink.write(ByteBuffer.allocate(MUCH))).isPositive().isLessThan(MUCH);
        assertThat(sink.write(ByteBuffer.allocate(1))).isZero();
        assertThat(source.read(ByteBuffer.allocate(1))).isOne();
        assertThat(flags(pipe.readEnd())).isEqualTo(before);
        assertThat(flags(pipe.writeEnd())).isEqualTo(beforeOfSink);
    }

    /** One that was there when the channel was made, whose other holder takes it back afterwards. */
    @Test
    void flagThatWasSetIsNotTrusted() throws IOException {
        TestPipe second = TestPipe.open();
        try (FdChannel in = FdChannel.adopt(second.readEnd());
                FdChannel out = FdChannel.adopt(second.writeEnd())) {
            assertThat(hasOwn(in)).isTrue();
            in.configureBlocking(false);
            Fcntl.setNonBlocking(second.readEnd(), false);
            assertThat(in.read(ByteBuffer.allocate(1))).isZero();
            out.write(ByteBuffer.allocate(1));
            assertThat(in.read(ByteBuffer.allocate(2))).isOne();
        }
    }

    @Test
    void closingBothDescriptorsOfTheWriterEndsTheStream() throws IOException {
        Unistd.close(sinkCopy);
        sink.close();
        assertThat(pipe.read(1)).isZero();
        assertThat(source.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }

    @Test
    void closingBothDescriptorsOfTheReaderBreaksThePipe() throws IOException {
        Unistd.close(sourceCopy);
        source.close();
        assertThat(pipe.write(1)).isEqualTo(-Errno.EPIPE);
    }

    @Test
    void detachedDescriptorHasItsFlagsAndIsLeftAlone() throws IOException {
        int before = flags(sinkCopy);
        long open = OpenDescriptors.pipes();
        assertThat(sink.detach()).isEqualTo(pipe.writeEnd());
        assertThat(OpenDescriptors.pipes()).isEqualTo(open - 1);
        assertThat(flags(pipe.writeEnd())).isEqualTo(before);
        assertThat(pipe.write(1)).isOne();
        Unistd.close(pipe.writeEnd());
        assertThat(source.read(ByteBuffer.allocate(2))).isOne();
        Unistd.close(sinkCopy);
        assertThat(source.read(ByteBuffer.allocate(2))).isEqualTo(-1);
    }

    @ParameterizedTest
    @EnumSource
    void closeEndsABlockedRead(Threads threads) throws Exception {
        source.configureBlocking(true);
        Blocked<Integer> read = Blocked.in(threads, () -> source.read(ByteBuffer.allocate(1)));
        source.close();
        assertThat(read.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
        assertThat(Fcntl.fcntl(pipe.readEnd(), Fcntl.F_GETFD, 0)).isEqualTo(-Errno.EBADF);
    }

    @Test
    void channelIsPassedOnAsItWasFound() throws IOException {
        TestSockets sockets = TestSockets.open(SysSocket.SOCK_STREAM);
        KQueueSelectorProvider provider = KQueueSelectorProvider.instance();
        try (SocketChannel a = (SocketChannel) AdoptedChannels.adopt(provider, sockets.a());
                SocketChannel b = (SocketChannel) AdoptedChannels.adopt(provider, sockets.b())) {
            PassedChannels.send(a, ByteBuffer.allocate(1), source);
            try (PassedChannels passed = PassedChannels.receive(b, ByteBuffer.allocate(1))) {
                int received = passed.takeDescriptor();
                assertThat(flags(received)).isEqualTo(flags(sourceCopy));
                Fcntl.setNonBlocking(received, true);
                assertThat(flags(sourceCopy) & Fcntl.O_NONBLOCK).isNotZero();
                Unistd.close(received);
            }
        }
        assertThat(KQueueSelectorProvider.descriptor(source)).isEqualTo(source.fd());
        assertThat(((PollableDescriptor) source).isShared()).isFalse();
    }

    // ---- where there is none

    @Test
    void othersThanPipesAreNotOpenedOnceMore() throws IOException {
        Path file = Files.write(folder.resolve("file"), new byte[10]);
        int fd = Fcntl.open(file, Fcntl.O_RDONLY | Fcntl.O_CLOEXEC, 0);
        int copy = Unistd.dup(fd);
        TestSockets sockets = TestSockets.open(SysSocket.SOCK_STREAM);
        try (FdChannel regular = FdChannel.adopt(fd);
                FdChannel terminal = FdChannel.open(Path.of("/dev/ptmx"));
                FdChannel socket = FdChannel.adopt(sockets.a())) {
            assertThat(regular.read(ByteBuffer.allocate(4))).isEqualTo(4);
            assertThat(Unistd.read(copy, MemorySegment.ofArray(new byte[10]), 10)).as("one offset").isEqualTo(6);
            assertThat(hasOwn(regular)).isFalse();
            assertThat(hasOwn(terminal)).isFalse();
            assertThat(hasOwn(socket)).isFalse();
        } finally {
            Unistd.close(copy);
            Unistd.close(sockets.b());
        }
    }

    private Path fifo() throws Exception {
        Path path = folder.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor()).isZero();
        return path;
    }

    private static int opened(Path path, int mode) {
        int fd = Fcntl.open(path, mode | Fcntl.O_NONBLOCK | Fcntl.O_CLOEXEC, 0);
        assertThat(fd).isNotNegative();
        return fd;
    }

    @Test
    void writerOfAFifoWithoutAReaderWaitsByPoll() throws Exception {
        Path path = fifo();
        int reader = opened(path, Fcntl.O_RDONLY);
        int writer = opened(path, Fcntl.O_WRONLY);
        Fcntl.setNonBlocking(writer, false);
        Unistd.close(reader);
        try (FdChannel out = FdChannel.adopt(writer)) {
            assertThat(hasOwn(out)).isFalse();
            assertThatThrownBy(() -> out.write(ByteBuffer.allocate(1))).hasMessageContaining("Broken pipe");
            try (FdChannel in = FdChannel.open(path)) {
                in.configureBlocking(false);
                out.configureBlocking(false);
                assertThat(writesOfMuch(out, in)).isGreaterThanOrEqualTo(MUCH / 512);
                assertThat(flags(writer) & Fcntl.O_NONBLOCK).isZero();
            }
        }
    }

    /** Linux does not report the end of a FIFO to who opens it after its last writer has gone. */
    @Test
    void readerOfAFifoWhoseWriterHasGoneIsReportedAsEnded() throws Exception {
        Path path = fifo();
        int reader = opened(path, Fcntl.O_RDONLY);
        int writer = opened(path, Fcntl.O_WRONLY);
        Unistd.write(writer, MemorySegment.ofArray(new byte[1]), 1);
        Unistd.close(writer);
        try (FdChannel in = FdChannel.adopt(reader);
                KQueueSelector selector = KQueueSelector.open()) {
            in.configureBlocking(false);
            in.register(selector, SelectionKey.OP_READ);
            for (int expected : new int[] {1, -1, -1}) {
                assertThat(selector.select(10_000)).isOne();
                selector.selectedKeys().clear();
                assertThat(in.read(ByteBuffer.allocate(2))).isEqualTo(expected);
            }
        }
    }

    @Test
    void readerOfAFifoThatAwaitsItsFirstWriterHearsOfItsEnd() throws Exception {
        Path path = fifo();
        try (FdChannel in = FdChannel.adopt(opened(path, Fcntl.O_RDONLY));
                KQueueSelector selector = KQueueSelector.open()) {
            assertThat(hasOwn(in)).isTrue();
            in.configureBlocking(false);
            in.register(selector, SelectionKey.OP_READ);
            assertThat(selector.selectNow()).isZero();
            FdChannel out = FdChannel.adopt(opened(path, Fcntl.O_WRONLY));
            assertThat(hasOwn(out)).isTrue();
            assertThat(selector.selectNow()).isZero();
            out.close();
            assertThat(selector.select(10_000)).isOne();
            assertThat(in.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
    }

    @Test
    void fifoThatIsReadAndWrittenDoesBoth() throws Exception {
        int fd = opened(fifo(), Fcntl.O_RDWR);
        Fcntl.setNonBlocking(fd, false);
        try (FdChannel both = FdChannel.adopt(fd)) {
            both.configureBlocking(false);
            assertThat(both.read(ByteBuffer.allocate(1))).isZero();
            long few = writes();
            assertThat(both.write(ByteBuffer.allocate(64 * 1024))).isEqualTo(64 * 1024);
            assertThat(writes() - few).isOne();
            assertThat(both.write(ByteBuffer.allocate(1))).isZero();
            assertThat(both.read(ByteBuffer.allocate(64 * 1024))).isEqualTo(64 * 1024);
            assertThat(flags(fd) & Fcntl.O_NONBLOCK).isZero();
        }
    }
}
