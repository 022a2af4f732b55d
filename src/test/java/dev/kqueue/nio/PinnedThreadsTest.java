package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.kqueue.ChildJvm;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Virtual threads that keep the only carrier while they wait: no sub-poller can run, and yet their events come. */
class PinnedThreadsTest {
    private static final int MESSAGES = 5;

    static final class Program {
        private static final FunctionDescriptor COMPARISON = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS);

        static TcpPair pair;

        private Program() {}

        public static void main(String[] arguments) throws Exception {
            pair = TcpPair.open();
            if (arguments.length > 0) {
                // The sub-pollers have run, and wait, before the only carrier is taken.
                Thread.ofVirtual().start(() -> writeAndRead(pair)).join();
            }
            Thread pinned = Thread.ofVirtual().start(() -> inNativeCode("receive"));
            for (int i = 0; i < MESSAGES; i++) {
                while (pinned.getState() != Thread.State.WAITING) {
                    Thread.sleep(1);
                }
                // Longer than the master's patience: its own event is over, and the next one must be seen all the same.
                Thread.sleep(60);
                pair.client().write(ByteBuffer.allocate(1));
            }
            pinned.join();
        }

        /** Has C's qsort call the method as its comparison: native code on its stack pins a thread. */
        @SuppressWarnings("restricted")
        private static void inNativeCode(String comparison) {
            Linker linker = Linker.nativeLinker();
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment compare =
                        linker.upcallStub(
                                MethodHandles.lookup().findStatic(Program.class, comparison, COMPARISON.toMethodType()),
                                COMPARISON,
                                arena);
                linker.downcallHandle(
                                linker.defaultLookup().find("qsort").orElseThrow(),
                                FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS))
                        .invokeExact(arena.allocate(2), 2L, 1L, compare);
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        }

        @SuppressWarnings("SystemOut") // what is printed is the test's to read
        static int receive(MemorySegment one, MemorySegment other) {
            try {
                ByteBuffer buffer = ByteBuffer.allocate(1);
                int received = 0;
                while (received < MESSAGES) {
                    received += pair.server().read(buffer.clear());
                }
                System.out.print(received);
                return 0;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        private static void writeAndRead(TcpPair pair) {
            try {
                Thread writer = Thread.ofPlatform().start(() -> writeLater(pair.client()));
                pair.server().read(ByteBuffer.allocate(1));
                writer.join();
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        private static void writeLater(SocketChannel channel) {
            try {
                Thread.sleep(20);
                channel.write(ByteBuffer.allocate(1));
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    @Timeout(150)
    void eventsReachAThreadThatKeepsTheOnlyCarrier() throws Exception {
        assertThat(received("warmed up")).isEqualTo(Integer.toString(MESSAGES));
    }

    @Test
    @Timeout(150)
    void eventsReachAThreadThatHasKeptTheOnlyCarrierFromTheStart() throws Exception {
        assertThat(received()).isEqualTo(Integer.toString(MESSAGES));
    }

    private static String received(String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "-Djdk.virtualThreadScheduler.parallelism=1",
                                "-Djdk.virtualThreadScheduler.maxPoolSize=1",
                                "-Djava.nio.channels.spi.SelectorProvider=" + KQueueSelectorProvider.class.getName(),
                                Program.class.getName()));
        command.addAll(List.of(arguments));
        return new ChildJvm().run(command.toArray(String[]::new));
    }
}
