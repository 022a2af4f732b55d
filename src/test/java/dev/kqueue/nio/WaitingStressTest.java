package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;

/**
 * Many pipes that come and go, each with a reader that is met, at random, by its byte, the end, a close or an
 * interrupt. Numbers of descriptors and slots of waits are reused all the time: no reader may get another's byte, nor
 * wait for ever.
 */
class WaitingStressTest {
    private static final long SEED = 20_250_917;
    private static final int PROGRAMS = 16;
    private static final int ROUNDS = 150;
    private static final List<Ending> ENDINGS = List.of(Ending.values());

    private enum Ending {
        BYTE,
        END,
        CLOSE,
        INTERRUPT
    }

    private static final class Program implements Callable<Void> {
        private final Threads threads;
        private final Random random;

        Program(Threads threads, long seed) {
            this.threads = threads;
            this.random = new Random(seed);
        }

        @Override
        public Void call() throws Exception {
            for (int round = 0; round < ROUNDS; round++) {
                round();
            }
            return null;
        }

        private void round() throws Exception {
            Pipe pipe = KQueueSelectorProvider.instance().openPipe();
            Pipe.SourceChannel source = pipe.source();
            Pipe.SinkChannel sink = pipe.sink();
            try {
                FutureTask<Integer> read = new FutureTask<>(() -> readByte(source));
                Thread reader = threads.thread(read);
                reader.start();
                if (random.nextBoolean()) {
                    LockSupport.parkNanos(random.nextInt(200_000));
                }
                byte tag = (byte) (1 + random.nextInt(100));
                Ending ending = ENDINGS.get(random.nextInt(ENDINGS.size()));
                switch (ending) {
                    case BYTE -> sink.write(ByteBuffer.wrap(new byte[] {tag}));
                    case END -> sink.close();
                    case CLOSE -> source.close();
                    case INTERRUPT -> reader.interrupt();
                }
                assertThat(outcome(read)).isEqualTo(expected(ending, tag));
            } finally {
                source.close();
                sink.close();
            }
        }

        private static int readByte(Pipe.SourceChannel source) throws IOException {
            ByteBuffer buffer = ByteBuffer.allocate(2);
            int n = source.read(buffer);
            return n == 1 ? buffer.get(0) : n;
        }

        private static Object expected(Ending ending, byte tag) {
            return switch (ending) {
                case BYTE -> (int) tag;
                case END -> -1;
                case CLOSE -> AsynchronousCloseException.class;
                case INTERRUPT -> ClosedByInterruptException.class;
            };
        }

        private static Object outcome(FutureTask<Integer> read) throws InterruptedException {
            try {
                return read.get();
            } catch (ExecutionException failed) {
                Class<?> type = failed.getCause().getClass();
                // The exact type says that it was closed before the reader had begun.
                return type.equals(ClosedChannelException.class) ? AsynchronousCloseException.class : type;
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Timeout(120)
    void everyReaderMeetsItsOwnEnd(Threads threads) throws Exception {
        run(threads, 1); // opens what stays open: the poller, the wake descriptors
        long before = OpenDescriptors.count();
        run(threads, SEED);
        assertThat(OpenDescriptors.count()).isLessThanOrEqualTo(before);
    }

    private static void run(Threads threads, long seed) throws Exception {
        List<FutureTask<Void>> programs = new ArrayList<>();
        for (int i = 0; i < PROGRAMS; i++) {
            programs.add(threads.start(new Program(threads, seed + i)));
        }
        for (FutureTask<Void> program : programs) {
            program.get();
        }
    }
}
