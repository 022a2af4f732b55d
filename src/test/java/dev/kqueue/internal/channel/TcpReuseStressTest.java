package dev.kqueue.internal.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.nio.OpenDescriptors;
import dev.kqueue.nio.TcpPair;
import dev.kqueue.nio.Threads;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Connections are closed at random while others read and write them, and new ones take their numbers at once. Every
 * byte of a connection is its tag: one that turns up elsewhere went through a number that was no longer its channel's.
 */
class TcpReuseStressTest {
    private static final int SLOTS = 12;

    private record ConnectionState(TcpPair pair, byte tag) {}

    private final AtomicReferenceArray<ConnectionState> slots = new AtomicReferenceArray<>(SLOTS);
    private final AtomicInteger tags = new AtomicInteger();
    private final AtomicLong bytesRead = new AtomicLong();
    private final AtomicLong replaced = new AtomicLong();
    private ServerSocketChannel listener;

    @Test
    @Timeout(60)
    void noByteOfAConnectionTurnsUpInAnother() throws Exception {
        run(3, new Random().nextLong());
    }

    @Test
    @Tag("slow")
    @Timeout(300)
    void noByteOfAConnectionTurnsUpInAnotherForLong() throws Exception {
        run(90, new Random().nextLong());
    }

    private void run(int seconds, long seed) throws Exception {
        long before = OpenDescriptors.count();
        try (ServerSocketChannel opened = TcpPair.listener()) {
            listener = opened;
            for (int i = 0; i < SLOTS; i++) {
                slots.set(i, connection());
            }
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            List<FutureTask<Void>> workers = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                Random random = new Random(seed + i);
                Threads threads = i % 3 == 0 ? Threads.VIRTUAL : Threads.PLATFORM;
                workers.add(threads.start(() -> work(random, end)));
            }
            while (System.nanoTime() < end || !workers.stream().allMatch(FutureTask::isDone)) {
                // Whoever waits for bytes that nobody sends is freed by this.
                replace(new Random());
                Thread.sleep(1);
            }
            for (FutureTask<Void> worker : workers) {
                worker.get();
            }
            for (int i = 0; i < SLOTS; i++) {
                slots.get(i).pair().close();
            }
        }
        assertThat(bytesRead.get()).as("seed %d", seed).isPositive();
        // Each worker that waits keeps a wake descriptor for the next one, and there is one poller: far fewer than
        // would
        // have leaked.
        assertThat(replaced.get()).isGreaterThan(100);
        assertThat(OpenDescriptors.count()).as("open descriptors, seed %d", seed).isLessThan(before + 30);
    }

    private synchronized ConnectionState connection() throws IOException {
        SocketChannel client = SocketChannel.open(listener.getLocalAddress());
        return new ConnectionState(new TcpPair(client, listener.accept()), (byte) tags.incrementAndGet());
    }

    private void replace(Random random) throws IOException {
        ConnectionState old = slots.getAndSet(random.nextInt(SLOTS), connection());
        (random.nextBoolean() ? old.pair().client() : old.pair().server()).close();
        old.pair().close();
        replaced.incrementAndGet();
    }

    private Void work(Random random, long end) throws IOException {
        ByteBuffer heap = ByteBuffer.allocate(5_000);
        ByteBuffer direct = ByteBuffer.allocateDirect(5_000);
        while (System.nanoTime() < end) {
            ConnectionState connection = slots.get(random.nextInt(SLOTS));
            SocketChannel channel = random.nextBoolean() ? connection.pair().client() : connection.pair().server();
            ByteBuffer buffer = random.nextBoolean() ? heap : direct;
            try {
                switch (random.nextInt(20)) {
                    case 0, 1 -> replace(random);
                    case 2 -> channel.configureBlocking(random.nextBoolean());
                    case 3 -> channel.shutdownOutput();
                    case 4, 5, 6, 7, 8, 9 -> write(channel, connection.tag(), buffer, 1 + random.nextInt(4_000));
                    case 10, 11 -> scatter(channel, connection.tag(), heap, direct);
                    default -> read(channel, connection.tag(), buffer);
                }
            } catch (ClosedChannelException closed) {
                // By another thread, which is the point of the exercise.
                assertThat(closed).hasNoCause();
            } catch (IOException atTheOtherEnd) {
                assertThat(atTheOtherEnd).hasMessageMatching("Broken pipe|Connection reset");
            }
        }
        return null;
    }

    private static void write(SocketChannel channel, byte tag, ByteBuffer buffer, int size) throws IOException {
        byte[] tags = new byte[size];
        Arrays.fill(tags, tag);
        channel.write(buffer.clear().put(tags).flip());
    }

    private void read(SocketChannel channel, byte tag, ByteBuffer buffer) throws IOException {
        channel.read(buffer.clear());
        check(tag, buffer.flip());
    }

    private void scatter(SocketChannel channel, byte tag, ByteBuffer one, ByteBuffer two) throws IOException {
        channel.read(new ByteBuffer[] {one.clear().limit(100), two.clear()});
        check(tag, one.flip());
        check(tag, two.flip());
    }

    private void check(byte tag, ByteBuffer read) {
        bytesRead.addAndGet(read.remaining());
        while (read.hasRemaining()) {
            byte found = read.get();
            if (found != tag) {
                throw new AssertionError("a byte of connection " + found + " in connection " + tag);
            }
        }
    }
}
