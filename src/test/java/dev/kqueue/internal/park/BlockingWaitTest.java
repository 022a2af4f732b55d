package dev.kqueue.internal.park;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Poll;
import dev.kqueue.internal.libc.Unistd;
import dev.kqueue.nio.OpenDescriptors;
import dev.kqueue.nio.TestPipe;
import dev.kqueue.nio.Threads;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waiting for a pipe, on both kinds of thread. */
@Timeout(60)
class BlockingWaitTest {
    /** Reads a byte as a channel does: tries, waits, tries; the number read, or -EBADF once closing has begun. */
    private static long read(Descriptor descriptor, BlockingWait waiter, TestPipe pipe) throws IOException {
        if (!descriptor.hold()) {
            return -Errno.EBADF;
        }
        try {
            long n;
            while ((n = pipe.read(1)) == -Errno.EAGAIN) {
                if (descriptor.isClosing()) {
                    return -Errno.EBADF;
                }
                waiter.await(descriptor, Poll.POLLIN, BlockingWait.FOREVER);
            }
            return n;
        } finally {
            descriptor.release();
        }
    }

    @ParameterizedTest
    @EnumSource
    void readyBeforeWaitingReturnsAtOnce(Threads threads) throws Exception {
        try (TestPipe pipe = TestPipe.open()) {
            Descriptor descriptor = Descriptor.closedBy(pipe.writeEnd(), fd -> 0);
            descriptor.hold();
            threads.call(
                    () -> {
                        new BlockingWait().await(descriptor, Poll.POLLOUT, BlockingWait.FOREVER);
                        return null;
                    });
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyByteWrittenWhileWaitingIsRead(Threads threads) throws Exception {
        int bytes = 5_000;
        try (TestPipe pipe = TestPipe.open()) {
            Descriptor descriptor = Descriptor.closedBy(pipe.readEnd(), fd -> 0);
            BlockingWait waiter = new BlockingWait();
            FutureTask<Integer> reader =
                    threads.start(
                            () -> {
                                int count = 0;
                                while (count < bytes) {
                                    count += (int) read(descriptor, waiter, pipe);
                                }
                                return count;
                            });
            for (int i = 0; i < bytes; i++) {
                assertThat(pipe.write(1)).isEqualTo(1);
                if (i % 7 == 0) {
                    LockSupport.parkNanos(1);
                }
            }
            assertThat(reader.get()).isEqualTo(bytes);
        }
    }

    @ParameterizedTest
    @EnumSource
    void waitEndsWhenTheTimeHasPassedAndNotBefore(Threads threads) throws Exception {
        try (TestPipe pipe = TestPipe.open()) {
            Descriptor descriptor = Descriptor.closedBy(pipe.readEnd(), fd -> 0);
            descriptor.hold();
            long nanos = TimeUnit.MILLISECONDS.toNanos(5);
            for (int i = 0; i < 20; i++) {
                long taken =
                        threads.call(
                                () -> {
                                    long start = System.nanoTime();
                                    new BlockingWait().await(descriptor, Poll.POLLIN, nanos);
                                    return System.nanoTime() - start;
                                });
                assertThat(taken).isGreaterThanOrEqualTo(nanos);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void noTimeMeansNoWaiting(Threads threads) throws Exception {
        try (TestPipe pipe = TestPipe.open()) {
            Descriptor descriptor = Descriptor.closedBy(pipe.readEnd(), fd -> 0);
            descriptor.hold();
            threads.call(
                    () -> {
                        new BlockingWait().await(descriptor, Poll.POLLIN, 0);
                        new BlockingWait().await(descriptor, Poll.POLLIN, -1);
                        return null;
                    });
        }
    }

    @ParameterizedTest
    @EnumSource
    void closeWhileWaitingWakes(Threads threads) throws Exception {
        long before = 0;
        for (int i = 0; i < 200; i++) {
            if (i == 20) {
                before = OpenDescriptors.count();
            }
            try (TestPipe pipe = TestPipe.open()) {
                Descriptor descriptor = Descriptor.closedBy(pipe.readEnd(), fd -> 0);
                BlockingWait waiter = new BlockingWait();
                FutureTask<Long> reader = threads.start(() -> read(descriptor, waiter, pipe));
                Thread.sleep(i < 5 ? 20 : 1);
                assertThat(descriptor.close()).isTrue();
                waiter.wake();
                assertThat(reader.get()).isEqualTo(-Errno.EBADF);
            }
        }
        assertThat(OpenDescriptors.count()).isLessThanOrEqualTo(before);
    }

    /** The waker runs while the waiter is on its way to waiting: neither may miss the other. */
    @ParameterizedTest
    @EnumSource
    void closeIsNeverMissed(Threads threads) throws Exception {
        try (TestPipe pipe = TestPipe.open()) {
            for (int i = 0; i < 5_000; i++) {
                Descriptor descriptor = Descriptor.closedBy(pipe.readEnd(), fd -> 0);
                BlockingWait waiter = new BlockingWait();
                FutureTask<Long> reader = threads.start(() -> read(descriptor, waiter, pipe));
                for (int spin = i % 64; spin > 0; spin--) {
                    Thread.onSpinWait();
                }
                if (i % 3 == 0) {
                    LockSupport.parkNanos(1);
                }
                descriptor.close();
                waiter.wake();
                assertThat(reader.get()).isEqualTo(-Errno.EBADF);
            }
        }
    }

    /** Data and close come at once: the wait ends, and no signal is left for the next one. */
    @ParameterizedTest
    @EnumSource
    void wakesDoNotStrayIntoLaterWaits(Threads threads) throws Exception {
        for (int i = 0; i < 1_000; i++) {
            try (TestPipe pipe = TestPipe.open()) {
                Descriptor descriptor = Descriptor.closedBy(pipe.readEnd(), fd -> 0);
                BlockingWait waiter = new BlockingWait();
                FutureTask<Long> reader = threads.start(() -> read(descriptor, waiter, pipe));
                Thread writer = Thread.ofPlatform().start(() -> pipe.write(1));
                descriptor.close();
                waiter.wake();
                assertThat(reader.get()).isIn(1L, (long) -Errno.EBADF);
                writer.join();
            }
        }
        try (TestPipe pipe = TestPipe.open()) {
            Descriptor descriptor = Descriptor.closedBy(pipe.readEnd(), fd -> 0);
            descriptor.hold();
            long nanos = TimeUnit.MILLISECONDS.toNanos(2);
            long taken =
                    threads.call(
                            () -> {
                                long start = System.nanoTime();
                                new BlockingWait().await(descriptor, Poll.POLLIN, nanos);
                                return System.nanoTime() - start;
                            });
            assertThat(taken).isGreaterThanOrEqualTo(nanos);
        }
    }

    @ParameterizedTest
    @EnumSource
    void interruptStatusSurvivesTheWait(Threads threads) throws Exception {
        try (TestPipe pipe = TestPipe.open()) {
            Descriptor descriptor = Descriptor.closedBy(pipe.readEnd(), fd -> 0);
            descriptor.hold();
            long nanos = TimeUnit.MILLISECONDS.toNanos(3);
            boolean interrupted =
                    threads.call(
                            () -> {
                                Thread.currentThread().interrupt();
                                long start = System.nanoTime();
                                new BlockingWait().await(descriptor, Poll.POLLIN, nanos);
                                assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(nanos);
                                return Thread.currentThread().isInterrupted();
                            });
            assertThat(interrupted).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void waitingThreadIsInTheStateOfAWaitAndSurvivesASpuriousUnpark(Threads threads) throws Exception {
        try (TestPipe pipe = TestPipe.open()) {
            Descriptor descriptor = Descriptor.closedBy(pipe.readEnd(), fd -> 0);
            BlockingWait waiter = new BlockingWait();
            FutureTask<Long> task = new FutureTask<>(() -> read(descriptor, waiter, pipe));
            Thread reader = threads.thread(task);
            reader.start();
            if (threads == Threads.VIRTUAL) {
                while (reader.getState() != Thread.State.WAITING && reader.isAlive()) {
                    Thread.sleep(1);
                }
                for (int i = 0; i < 10; i++) {
                    LockSupport.unpark(reader);
                    Thread.sleep(1);
                }
            }
            assertThat(task.isDone()).isFalse();
            pipe.write(1);
            assertThat(task.get()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void hangupEndsTheWait(Threads threads) throws Exception {
        TestPipe pipe = TestPipe.open();
        Descriptor descriptor = new Descriptor(pipe.readEnd());
        BlockingWait waiter = new BlockingWait();
        FutureTask<Long> reader = threads.start(() -> read(descriptor, waiter, pipe));
        Thread.sleep(5);
        assertThat(Unistd.close(pipe.writeEnd())).isZero();
        assertThat(reader.get()).as("end of file").isZero();
        assertThat(descriptor.close()).isTrue();
    }

    /** What a descriptor that no kqueue watches comes to. */
    @ParameterizedTest
    @EnumSource
    void pollElsewhereWaitsOnAThreadOfItsOwn(Threads threads) throws Exception {
        try (TestPipe pipe = TestPipe.open()) {
            Descriptor descriptor = Descriptor.closedBy(pipe.readEnd(), fd -> 0);
            descriptor.hold();
            BlockingWait waiter = new BlockingWait();
            FutureTask<Boolean> ready =
                    new FutureTask<>(
                            () -> {
                                waiter.pollElsewhere(descriptor, Poll.POLLIN, BlockingWait.FOREVER);
                                return Thread.currentThread().isInterrupted();
                            });
            Thread thread = threads.thread(ready);
            thread.start();
            thread.interrupt();
            Thread.sleep(5);
            assertThat(ready.isDone()).isFalse();
            pipe.write(1);
            assertThat(ready.get()).as("interrupt status").isTrue();
            pipe.read(1);

            FutureTask<Void> closed =
                    threads.start(
                            () -> {
                                waiter.pollElsewhere(descriptor, Poll.POLLIN, BlockingWait.FOREVER);
                                return null;
                            });
            descriptor.close();
            waiter.wake();
            closed.get();
        }
    }

    @ParameterizedTest
    @EnumSource
    void awaitWithoutHoldingIsAnError(Threads threads) throws Exception {
        Descriptor descriptor = Descriptor.closedBy(0, fd -> 0);
        assertThatThrownBy(
                        () ->
                                threads.call(
                                        () -> {
                                            new BlockingWait().await(descriptor, Poll.POLLIN, 1);
                                            return null;
                                        }))
                .hasCauseInstanceOf(AssertionError.class);
    }

    @Test
    void timesAreRoundedUpToMilliseconds() {
        assertThat(BlockingWait.milliseconds(1)).isEqualTo(1);
        assertThat(BlockingWait.milliseconds(1_000_000)).isEqualTo(1);
        assertThat(BlockingWait.milliseconds(1_000_001)).isEqualTo(2);
        assertThat(BlockingWait.milliseconds(Long.MAX_VALUE - 1)).isEqualTo(Integer.MAX_VALUE);
        assertThat(BlockingWait.milliseconds(BlockingWait.FOREVER)).isEqualTo(-1);
    }
}
