package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.kqueue.Ability;
import dev.kqueue.RequiresAbility;
import dev.kqueue.internal.channel.PipeSource;
import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.SysIoctl;
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
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;

@Timeout(60)
class FdChannelTest {
    private final KQueueSelectorProvider provider = KQueueSelectorProvider.instance();
    private TestPipe pipe;
    private FdChannel source;
    private FdChannel sink;

    /** A pipe as another program would hand it over: without O_NONBLOCK. */
    @BeforeEach
    void open() throws IOException {
        pipe = TestPipe.open();
        Fcntl.setNonBlocking(pipe.readEnd(), false);
        Fcntl.setNonBlocking(pipe.writeEnd(), false);
        source = FdChannel.adopt(pipe.readEnd());
        sink = FdChannel.adopt(pipe.writeEnd());
    }

    @AfterEach
    void close() throws IOException {
        source.close();
        sink.close();
    }

    private static boolean isNonBlocking(int fd) {
        int flags = Fcntl.fcntl(fd, Fcntl.F_GETFL, 0);
        assertThat(flags).isGreaterThanOrEqualTo(0);
        return (flags & Fcntl.O_NONBLOCK) != 0;
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }

    private static String text(ByteBuffer read) {
        return US_ASCII.decode(read.flip()).toString();
    }

    private static String read(FdChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(100);
        channel.read(buffer);
        return text(buffer);
    }

    // ---- reading and writing

