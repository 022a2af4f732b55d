package dev.kqueue.nio;

import static dev.kqueue.nio.Ascii.bytes;
import static dev.kqueue.nio.Ascii.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

@Timeout(60)
class PipeTest {
    private Pipe pipe;
    private Pipe.SourceChannel source;
    private Pipe.SinkChannel sink;

    @BeforeEach
    void open() throws IOException {
        pipe = KQueueSelectorProvider.instance().openPipe();
        source = pipe.source();
        sink = pipe.sink();
    }

    @AfterEach
    void close() throws IOException {
        source.close();
        sink.close();
    }

    private static ByteBuffer direct(String text) {
        return ByteBuffer.allocateDirect(text.length()).put(bytes(text)).flip();
    }

    /** A task that waits, for its descriptor or for another's turn to end. */
    private static <T> FutureTask<T> blocked(Threads threads, Callable<T> operation) throws InterruptedException {
        FutureTask<T> task = new FutureTask<>(operation);
        Thread thread = threads.thread(task);
        thread.start();
        while (thread.getState() != Thread.State.BLOCKED && !Blocked.isWaiting(thread)) {
            assertThat(task.isDone()).isFalse();
            Thread.sleep(1);
        }
        return task;
    }

    // ---- bytes

    @Test
    void whatIsWrittenIsRead() throws IOException {
        assertThat(sink.write(bytes("heap"))).isEqualTo(4);
        assertThat(sink.write(direct("direct"))).isEqualTo(6);
        assertThat(sink.write(bytes("read-only").asReadOnlyBuffer())).isEqualTo(9);
        assertThat(sink.write(bytes("[slice]").position(1).slice().limit(5))).isEqualTo(5);
        ByteBuffer heap = ByteBuffer.allocate(10);
        assertThat(source.read(heap)).isEqualTo(10);
        assertThat(text(heap)).isEqualTo("heapdirect");
        ByteBuffer direct = ByteBuffer.allocateDirect(100);
        assertThat(source.read(direct)).isEqualTo(14);
        assertThat(text(direct)).isEqualTo("read-onlyslice");
    }

    @Test
    void gatheredBytesAreScatteredInOrder() throws IOException {
        ByteBuffer[] out = {bytes("skipped"), bytes("one "), direct("two "), bytes(""), bytes("three")};
        assertThat(sink.write(out, 1, 4)).isEqualTo(13);
        assertThat(out[0].remaining()).isEqualTo(7);
        assertThat(sink.write(new ByteBuffer[] {bytes(" four"), bytes(" five")})).isEqualTo(10);
        ByteBuffer[] in = {ByteBuffer.allocate(0), ByteBuffer.allocate(5), ByteBuffer.allocateDirect(5)};
        assertThat(source.read(in)).isEqualTo(10);
        assertThat(text(in[1]) + text(in[2])).isEqualTo("one two th");
        ByteBuffer[] rest = {ByteBuffer.allocate(3), ByteBuffer.allocate(3), ByteBuffer.allocate(100)};
        assertThat(source.read(rest, 1, 2)).isEqualTo(13);
        assertThat(rest[0].position()).isZero();
        assertThat(text(rest[1]) + text(rest[2])).isEqualTo("ree four five");
    }

    @Test
    void endOfStreamIsMinusOneButZeroWithoutRoom() throws IOException {
        sink.write(bytes("last"));
        sink.close();
        assertThat(source.read(ByteBuffer.allocate(10))).isEqualTo(4);
        assertThat(source.read(ByteBuffer.allocate(10))).isEqualTo(-1);
        assertThat(source.read(new ByteBuffer[] {ByteBuffer.allocate(1), ByteBuffer.allocate(1)})).isEqualTo(-1);
        assertThat(source.read(ByteBuffer.allocate(0))).isZero();
        assertThat(source.read(new ByteBuffer[0])).isZero();
    }

