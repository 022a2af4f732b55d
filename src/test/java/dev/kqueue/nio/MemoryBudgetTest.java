package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.ChildJvm;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.Channel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.management.JMException;
import javax.management.ObjectName;

/** An idle connection takes no more memory than benchmarks/budgets/memory.properties grants. */
class MemoryBudgetTest {
    private static final Budgets BUDGETS = Budgets.read("memory");

    /** Prints bytes of heap, and of memory outside it, for each connection. */
    static final class Program {
        private static final int CONNECTIONS = 2_000;

        /** What {@link TcpPair#listener} lets wait, at least. */
        private static final int BACKLOG = 50;

        private static final int TURNS = 200;

        private Program() {}

        static void main(String[] arguments) throws IOException, JMException {
            List<Channel> channels = new ArrayList<>(2 * CONNECTIONS);
            try (KQueueSelector selector = KQueueSelector.open()) {
                connect(CONNECTIONS / 10, selector, channels);
                // Once in vain: what the measuring loads is not to be measured.
                heap();
                outside();
                long heap = heap();
                long outside = outside();
                connect(CONNECTIONS, selector, channels);
                System.out.printf("%d %d%n", (heap() - heap) / CONNECTIONS, (outside() - outside) / CONNECTIONS);
                for (Channel channel : channels) {
                    channel.close();
                }
            }
        }

        /** To listeners that accept none: the kernel makes the connection, and no other end takes memory here. */
        private static void connect(int count, KQueueSelector selector, List<Channel> channels) throws IOException {
            for (int i = 0; i < count; i += BACKLOG) {
                ServerSocketChannel listener = TcpPair.listener();
                channels.add(listener);
                for (int j = 0; j < BACKLOG; j++) {
                    SocketChannel channel = SocketChannel.open(listener.getLocalAddress());
                    channel.configureBlocking(false);
                    channel.register(selector, SelectionKey.OP_READ);
                    channels.add(channel);
                }
            }
            // As a selector in use does: what registering alone has needed is given back meanwhile.
            for (int i = 0; i < TURNS; i++) {
                selector.selectNow();
            }
        }

        /**
         * What is in use once that has settled: references are cleared by a collection, and what they stood for goes by
         * threads of the JVM, which may not have run yet.
         */
        private static long heap() {
            long used = Long.MAX_VALUE;
            for (int same = 0, round = 0; same < 3 && round < 200; round++) {
                System.gc();
                LockSupport.parkNanos(10_000_000);
                long before = used;
                used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
                same = Math.abs(used - before) < 1_000 ? same + 1 : 0;
            }
            return used;
        }

        /** What is allocated by arenas of java.lang.foreign and by Unsafe: "Other" of the JVM's own account. */
        private static long outside() throws JMException {
            String account =
                    (String)
                            ManagementFactory.getPlatformMBeanServer()
                                    .invoke(
                                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                                            "vmNativeMemory",
                                            new Object[] {new String[] {"summary", "scale=B"}},
                                            new String[] {String[].class.getName()});
            Matcher other = Pattern.compile("Other \\(reserved=\\d+(?:B)?, committed=(\\d+)").matcher(account);
            if (!other.find()) {
                throw new AssertionError(account);
            }
            return Long.parseLong(other.group(1));
        }
    }

    @Test
    void anIdleConnectionTakesNoMoreThanGranted() throws IOException, InterruptedException {
        String[] bytes =
                new ChildJvm()
                        .run("-XX:+UseSerialGC", "-XX:NativeMemoryTracking=summary", Program.class.getName())
                        .strip()
                        .split(" ");
        assertThat(Long.parseLong(bytes[0])).as("bytes of heap").isBetween(1L, BUDGETS.bytes("connection.heap"));
        assertThat(Long.parseLong(bytes[1]))
                .as("bytes outside the heap")
                .isLessThanOrEqualTo(BUDGETS.bytes("connection.native"));
    }
}