    @Test
    void whatIsWrittenIsRead() throws IOException {
        assertThat(sink.write(bytes("heap "))).isEqualTo(5);
        assertThat(sink.write(ByteBuffer.allocateDirect(7).put(bytes("direct ")).flip())).isEqualTo(7);
        assertThat(sink.write(new ByteBuffer[] {bytes("one "), bytes(""), bytes("two")})).isEqualTo(7);
        ByteBuffer[] in = {ByteBuffer.allocate(5), ByteBuffer.allocate(0), ByteBuffer.allocateDirect(100)};
        assertThat(source.read(in)).isEqualTo(19);
        assertThat(text(in[0]) + text(in[2])).isEqualTo("heap direct one two");
        sink.close();
        assertThat(source.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        assertThat(source.read(ByteBuffer.allocate(0))).isZero();
    }

    @RequiresAbility(Ability.ONE_WAY_PIPES)
    @Test
    void readerMayNotWriteNorWriterRead() throws IOException {
        assertThatThrownBy(() -> source.write(bytes("x"))).isInstanceOf(NonWritableChannelException.class);
        assertThatThrownBy(() -> sink.read(ByteBuffer.allocate(1))).isInstanceOf(NonReadableChannelException.class);
        assertThat(source.validOps()).isEqualTo(SelectionKey.OP_READ);
        assertThat(sink.validOps()).isEqualTo(SelectionKey.OP_WRITE);
        source.close();
        sink.close();
        assertThatThrownBy(() -> source.write(bytes("x"))).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> sink.read(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
    }

    @ParameterizedTest
    @EnumSource
    void nonBlockingModeNeitherBlocksNorSetsTheFlag(Threads threads) throws Exception {
        threads.call(
                () -> {
                    source.configureBlocking(false);
                    sink.configureBlocking(false);
                    assertThat(source.read(ByteBuffer.allocate(10))).isZero();
                    ByteBuffer much = ByteBuffer.allocate(10 << 20);
                    int written = sink.write(much);
                    assertThat(written).isPositive().isLessThan(10 << 20).isEqualTo(much.position());
                    assertThat(sink.write(much)).isZero();
                    int read = 0;
                    for (int n; (n = source.read(ByteBuffer.allocateDirect(100_000))) > 0; ) {
                        read += n;
                    }
                    assertThat(read).isEqualTo(written);
                    assertThat(isNonBlocking(source.fd())).isFalse();
                    assertThat(isNonBlocking(sink.fd())).isFalse();
                    return null;
                });
    }

    @ParameterizedTest
    @EnumSource
    void blockingReadWaitsWithoutSettingTheFlag(Threads threads) throws Exception {
        FutureTask<String> read = threads.start(() -> read(source));
        Thread.sleep(10);
        assertThat(read.isDone()).isFalse();
        assertThat(isNonBlocking(source.fd())).isFalse();
        sink.write(bytes("now"));
        assertThat(read.get()).isEqualTo("now");
    }

    @ParameterizedTest
    @EnumSource
    void blockingWriteWritesAll(Threads threads) throws Exception {
        int size = 300_000;
        FutureTask<Integer> write = threads.start(() -> sink.write(ByteBuffer.allocate(size)));
        int read = 0;
        while (read < size) {
            read += source.read(ByteBuffer.allocate(50_000));
        }
        assertThat(write.get()).isEqualTo(size);
    }

    @ParameterizedTest
    @EnumSource
    void closeAndInterruptEndABlockedRead(Threads threads) throws Exception {
        Blocked<String> closed = Blocked.in(threads, () -> read(source));
        source.close();
        assertThat(closed.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);

        try (TestPipe second = TestPipe.open()) {
            FdChannel channel = FdChannel.adopt(Unistd.dup(second.readEnd()));
            Blocked<String> interrupted = Blocked.in(threads, () -> read(channel));
            interrupted.interrupt();
            assertThat(interrupted.failure()).isExactlyInstanceOf(ClosedByInterruptException.class);
        }
    }

    @Test
    void flagThatAnotherTakesBackLetsNoCallBlock() throws IOException {
        TestPipe second = TestPipe.open();
        try (FdChannel in = FdChannel.adopt(second.readEnd());
                FdChannel out = FdChannel.adopt(second.writeEnd())) {
            in.configureBlocking(false);
            out.configureBlocking(false);
            Fcntl.setNonBlocking(second.readEnd(), false);
            Fcntl.setNonBlocking(second.writeEnd(), false);
            assertThat(in.read(ByteBuffer.allocate(1))).isZero();
            ByteBuffer much = ByteBuffer.allocate(1 << 20);
            while (out.write(much) > 0) {
                // Until the pipe is full.
            }
            assertThat(much.hasRemaining()).isTrue();
            assertThat(in.read(ByteBuffer.allocate(1))).isEqualTo(1);
        }
    }

    @Test
    void aFlagThatIsSetStaysSet() throws IOException {
        Fcntl.setNonBlocking(pipe.readEnd(), true);
        source.close();
        TestPipe second = TestPipe.open();
        try (FdChannel in = FdChannel.adopt(second.readEnd());
                FdChannel out = FdChannel.adopt(second.writeEnd())) {
            in.configureBlocking(false);
            assertThat(in.read(ByteBuffer.allocate(1))).isZero();
            in.configureBlocking(true);
            out.write(bytes("abc"));
            assertThat(read(in)).isEqualTo("abc");
            assertThat(isNonBlocking(in.fd())).isTrue();
        }
    }

    @Test
    void socketIsReadAndWrittenWithoutTheFlag() throws IOException {
        int[] pair = socketPair();
        Fcntl.setNonBlocking(pair[0], false);
        Fcntl.setNonBlocking(pair[1], false);
        try (FdChannel left = FdChannel.adopt(pair[0]);
                FdChannel right = FdChannel.adopt(pair[1])) {
            left.configureBlocking(false);
            assertThat(left.read(ByteBuffer.allocate(1))).isZero();
            assertThat(left.write(ByteBuffer.allocate(10 << 20))).isPositive().isLessThan(10 << 20);
            right.write(bytes("answer"));
            assertThat(read(left)).isEqualTo("answer");
            assertThat(isNonBlocking(left.fd())).isFalse();
            assertThat(left.validOps()).isEqualTo(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        }
    }

    private static int[] socketPair() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pair = arena.allocate(ValueLayout.JAVA_INT, 2);
            assertThat(SysSocket.socketpair(SysSocket.AF_UNIX, SysSocket.SOCK_STREAM, 0, pair)).isZero();
            return pair.toArray(ValueLayout.JAVA_INT);
        }
    }

    // ---- selecting

    @Test
    void selectorReportsEachEnd() throws IOException {
        try (Selector selector = provider.openSelector()) {
            source.configureBlocking(false);
            sink.configureBlocking(false);
            SelectionKey reading = source.register(selector, SelectionKey.OP_READ);
            SelectionKey writing = sink.register(selector, SelectionKey.OP_WRITE);
            assertThat(selector.select()).isEqualTo(1);
            assertThat(selector.selectedKeys()).containsExactly(writing);
            writing.interestOps(0);
            selector.selectedKeys().clear();
            assertThat(selector.selectNow()).isZero();
            sink.write(bytes("abcdef"));
            assertThat(selector.select()).isEqualTo(1);
            assertThat(selector.selectedKeys()).containsExactly(reading);
            selector.selectedKeys().clear();
            assertThat(source.read(ByteBuffer.allocate(3))).isEqualTo(3);
            assertThat(selector.selectNow()).as("three bytes are left").isEqualTo(1);
            selector.selectedKeys().clear();
            assertThat(source.read(ByteBuffer.allocate(3))).isEqualTo(3);
            assertThat(selector.selectNow()).isZero();
            sink.close();
            assertThat(selector.select()).isEqualTo(1);
            assertThat(source.read(ByteBuffer.allocate(3))).isEqualTo(-1);
        }
    }

    /** A terminal in canonical mode gives a line at a time, though there are more. */
    @RequiresAbility(Ability.OWN_ABI)
    @Test
    void terminalIsReadyForAsLongAsALineIsLeft() throws IOException {
        assumeTrue(
                Files.exists(Path.of("/dev/ptmx")) && Files.isDirectory(Path.of("/dev/pts")), "no terminals of Linux");
        int master = Fcntl.open("/dev/ptmx", Fcntl.O_RDWR | Fcntl.O_CLOEXEC, 0);
        assertThat(master).isPositive();
        int slave;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocate(ValueLayout.JAVA_INT);
            int unlock = 0x40045431; // TIOCSPTLCK
            int name = 0x80045430; // TIOCGPTN
            assertThat(SysIoctl.ioctl(master, unlock, number)).isZero();
            assertThat(SysIoctl.ioctl(master, name, number)).isZero();
            int noControllingTerminal = 0x100; // O_NOCTTY
            String path = "/dev/pts/" + number.get(ValueLayout.JAVA_INT, 0);
            slave = Fcntl.open(path, Fcntl.O_RDWR | Fcntl.O_CLOEXEC | noControllingTerminal, 0);
            assertThat(slave).isPositive();
        }
        try (FdChannel keyboard = FdChannel.adopt(master);
                FdChannel terminal = FdChannel.adopt(slave);
                Selector selector = provider.openSelector()) {
            terminal.configureBlocking(false);
            terminal.register(selector, SelectionKey.OP_READ);
            assertThat(selector.selectNow()).isZero();
            keyboard.write(bytes("one\ntwo\n"));
            assertThat(selector.select()).isEqualTo(1);
            selector.selectedKeys().clear();
            assertThat(read(terminal)).isEqualTo("one\n");
            assertThat(selector.selectNow()).isEqualTo(1);
            assertThat(read(terminal)).isEqualTo("two\n");
            selector.selectedKeys().clear();
            assertThat(selector.selectNow()).isZero();
            assertThat(isNonBlocking(slave)).isFalse();
            assertThat(terminal.write(bytes("echo"))).isEqualTo(4);
        }
    }

