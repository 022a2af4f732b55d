package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;

/** Ten thousand virtual threads, each blocked in a read of a connection of its own. */
class ManyVirtualThreadsTest {
    private static final int CONNECTIONS = 10_000;
    private static final int ROUNDS = 2;

    /** The other ends, in a process of their own: two ends of each would pass many a limit of descriptors. */
    static final class Clients {
        private Clients() {}

        @SuppressWarnings("SystemOut") // what is printed is the test's to read
        public static void main(String[] arguments) throws IOException {
            InetSocketAddress server =
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0]));
            List<SocketChannel> connections = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                connections.add(SocketChannel.open(server));
            }
            // The test says when all its threads wait.
            for (int round = 0; round < ROUNDS && System.in.read() > 0; round++) {
                ByteBuffer buffer = ByteBuffer.allocate(Integer.BYTES);
                for (int i = 0; i < CONNECTIONS; i++) {
                    connections.get(i).write(buffer.clear().putInt(i * 31 + round).flip());
                }
                for (int i = 0; i < CONNECTIONS; i++) {
                    buffer.clear();
                    while (buffer.hasRemaining() && connections.get(i).read(buffer) >= 0) {}
                    if (buffer.flip().getInt() != i * 31 + round) {
                        throw new AssertionError("connection " + i + " got another's answer, or half of one");
                    }
                }
                System.out.print('.');
                System.out.flush();
            }
        }
    }

    private static int echoUntilTheEnd(SocketChannel connection) throws IOException {
        try (connection) {
            ByteBuffer buffer = ByteBuffer.allocate(Integer.BYTES);
            int echoed = 0;
            while (true) {
                while (buffer.hasRemaining()) {
                    if (connection.read(buffer) < 0) {
                        return echoed;
                    }
                }
                connection.write(buffer.flip());
                buffer.clear();
                echoed++;
            }
        }
    }

    private static int platformThreads() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }

    private static void untilAllWait(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            while (thread.getState() != Thread.State.WAITING) {
                assertThat(thread.isAlive()).isTrue();
                Thread.sleep(1);
            }
        }
    }

    @Test
    @Timeout(180)
    void blockedReadsNeedAHandfulOfPlatformThreads() throws Exception {
        int threadsBefore = platformThreads();
        List<Thread> threads = new ArrayList<>();
        List<FutureTask<Integer>> echoes = new ArrayList<>();
        try (ServerSocketChannel listener = KQueueSelectorProvider.instance().openServerSocketChannel()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
            PipedProcess clients = startClients(listener.socket().getLocalPort());
            try (Pipe.SinkChannel start = clients.input().orElseThrow();
                    Pipe.SourceChannel result = clients.output().orElseThrow()) {
                for (int i = 0; i < CONNECTIONS; i++) {
                    SocketChannel connection = listener.accept();
                    FutureTask<Integer> echo = new FutureTask<>(() -> echoUntilTheEnd(connection));
                    echoes.add(echo);
                    threads.add(Thread.ofVirtual().start(echo));
                }
                untilAllWait(threads);
                long descriptors = OpenDescriptors.count();
                assertThat(descriptors).isLessThan(CONNECTIONS + 500);
                for (int round = 0; round < ROUNDS; round++) {
                    untilAllWait(threads);
                    assertThat(platformThreads()).isLessThan(threadsBefore + 16);
                    assertThat(OpenDescriptors.count()).as("descriptors after round %s", round).isEqualTo(descriptors);
                    start.write(ByteBuffer.wrap(new byte[] {1}));
                    assertThat(result.read(ByteBuffer.allocate(1))).as("one byte if all answers were right").isOne();
                }
                assertThat(clients.process().waitFor()).isZero();
                for (FutureTask<Integer> echo : echoes) {
                    assertThat(echo.get()).isEqualTo(ROUNDS);
                }
            } finally {
                clients.process().destroyForcibly().waitFor();
            }
        }
    }

    private static PipedProcess startClients(int port) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.nio.channels.spi.SelectorProvider=" + KQueueSelectorProvider.class.getName(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Clients.class.getName(),
                        Integer.toString(port));
        return PipedProcess.start(builder.redirectError(ProcessBuilder.Redirect.INHERIT));
    }
}
