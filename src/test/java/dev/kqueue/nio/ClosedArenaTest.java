package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.kqueue.internal.io.IoVector;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.KeptArenas;
import dev.kqueue.internal.libc.SysSocket;
import dev.kqueue.internal.libc.Unistd;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.ScatteringByteChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;

/** Buffers of arenas that can be closed: no byte is read for them that they cannot take. */
@Timeout(60)
class ClosedArenaTest {
    private static ByteBuffer[] closed() {
        try (Arena arena = Arena.ofShared()) {
            return two(arena);
        }
    }

    private static ByteBuffer[] two(Arena arena) {
        return new ByteBuffer[] {arena.allocate(16).asByteBuffer(), arena.allocate(16).asByteBuffer()};
    }

    private static ByteBuffer[] foreign() throws Exception {
        // Left open: its thread alone may close it.
        return Threads.PLATFORM.call(() -> two(Arena.ofConfined()));
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }

    private static String text(ByteBuffer... buffers) {
        StringBuilder text = new StringBuilder();
        for (ByteBuffer each : buffers) {
            text.append(US_ASCII.decode(each.flip()));
        }
        return text.toString();
    }

    private static String rest(ReadableByteChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(100);
        channel.read(buffer);
        return text(buffer);
    }

    private static void refusesBoth(ScatteringByteChannel channel) throws Exception {
        ByteBuffer[] closed = closed();
        assertThatIllegalStateException().isThrownBy(() -> channel.read(closed)).withMessage("Already closed");
        assertThatIllegalStateException().isThrownBy(() -> channel.read(closed[0])).withMessage("Already closed");
        ByteBuffer[] foreign = foreign();
        assertThatThrownBy(() -> channel.read(foreign)).isInstanceOf(WrongThreadException.class);
        assertThatThrownBy(() -> channel.read(foreign[0])).isInstanceOf(WrongThreadException.class);
        ByteBuffer[] mixed = {ByteBuffer.allocate(2), ByteBuffer.allocateDirect(2), closed[0]};
        assertThatIllegalStateException().isThrownBy(() -> channel.read(mixed));
        assertThat(mixed[0].position()).isZero();
        assertThat(mixed[1].position()).isZero();
    }

    @Test
    void streamKeepsWhatItCannotGive() throws Exception {
        try (TcpPair pair = TcpPair.open()) {
            pair.server().write(bytes("there"));
            refusesBoth(pair.client());
            assertThat(rest(pair.client())).isEqualTo("there");
        }
    }

    @Test
    void pipeKeepsWhatItCannotGive() throws Exception {
        Pipe pipe = Pipe.open();
        try (Pipe.SourceChannel source = pipe.source();
                Pipe.SinkChannel sink = pipe.sink()) {
            sink.write(bytes("there"));
            refusesBoth(source);
            assertThat(rest(source)).isEqualTo("there");
        }
    }

