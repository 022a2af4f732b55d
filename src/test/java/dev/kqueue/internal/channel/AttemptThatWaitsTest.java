package dev.kqueue.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.Unistd;
import dev.kqueue.nio.TestPipe;
import dev.kqueue.nio.Threads;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

/** A read or write that waits after all, as another holder has been quicker, is ended by close. */
@Timeout(60)
class AttemptThatWaitsTest {
    private TestPipe pipe;
    private Descriptor descriptor;
    private int unused;

    @BeforeEach
    void open() throws IOException {
        pipe = TestPipe.open();
    }

    @AfterEach
    void close() throws IOException {
        descriptor.close();
        Unistd.close(unused);
    }

    enum Call {
        READ,
        SCATTERING,
        WRITE,
        GATHERING;

        boolean reads() {
            return this == READ || this == SCATTERING;
        }
    }

    /** A channel of the descriptor. */
    private final class Owner implements StreamOwner {
        @Override
        public boolean isOpen() {
            return !descriptor.isClosing();
        }

        @Override
        public boolean isBlocking() {
            return true;
        }

        @Override
        public boolean isSocket() {
            return false;
        }

        @Override
        public void requireStream() {}

        @Override
        public Descriptor owned() {
            return descriptor;
        }

        @Override
        public void beginBlocking() {}

        @Override
        public void endBlocking(boolean completed) throws IOException {
            if (!completed && !isOpen()) {
                throw new AsynchronousCloseException();
            }
        }
    }

    /** Calls that look neither at O_NONBLOCK nor at poll(2), and so wait. */
    private static final class Waiting implements StreamInput.ReadAttempt, StreamOutput.WriteAttempt {
        private final MemorySegment memory = Arena.ofAuto().allocate(MEMORY);

        @Override
        public long read(int fd, ByteBuffer[] dsts, int offset, int length) {
            return Unistd.read(fd, memory, MEMORY);
        }

        @Override
        public long write(int fd, ByteBuffer[] srcs, int offset, int length) {
            return Unistd.write(fd, memory, MEMORY);
        }
    }

    private static final int MEMORY = 4 * 1024 * 1024;

    static Stream<Arguments> all() {
        return Arrays.stream(Call.values())
                .flatMap(call -> Arrays.stream(Threads.values()).map(threads -> Arguments.of(call, threads)));
    }

    @ParameterizedTest
    @MethodSource("all")
    void closeEndsIt(Call call, Threads threads) throws Exception {
        int end = call.reads() ? pipe.readEnd() : pipe.writeEnd();
        unused = call.reads() ? pipe.writeEnd() : pipe.readEnd();
        assertThat(Fcntl.setNonBlocking(end, false)).isZero();
        descriptor = new Descriptor(end);
        StreamInput input = StreamInput.by(new Owner(), new Waiting());
        StreamOutput output = StreamOutput.by(new Owner(), new Waiting());
        ByteBuffer[] buffers = {ByteBuffer.allocate(MEMORY), ByteBuffer.allocate(MEMORY)};
        FutureTask<Object> waiting =
                new FutureTask<>(
                        () ->
                                switch (call) {
                                    case READ -> input.read(buffers[0]);
                                    case SCATTERING -> input.read(buffers, 0, 2);
                                    case WRITE -> output.write(buffers[0]);
                                    case GATHERING -> output.write(buffers, 0, 2);
                                });
        Thread thread = threads.thread(waiting);
        thread.start();
        while (!isInCall(thread)) {
            Thread.onSpinWait();
        }
        descriptor.close();
        if (call.reads()) {
            input.wake();
        } else {
            output.wake();
        }
        assertThat(failure(waiting)).isExactlyInstanceOf(AsynchronousCloseException.class);
    }

    private static Throwable failure(FutureTask<Object> task) throws InterruptedException {
        try {
            throw new AssertionError("no failure but " + task.get());
        } catch (ExecutionException failed) {
            return failed.getCause();
        }
    }

    private static boolean isInCall(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals(Unistd.class.getName()));
    }
}
