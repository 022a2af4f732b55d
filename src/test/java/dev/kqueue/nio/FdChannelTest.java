package dev.kqueue.nio;

import static dev.kqueue.nio.Ascii.bytes;
import static dev.kqueue.nio.Ascii.read;
import static dev.kqueue.nio.Ascii.text;
import static dev.kqueue.nio.StatusFlags.isNonBlocking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.Ability;
import dev.kqueue.RequiresAbility;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.Unistd;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
import java.nio.channels.SelectionKey;
import java.util.concurrent.FutureTask;

/** Reads and writes of {@link FdChannel}s, with and without waiting. */
@Timeout(60)
class FdChannelTest extends OnAdoptedPipe {
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

    @Test
    void nameSaysDescriptorPurposeAndState() throws Exception {
        assertThat(source).hasToString("FdChannel[descriptor " + source.fd() + " for reading]");
        assertThat(sink).hasToString("FdChannel[descriptor " + sink.fd() + " for writing]");
        source.close();
        assertThat(source).hasToString("FdChannel[descriptor " + source.fd() + " for reading, closed]");
    }
}