    @Test
    void datagramChannelKeepsWhatItCannotGive() throws Exception {
        InetSocketAddress any = new InetSocketAddress(TcpPair.LOOPBACK, 0);
        try (DatagramChannel a = DatagramChannel.open().bind(any);
                DatagramChannel b = DatagramChannel.open().bind(any)) {
            a.connect(b.getLocalAddress());
            b.connect(a.getLocalAddress());
            b.write(bytes("there"));
            refusesBoth(a);
            ByteBuffer[] closed = closed();
            assertThatIllegalStateException().isThrownBy(() -> a.receive(closed[0]));
            assertThatIllegalStateException().isThrownBy(() -> a.receive(closed[0].limit(0)));
            assertThatIllegalStateException()
                    .isThrownBy(() -> a.read(new ByteBuffer[] {ByteBuffer.allocate(9), closed[0]}));
            assertThat(rest(a)).isEqualTo("there");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void fdChannelKeepsWhatItCannotGive(boolean nonBlocking) throws Exception {
        TestPipe pipe = TestPipe.open();
        Fcntl.setNonBlocking(pipe.readEnd(), nonBlocking);
        TestSockets sockets = TestSockets.open(SysSocket.SOCK_DGRAM);
        Fcntl.setNonBlocking(sockets.a(), nonBlocking);
        try (FdChannel source = FdChannel.adopt(pipe.readEnd());
                FdChannel sink = FdChannel.adopt(pipe.writeEnd());
                FdChannel receiver = FdChannel.adopt(sockets.a());
                FdChannel sender = FdChannel.adopt(sockets.b())) {
            sink.write(bytes("there"));
            refusesBoth(source);
            assertThat(rest(source)).isEqualTo("there");
            sender.write(bytes("a message"));
            refusesBoth(receiver);
            assertThat(rest(receiver)).isEqualTo("a message");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void fdChannelFillsBuffersOfAnOpenArena(boolean nonBlocking) throws Exception {
        TestSockets sockets = TestSockets.open(SysSocket.SOCK_DGRAM);
        Fcntl.setNonBlocking(sockets.a(), nonBlocking);
        try (Arena arena = Arena.ofConfined();
                FdChannel receiver = FdChannel.adopt(sockets.a());
                FdChannel sender = FdChannel.adopt(sockets.b())) {
            sender.write(bytes("a message of more than sixteen"));
            ByteBuffer[] two = two(arena);
            assertThat(receiver.read(two)).isEqualTo(30);
            assertThat(text(two)).isEqualTo("a message of more than sixteen");
        }
    }

    @Test
    void passedChannelsAreNotTakenForABufferThatCannotBeFilled() throws Exception {
        KQueueSelectorProvider provider = KQueueSelectorProvider.instance();
        TestSockets streams = TestSockets.open(SysSocket.SOCK_STREAM);
        TestSockets messages = TestSockets.open(SysSocket.SOCK_DGRAM);
        try (SocketChannel a = (SocketChannel) AdoptedChannels.adopt(provider, streams.a());
                SocketChannel b = (SocketChannel) AdoptedChannels.adopt(provider, streams.b());
                DatagramChannel c = (DatagramChannel) AdoptedChannels.adopt(provider, messages.a());
                DatagramChannel d = (DatagramChannel) AdoptedChannels.adopt(provider, messages.b())) {
            ByteBuffer closed = closed()[0];
            assertThatIllegalStateException().isThrownBy(() -> PassedChannels.send(b, closed.duplicate(), b));
            PassedChannels.send(b, bytes("stream"), b);
            assertThatIllegalStateException().isThrownBy(() -> PassedChannels.receive(a, closed.duplicate()));
            PassedChannels.send(d, bytes("datagram"), null, d);
            assertThatIllegalStateException().isThrownBy(() -> PassedChannels.receive(c, closed.duplicate()));
            try (Arena arena = Arena.ofShared()) {
                ByteBuffer open = arena.allocate(16).asByteBuffer();
                try (PassedChannels passed = PassedChannels.receive(a, open)) {
                    assertThat(passed.count()).isEqualTo(1);
                    assertThat(text(open)).isEqualTo("stream");
                }
                try (PassedChannels passed = PassedChannels.receive(c, open.clear())) {
                    assertThat(passed.count()).isEqualTo(1);
                    assertThat(text(open)).isEqualTo("datagram");
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Threads.class)
    void readOfAClosedArenaDoesNotWait(Threads threads) throws Exception {
        try (TcpPair pair = TcpPair.open()) {
            // A read that had to wait: the next one is expected to have to wait as well.
            Blocked<Integer> first = Blocked.in(threads, () -> pair.client().read(ByteBuffer.allocate(9)));
            pair.server().write(bytes("first"));
            assertThat(first.result()).isEqualTo(5);
            FutureTask<Integer> next = threads.start(() -> pair.client().read(closed()[0]));
            assertThatThrownBy(next::get).hasCauseInstanceOf(IllegalStateException.class);
        }
    }

    /** The waiting read either keeps the arena open, or fails when there is something to read, and leaves it there. */
    @ParameterizedTest
    @EnumSource(Threads.class)
    void nothingIsLostWhenTheArenaIsClosedUnderAWaitingRead(Threads threads) throws Exception {
        try (TcpPair pair = TcpPair.open()) {
            Arena arena = Arena.ofShared();
            ByteBuffer[] two = two(arena);
            Blocked<Long> reader = Blocked.in(threads, () -> pair.client().read(two));
            boolean closed = true;
            try {
                arena.close();
            } catch (IllegalStateException kept) {
                closed = false;
            }
            pair.server().write(bytes("there"));
            if (closed) {
                assertThat(reader.failure()).isInstanceOf(IllegalStateException.class);
                assertThat(rest(pair.client())).isEqualTo("there");
            } else {
                assertThat(reader.result()).isEqualTo(5);
                arena.close();
            }
        }
    }

    /** Whether a thread is in readv(2), and has been for a while. */
    private static boolean isInCall(Thread thread) throws InterruptedException {
        for (int i = 0; i < 10; i++) {
            if (Arrays.stream(thread.getStackTrace()).noneMatch(frame -> frame.getMethodName().equals("readv"))) {
                return false;
            }
            Thread.sleep(5);
        }
        return true;
    }

    @Test
    void arenasStayOpenDuringTheCall() throws Exception {
        TestPipe pipe = TestPipe.open();
        Fcntl.setNonBlocking(pipe.readEnd(), false);
        Arena one = Arena.ofShared();
        Arena other = Arena.ofShared();
        ByteBuffer[] buffers = {two(one)[0].limit(3), two(other)[0]};
        FutureTask<Long> read =
                new FutureTask<>(
                        () -> {
                            IoVector vector = IoVector.take();
                            vector.fill(buffers, 0, 2, true);
                            long n = vector.move(false, pipe.readEnd(), 0, buffers, true);
                            vector.giveBack();
                            return n;
                        });
        Thread reader = Threads.PLATFORM.thread(read);
        reader.start();
        while (!isInCall(reader)) {
            Thread.sleep(1);
        }
        assertThatIllegalStateException().isThrownBy(one::close).withMessageContaining("acquired");
        assertThatIllegalStateException().isThrownBy(other::close).withMessageContaining("acquired");
        assertThat(Unistd.write(pipe.writeEnd(), MemorySegment.ofBuffer(bytes("there")), 5)).isEqualTo(5);
        assertThat(read.get()).isEqualTo(5);
        assertThat(text(buffers)).isEqualTo("there");
        one.close();
        other.close();
        Unistd.close(pipe.readEnd());
        Unistd.close(pipe.writeEnd());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, KeptArenas.MOST, KeptArenas.MOST + 1, 100})
    void buffersOfAnyNumberOfArenasAreFilled(int count) throws Exception {
        List<Arena> arenas = new ArrayList<>();
        ByteBuffer[] buffers = new ByteBuffer[2 * count];
        for (int i = 0; i < count; i++) {
            Arena arena = i % 2 == 0 ? Arena.ofShared() : Arena.ofConfined();
            arenas.add(arena);
            buffers[2 * i] = arena.allocate(3).asByteBuffer();
            buffers[2 * i + 1] = i % 3 == 0 ? ByteBuffer.allocate(3) : arena.allocate(3).asByteBuffer();
        }
        try (TcpPair pair = TcpPair.open()) {
            byte[] sent = new byte[6 * count];
            for (int i = 0; i < sent.length; i++) {
                sent[i] = (byte) i;
            }
            pair.server().write(ByteBuffer.wrap(sent));
            for (long n = 0; n < sent.length; ) {
                n += pair.client().read(buffers);
            }
            Arrays.stream(buffers).forEach(ByteBuffer::flip);
            for (long n = 0; n < sent.length; ) {
                n += pair.client().write(buffers);
            }
            ByteBuffer back = ByteBuffer.allocate(sent.length);
            while (back.hasRemaining()) {
                pair.server().read(back);
            }
            assertThat(back.array()).isEqualTo(sent);
        }
        arenas.forEach(Arena::close);
    }

    @Test
    void datagramForTooManyArenasIsNotTaken() throws Exception {
        InetSocketAddress any = new InetSocketAddress(TcpPair.LOOPBACK, 0);
        List<Arena> arenas = new ArrayList<>();
        ByteBuffer[] buffers = new ByteBuffer[KeptArenas.MOST + 1];
        for (int i = 0; i < buffers.length; i++) {
            arenas.add(Arena.ofConfined());
            buffers[i] = arenas.get(i).allocate(1).asByteBuffer();
        }
        try (DatagramChannel a = DatagramChannel.open().bind(any);
                DatagramChannel b = DatagramChannel.open().bind(any)) {
            a.connect(b.getLocalAddress());
            b.connect(a.getLocalAddress());
            b.write(bytes("a datagram"));
            assertThatThrownBy(() -> a.read(buffers)).isInstanceOf(IllegalArgumentException.class);
            assertThat(a.read(buffers, 0, KeptArenas.MOST)).isEqualTo(10);
        }
        arenas.forEach(Arena::close);
    }
}
