package dev.kqueue.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.internal.fd.Descriptor;
import dev.kqueue.internal.io.Buffers;
import dev.kqueue.nio.KQueueSelectorProvider;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;

/** How often a blocking read asks the kernel. */
@Timeout(60)
class StreamInputTest {
    private static final int MESSAGE = 64;
    private static final int MESSAGES = 40;

    /** A channel that is open, and in blocking mode. */
    private record OpenChannel(Descriptor owned) implements StreamOwner {
        @Override
        public boolean isOpen() {
            return true;
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
        public void beginBlocking() {}

        @Override
        public void endBlocking(boolean completed) {}
    }

    /** Reads as channels do, and counts. */
    private static final class Counted extends StreamInput implements StreamInput.ReadAttempt {
        final AtomicInteger attempts = new AtomicInteger();
        final AtomicInteger waits = new AtomicInteger();

        Counted(Pipe.SourceChannel source) {
            super(new OpenChannel(((PipeSource) source).owned()));
        }

        @Override
        ReadAttempt attempt() {
            return this;
        }

        @Override
        public void await(Descriptor descriptor, short events, long nanos) throws IOException {
            waits.incrementAndGet();
            super.await(descriptor, events, nanos);
        }

        @Override
        public long read(int fd, ByteBuffer[] dsts, int offset, int length) {
            attempts.incrementAndGet();
            return Buffers.read(false, fd, dsts, offset, length);
        }
    }

    @Test
    void conversationOfMessagesThatFillTheBufferIsWaitedForFirst() throws Exception {
        assertThat(attemptsOfConversation(MESSAGE)).isLessThan(MESSAGES + MESSAGES / 4);
    }

    @Test
    void conversationOfShorterMessagesIsWaitedForFirst() throws Exception {
        assertThat(attemptsOfConversation(MESSAGE + 1)).isLessThan(MESSAGES + MESSAGES / 4);
    }

    @Test
    void whatIsThereTakesOneAttemptEach() throws Exception {
        Pipe pipe = KQueueSelectorProvider.instance().openPipe();
        try (Pipe.SinkChannel sink = pipe.sink();
                Pipe.SourceChannel source = pipe.source()) {
            Counted input = new Counted(source);
            sink.write(ByteBuffer.allocate(MESSAGE * MESSAGES));
            for (int i = 0; i < MESSAGES; i++) {
                assertThat(input.read(ByteBuffer.allocate(MESSAGE))).isEqualTo(MESSAGE);
            }
            assertThat(input.attempts).hasValue(MESSAGES);
            assertThat(input.waits).as("waits, though all was there").hasValue(0);
        }
    }

    /** The attempts to read messages of which each is sent when its reader has begun to wait. */
    private static int attemptsOfConversation(int room) throws Exception {
        Pipe pipe = KQueueSelectorProvider.instance().openPipe();
        try (Pipe.SinkChannel sink = pipe.sink();
                Pipe.SourceChannel source = pipe.source()) {
            Counted input = new Counted(source);
            AtomicInteger received = new AtomicInteger();
            FutureTask<Void> reader =
                    new FutureTask<>(
                            () -> {
                                while (received.get() < MESSAGES) {
                                    assertThat(input.read(ByteBuffer.allocate(room))).isEqualTo(MESSAGE);
                                    received.incrementAndGet();
                                }
                                return null;
                            });
            Thread.ofPlatform().start(reader);
            for (int sent = 0; sent < MESSAGES && !reader.isDone(); sent++) {
                while (received.get() < sent && !reader.isDone()) {
                    Thread.onSpinWait();
                }
                Thread.sleep(2);
                sink.write(ByteBuffer.allocate(MESSAGE));
            }
            reader.get();
            return input.attempts.get();
        }
    }
}
