package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Random;
import java.util.concurrent.FutureTask;

/** Bytes arrive, all of them, in order, whatever buffers they travel in. */
@Timeout(120)
class TcpTransferTest {
    private TcpPair pair;
    private SocketChannel client;
    private SocketChannel server;

    @BeforeEach
    void open() throws IOException {
        pair = TcpPair.open();
        client = pair.client();
        server = pair.server();
    }

    @AfterEach
    void close() throws IOException {
        pair.close();
    }

    private static byte[] random(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static ByteBuffer buffer(boolean direct, int size) {
        return direct ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size);
    }

    private static byte[] readAll(SocketChannel channel, int size, boolean direct) throws IOException {
        ByteBuffer chunk = buffer(direct, 10_007);
        byte[] all = new byte[size];
        int at = 0;
        while (at < size && channel.read(chunk) >= 0) {
            chunk.flip();
            int n = chunk.remaining();
            chunk.get(all, at, n);
            at += n;
            chunk.clear();
        }
        assertThat(at).isEqualTo(size);
        return all;
    }

    @ParameterizedTest
    @CsvSource({"false,false", "false,true", "true,false", "true,true"})
    void aLargeBlockingWriteArrivesAsItIs(boolean directWrite, boolean directRead) throws Exception {
        byte[] sent = random(9_999_991, 1);
        ByteBuffer src = buffer(directWrite, sent.length).put(sent).flip();
        FutureTask<Integer> write = Threads.PLATFORM.start(() -> client.write(src));
        assertThat(readAll(server, sent.length, directRead)).isEqualTo(sent);
        assertThat(write.get()).isEqualTo(sent.length);
        assertThat(src.hasRemaining()).isFalse();
    }

    @Test
    void gatheredAndScatteredBytesKeepTheirOrder() throws Exception {
        Random random = new Random(2);
        byte[] sent = random(3_000_000, 3);
        FutureTask<Void> write =
                Threads.PLATFORM.start(
                        () -> {
                            int at = 0;
                            while (at < sent.length) {
                                ByteBuffer[] some = new ByteBuffer[1 + random.nextInt(20)];
                                long bytes = 0;
                                for (int i = 0; i < some.length; i++) {
                                    int n = Math.min(sent.length - at, random.nextInt(30_000));
                                    ByteBuffer whole = buffer(random.nextBoolean(), n + 7).position(5);
                                    whole.put(sent, at, n).flip().position(5);
                                    some[i] = random.nextBoolean() ? whole.asReadOnlyBuffer() : whole.slice();
                                    at += n;
                                    bytes += n;
                                }
                                assertThat(client.write(some)).isEqualTo(bytes);
                            }
                            return null;
                        });
        Random other = new Random(4);
        byte[] received = new byte[sent.length];
        int at = 0;
        while (at < sent.length) {
            ByteBuffer[] some = new ByteBuffer[1 + other.nextInt(20)];
            for (int i = 0; i < some.length; i++) {
                some[i] = buffer(other.nextBoolean(), other.nextInt(20_000));
            }
            long n = server.read(some);
            long counted = 0;
            for (ByteBuffer each : some) {
                each.flip();
                int bytes = each.remaining();
                each.get(received, at, bytes);
                at += bytes;
                counted += bytes;
            }
            assertThat(n).isEqualTo(counted);
        }
        write.get();
        assertThat(received).isEqualTo(sent);
    }

    @Test
    void offsetAndLengthOfAScatterAreKept() throws IOException {
        client.write(ByteBuffer.allocate(100));
        ByteBuffer[] three = {ByteBuffer.allocate(10), ByteBuffer.allocate(10), ByteBuffer.allocate(10)};
        assertThat(server.read(three, 1, 1)).isEqualTo(10);
        assertThat(three).extracting(ByteBuffer::position).containsExactly(0, 10, 0);
        ByteBuffer[] more = {ByteBuffer.allocate(10), ByteBuffer.allocate(10), ByteBuffer.allocate(10)};
        assertThat(client.write(more, 2, 1)).isEqualTo(10);
        assertThat(more).extracting(ByteBuffer::position).containsExactly(0, 0, 10);
    }

    @Test
    void aNonBlockingWriteTakesWhatThereIsRoomForAndReadinessComesBack() throws Exception {
        byte[] sent = random(20_000_000, 5);
        ByteBuffer src = ByteBuffer.wrap(sent);
        client.configureBlocking(false);
        client.write(src);
        assertThat(src.hasRemaining()).as("more than there is room for while nobody reads").isTrue();
        FutureTask<byte[]> read = Threads.PLATFORM.start(() -> readAll(server, sent.length, true));
        try (Selector selector = Selector.open()) {
            client.register(selector, SelectionKey.OP_WRITE);
            while (src.hasRemaining()) {
                selector.select();
                assertThat(selector.selectedKeys()).hasSize(1);
                selector.selectedKeys().clear();
                client.write(src);
            }
        }
        assertThat(read.get()).isEqualTo(sent);
    }

    @ParameterizedTest
    @CsvSource({"false,false", "false,true", "true,false", "true,true"})
    void streamsOfTheSocketsCarryAllBytes(boolean virtualReader, boolean timed) throws Exception {
        byte[] sent = random(5_000_000, 6);
        if (timed) {
            server.socket().setSoTimeout(60_000);
        }
        FutureTask<byte[]> read =
                (virtualReader ? Threads.VIRTUAL : Threads.PLATFORM)
                        .start(() -> server.socket().getInputStream().readNBytes(sent.length));
        client.socket().getOutputStream().write(sent);
        assertThat(read.get()).isEqualTo(sent);
    }
}