    /** As poll(2) has it; a program that copies its standard input must hear of the end if that is a file. */
    @RequiresAbility(Ability.FILES_ARE_WRITABLE)
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void fileIsAlwaysReadyEvenAtItsEnd(boolean writable, @TempDir Path directory) throws IOException {
        Path file = Files.write(directory.resolve("file"), new byte[1500]);
        int mode = writable ? Fcntl.O_RDWR : Fcntl.O_RDONLY;
        try (FdChannel channel = FdChannel.adopt(Fcntl.open(file, mode | Fcntl.O_CLOEXEC, 0));
                Selector selector = provider.openSelector()) {
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
            ByteBuffer buffer = ByteBuffer.allocate(1000);
            for (int expected : new int[] {1000, 500, -1, -1}) {
                assertThat(selector.select(10_000)).isEqualTo(1);
                selector.selectedKeys().clear();
                assertThat(key.readyOps()).isEqualTo(SelectionKey.OP_READ);
                assertThat(channel.read(buffer.clear())).isEqualTo(expected);
            }
            key.interestOps(0);
            assertThat(selector.selectNow()).isZero();
            key.interestOps(channel.validOps());
            assertThat(selector.select(10_000)).isEqualTo(1);
            assertThat(key.readyOps()).isEqualTo(channel.validOps());
            int writes = writable ? SelectionKey.OP_WRITE : 0;
            assertThat(channel.validOps()).isEqualTo(SelectionKey.OP_READ | writes);
        }
    }