    @Test
    void writeWithoutAReaderFails() throws IOException {
        source.close();
        assertThatThrownBy(() -> sink.write(bytes("x"))).isInstanceOf(IOException.class).hasMessage("Broken pipe");
        assertThat(sink.write(bytes(""))).isZero();
    }

    // ---- modes

    @Test
    void nonBlockingOperationsReturnWhatIsPossible() throws IOException {
        source.configureBlocking(false);
        sink.configureBlocking(false);
        assertThat(source.read(ByteBuffer.allocate(10))).isZero();
        ByteBuffer much = ByteBuffer.allocate(10 << 20);
        int written = sink.write(much);
        assertThat(written).isPositive().isLessThan(10 << 20);
        assertThat(much.position()).isEqualTo(written);
        assertThat(sink.write(much)).isZero();
        assertThat(sink.write(new ByteBuffer[] {much, bytes("x")})).isZero();
        int read = 0;
        for (int n; (n = source.read(ByteBuffer.allocate(100_000))) > 0; ) {
            read += n;
        }
        assertThat(read).isEqualTo(written);
    }

    @ParameterizedTest
    @EnumSource
    void blockingReadWaitsForBytes(Threads threads) throws Exception {
        FutureTask<Integer> read = blocked(threads, () -> source.read(ByteBuffer.allocate(10)));
        sink.write(bytes("now"));
        assertThat(read.get()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void blockingReadWaitsForTheEnd(Threads threads) throws Exception {
        FutureTask<Integer> read = blocked(threads, () -> source.read(ByteBuffer.allocate(10)));
        sink.close();
        assertThat(read.get()).isEqualTo(-1);
    }

    @ParameterizedTest
    @EnumSource
    void blockingWriteReturnsWhenAllIsWritten(Threads threads) throws Exception {
        int size = 1 << 20;
        FutureTask<Integer> single = blocked(threads, () -> sink.write(ByteBuffer.allocate(size)));
        drain(size);
        assertThat(single.get()).isEqualTo(size);
        ByteBuffer[] three = {ByteBuffer.allocate(size), ByteBuffer.allocateDirect(5), ByteBuffer.allocate(size)};
        FutureTask<Long> gathered = blocked(threads, () -> sink.write(three));
        drain(2 * size + 5);
        assertThat(gathered.get()).isEqualTo(2 * size + 5);
    }

    private void drain(int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(50_000);
        for (int read = 0; read < bytes; read += source.read(buffer.clear().limit(Math.min(50_000, bytes - read)))) {}
    }

    @ParameterizedTest
    @EnumSource
    void configureBlockingWaitsForTheReadInProgress(Threads threads) throws Exception {
        FutureTask<Integer> read = blocked(threads, () -> source.read(ByteBuffer.allocate(10)));
        FutureTask<?> configure = blocked(threads, () -> source.configureBlocking(false));
        sink.write(bytes("abc"));
        configure.get();
        assertThat(read.get()).isEqualTo(3);
        assertThat(source.read(ByteBuffer.allocate(10))).isZero();
    }

    // ---- close and interrupt

    @ParameterizedTest
    @EnumSource
    void closeEndsABlockedRead(Threads threads) throws Exception {
        FutureTask<Integer> read = blocked(threads, () -> source.read(ByteBuffer.allocate(10)));
        source.close();
        assertThatThrownBy(read::get).hasCauseExactlyInstanceOf(AsynchronousCloseException.class);
        assertThatThrownBy(() -> sink.write(bytes("x"))).hasMessage("Broken pipe");
    }

    @ParameterizedTest
    @EnumSource
    void closeEndsABlockedWrite(Threads threads) throws Exception {
        ByteBuffer much = ByteBuffer.allocate(10 << 20);
        FutureTask<Integer> write = blocked(threads, () -> sink.write(much));
        sink.close();
        assertThatThrownBy(write::get).hasCauseExactlyInstanceOf(AsynchronousCloseException.class);
        assertThat(much.position()).isBetween(1, (10 << 20) - 1);
        assertThatThrownBy(() -> sink.write(bytes("x"))).isInstanceOf(ClosedChannelException.class);
    }

    @ParameterizedTest
    @EnumSource
    void interruptClosesTheChannelAndEndsTheRead(Threads threads) throws Exception {
        FutureTask<Boolean> read =
                new FutureTask<>(
                        () -> {
                            assertThatThrownBy(() -> source.read(ByteBuffer.allocate(10)))
                                    .isExactlyInstanceOf(ClosedByInterruptException.class);
                            return Thread.currentThread().isInterrupted();
                        });
        Thread thread = threads.thread(read);
        thread.start();
        Thread.sleep(10);
        thread.interrupt();
        assertThat(read.get()).isTrue();
        assertThat(source.isOpen()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void interruptedThreadDoesNotEvenRead(Threads threads) throws Exception {
        sink.write(bytes("abc"));
        FutureTask<Integer> read =
                threads.start(
                        () -> {
                            Thread.currentThread().interrupt();
                            return source.read(ByteBuffer.allocate(10));
                        });
        assertThatThrownBy(read::get).hasCauseExactlyInstanceOf(ClosedByInterruptException.class);
        assertThat(source.isOpen()).isFalse();
    }

    @Test
    void interruptStatusMeansNothingToANonBlockingRead() throws IOException {
        source.configureBlocking(false);
        sink.write(bytes("abc"));
        Thread.currentThread().interrupt();
        assertThat(source.read(ByteBuffer.allocate(10))).isEqualTo(3);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(source.isOpen()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void closeRacingWithReadNeverLeavesItBlockedAndLeaksNothing(Threads threads) throws Exception {
        long before = 0;
        for (int i = 0; i < 1_000; i++) {
            if (i == 100) {
                before = OpenDescriptors.count();
            }
            Pipe racing = KQueueSelectorProvider.instance().openPipe();
            FutureTask<Integer> read = threads.start(() -> racing.source().read(ByteBuffer.allocate(10)));
            if (i % 2 == 0) {
                Thread.sleep(0, 100_000);
            }
            racing.source().close();
            racing.sink().close();
            assertThatThrownBy(read::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(ClosedChannelException.class);
        }
        assertThat(OpenDescriptors.count()).isLessThanOrEqualTo(before);
    }

    // ---- bad input

    @Test
    void closedChannelsSaySo() throws IOException {
        source.close();
        sink.close();
        assertThatThrownBy(() -> source.read(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> source.read(ByteBuffer.allocate(1).asReadOnlyBuffer()))
                .isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> source.read(new ByteBuffer[1])).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> sink.write(bytes("x"))).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> sink.write(new ByteBuffer[1])).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> source.configureBlocking(true)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> source.read((ByteBuffer) null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> sink.write(new ByteBuffer[1], 1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void badBuffersAreRefused() throws IOException {
        sink.write(bytes("abc"));
        ByteBuffer good = ByteBuffer.allocate(1);
        for (ByteBuffer readOnly :
                new ByteBuffer[] {good.asReadOnlyBuffer(), ByteBuffer.allocateDirect(1).asReadOnlyBuffer()}) {
            assertThatThrownBy(() -> source.read(readOnly)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> source.read(new ByteBuffer[] {good, readOnly}))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> source.read((ByteBuffer) null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> source.read((ByteBuffer[]) null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> source.read(new ByteBuffer[] {good, null})).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> sink.write(new ByteBuffer[] {good, null})).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> source.read(new ByteBuffer[2], -1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> sink.write(new ByteBuffer[2], 1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(source.read(ByteBuffer.allocate(10))).as("nothing was taken").isEqualTo(3);
    }

    @Test
    void endsHaveTheirOperationsAndProvider() {
        assertThat(source.validOps()).isEqualTo(SelectionKey.OP_READ);
        assertThat(sink.validOps()).isEqualTo(SelectionKey.OP_WRITE);
        assertThat(source.provider()).isSameAs(KQueueSelectorProvider.instance());
        assertThat(source.isBlocking()).isTrue();
        assertThat(pipe.sink()).isSameAs(sink);
    }
}
