package dev.kqueue.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Poll;
import dev.kqueue.internal.park.BlockingWait;
import dev.kqueue.nio.TestPipe;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** The template of a blocking operation, on the smallest channel that has one. */
@Timeout(60)
class IoDirectionTest {
    /** Reads single bytes from a pipe. */
    private static final class OneByteChannel extends AbstractInterruptibleChannel implements IoDirection.Owner {
        private final TestPipe pipe;
        private final Descriptor descriptor;
        private final IoDirection<OneByteChannel> direction;
        private final CountDownLatch attempted = new CountDownLatch(1);

        OneByteChannel(TestPipe pipe) {
            this.pipe = pipe;
            descriptor = Descriptor.closedBy(pipe.readEnd(), fd -> 0);
            direction = new IoDirection<>(this, Poll.POLLIN);
        }

        long read(boolean blocking, long nanos) throws IOException {
            synchronized (direction) {
                long deadline = IoDirection.deadline(nanos);
                long n = 0;
                direction.begin(blocking);
                try {
                    do {
                        n = pipe.read(1);
                        attempted.countDown();
                    } while (direction.again(n, blocking, deadline));
                } finally {
                    direction.end(blocking, n >= 0);
                }
                return n;
            }
        }

        @Override
        public Descriptor owned() {
            return descriptor;
        }

        @Override
        public boolean isBlocking() {
            return true;
        }

        @Override
        public void beginBlocking() {
            begin();
        }

        @Override
        public void endBlocking(boolean completed) throws IOException {
            end(completed);
        }

        @Override
        protected void implCloseChannel() throws IOException {
            descriptor.close();
            direction.wake();
        }
    }

    private TestPipe pipe;
    private OneByteChannel channel;

    @BeforeEach
    void open() throws IOException {
        pipe = TestPipe.open();
        channel = new OneByteChannel(pipe);
    }

    @AfterEach
    void close() throws IOException {
        channel.close();
        pipe.close();
    }

    private FutureTask<Long> start(long nanos) throws InterruptedException {
        FutureTask<Long> read = new FutureTask<>(() -> channel.read(true, nanos));
        reader = Thread.ofPlatform().name("reader").start(read);
        channel.attempted.await();
        return read;
    }

    private Thread reader;

    @Test
    void anOperationThatNeedNotWaitReturnsAtOnce() throws IOException {
        pipe.write(1);
        assertThat(channel.read(true, BlockingWait.FOREVER)).isEqualTo(1);
    }

    @Test
    void aNonBlockingOperationDoesNotWait() throws IOException {
        assertThat(channel.read(false, BlockingWait.FOREVER)).isEqualTo(-Errno.EAGAIN);
    }

    @Test
    void aBlockingOperationWaitsUntilItCanSucceed() throws Exception {
        FutureTask<Long> read = start(BlockingWait.FOREVER);
        pipe.write(1);
        assertThat(read.get()).isEqualTo(1);
    }

    @Test
    void theDeadlineEndsTheWaitAndLeavesTheChannelOpen() throws IOException {
        long begun = System.nanoTime();
        assertThat(channel.read(true, 20_000_000)).isEqualTo(-Errno.EAGAIN);
        assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(20_000_000);
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void closeEndsTheWait() throws Exception {
        FutureTask<Long> read = start(BlockingWait.FOREVER);
        channel.close();
        assertThatThrownBy(read::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isExactlyInstanceOf(AsynchronousCloseException.class);
    }

    @Test
    void interruptEndsTheWaitAndClosesTheChannel() throws Exception {
        FutureTask<Long> read = start(BlockingWait.FOREVER);
        reader.interrupt();
        assertThatThrownBy(read::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isExactlyInstanceOf(ClosedByInterruptException.class);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void anInterruptBeforeTheOperationCounts() {
        pipe.write(1);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> channel.read(true, BlockingWait.FOREVER))
                .isExactlyInstanceOf(ClosedByInterruptException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void anInterruptDoesNotTouchANonBlockingOperation() throws IOException {
        pipe.write(1);
        Thread.currentThread().interrupt();
        try {
            assertThat(channel.read(false, BlockingWait.FOREVER)).isEqualTo(1);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void aClosedChannelRefusesAndIsNotHeld() throws IOException {
        channel.close();
        assertThatThrownBy(() -> channel.read(false, BlockingWait.FOREVER))
                .isExactlyInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel.read(true, BlockingWait.FOREVER)).isInstanceOf(ClosedChannelException.class);
        assertThat(channel.descriptor.toString()).endsWith("held 0 times");
    }

    @Test
    void operationsTakeTurns() throws Exception {
        FutureTask<Long> first = start(BlockingWait.FOREVER);
        FutureTask<Long> second = new FutureTask<>(() -> channel.read(true, BlockingWait.FOREVER));
        Thread.ofPlatform().name("second").start(second);
        pipe.write(1);
        assertThat(first.get()).isEqualTo(1);
        assertThat(second.isDone()).isFalse();
        pipe.write(1);
        assertThat(second.get()).isEqualTo(1);
    }
}