    @RequiresAbility(Ability.FILES_ARE_WRITABLE)
    @Test
    void fileThatIsOnlyWrittenIsReadyForThat(@TempDir Path directory) throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        try (FdChannel channel = FdChannel.adopt(Fcntl.open(file, Fcntl.O_WRONLY | Fcntl.O_CLOEXEC, 0));
                Selector selector = provider.openSelector()) {
            channel.configureBlocking(false);
            assertThat(channel.validOps()).isEqualTo(SelectionKey.OP_WRITE);
            SelectionKey key = channel.register(selector, SelectionKey.OP_WRITE);
            for (int i = 0; i < 2; i++) {
                assertThat(selector.select(10_000)).isEqualTo(1);
                selector.selectedKeys().clear();
                assertThat(key.readyOps()).isEqualTo(SelectionKey.OP_WRITE);
                assertThat(channel.write(ByteBuffer.allocate(10))).isEqualTo(10);
            }
        }
    }

    @Test
    void fileReadsAndWrites(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("file");
        int fd = Fcntl.open(file.toString(), Fcntl.O_RDWR | Fcntl.O_CREAT | Fcntl.O_CLOEXEC, 0600);
        try (FdChannel channel = FdChannel.adopt(fd)) {
            ByteBuffer much = ByteBuffer.allocate(200_000);
            assertThat(channel.write(much)).isEqualTo(200_000);
            channel.configureBlocking(false);
            assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
        assertThat(Files.size(file)).isEqualTo(200_000);
    }

    @Test
    void nothingIsReadAndAnythingWrittenToTheNullDevice() throws IOException {
        try (FdChannel channel = FdChannel.adopt(Fcntl.open("/dev/null", Fcntl.O_RDWR | Fcntl.O_CLOEXEC, 0))) {
            channel.configureBlocking(false);
            assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            assertThat(channel.write(ByteBuffer.allocate(100_000))).isEqualTo(100_000);
        }
    }

    @RequiresAbility(Ability.DIRECTORIES_ARE_REFUSED)
    @Test
    void whatNoKqueueWatchesIsRefusedAtRegistration(@TempDir Path directory) throws IOException {
        int fd = Fcntl.open(directory.toString(), Fcntl.O_RDONLY | Fcntl.O_CLOEXEC, 0);
        try (FdChannel channel = FdChannel.adopt(fd);
                Selector selector = provider.openSelector()) {
            channel.configureBlocking(false);
            assertThatThrownBy(() -> channel.register(selector, SelectionKey.OP_READ))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("descriptor " + fd)
                    .hasMessageContaining("kqueue")
                    .hasMessageMatching(".*\\((EINVAL|ENOTSUP)\\)");
            assertThat(selector.keys()).isEmpty();
        }
    }

    // ---- standard input

    /** Copies standard input to standard output by a selector, and looks what is left in their places. */
    static final class Copy {
        private Copy() {}

        @SuppressWarnings("SystemOut") // it is what is looked at
        public static void main(String[] arguments) throws IOException {
            try (FdChannel in = FdChannel.adopt(0);
                    FdChannel out = FdChannel.adopt(1);
                    Selector selector = KQueueSelectorProvider.instance().openSelector()) {
                in.configureBlocking(false);
                in.register(selector, SelectionKey.OP_READ);
                ByteBuffer buffer = ByteBuffer.allocate(1000);
                while (selector.select() > 0 && in.read(buffer) >= 0) {
                    out.write(buffer.flip());
                    buffer.clear();
                    selector.selectedKeys().clear();
                }
            }
            if (System.in.read() != -1) {
                throw new AssertionError("standard input is something else now");
            }
            System.out.println("this goes nowhere");
            if (System.out.checkError()) {
                throw new AssertionError("standard output is closed");
            }
        }
    }

    @RequiresAbility(Ability.HOST_DESCRIPTORS)
    @Test
    void standardStreamsAreChannelsAndLeaveTheNullDevice() throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Copy.class.getName());
        PipedProcess copy = PipedProcess.start(builder.redirectError(ProcessBuilder.Redirect.INHERIT));
        try (Pipe.SourceChannel output = copy.output().orElseThrow()) {
            try (Pipe.SinkChannel input = copy.input().orElseThrow()) {
                for (String line : new String[] {"one\n", "two\n"}) {
                    input.write(bytes(line));
                    ByteBuffer copied = ByteBuffer.allocate(4);
                    while (copied.hasRemaining()) {
                        assertThat(output.read(copied)).isPositive();
                    }
                    assertThat(text(copied)).isEqualTo(line);
                }
            }
            assertThat(output.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            assertThat(copy.process().waitFor()).isZero();
        } finally {
            copy.process().destroyForcibly().waitFor();
        }
    }

    // ---- owners

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

    // ---- giving the descriptor back

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

    @Test
    void nameSaysDescriptorPurposeAndState() throws Exception {
        assertThat(source).hasToString("FdChannel[descriptor " + source.fd() + " for reading]");
        assertThat(sink).hasToString("FdChannel[descriptor " + sink.fd() + " for writing]");
        source.close();
        assertThat(source).hasToString("FdChannel[descriptor " + source.fd() + " for reading, closed]");
    }
}
