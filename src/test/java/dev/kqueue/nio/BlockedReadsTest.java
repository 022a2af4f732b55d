package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.Ability;
import dev.kqueue.ChildJvm;
import dev.kqueue.RequiresAbility;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** What blocked reads cost: no descriptor, on either kind of thread. In a JVM of its own, where none else opens any. */
@Timeout(200)
@RequiresAbility(Ability.HOST_DESCRIPTORS)
class BlockedReadsTest {
    private static final int READS = 300;

    static final class Program {
        private final Threads threads;
        private final List<TcpPair> pairs = new ArrayList<>();
        private final List<Blocked<Integer>> reads = new ArrayList<>();

        private Program(Threads threads) throws IOException {
            this.threads = threads;
            for (int i = 0; i < READS; i++) {
                pairs.add(TcpPair.open());
            }
        }

        private void block(int from, int to) throws Exception {
            for (TcpPair pair : pairs.subList(from, to)) {
                reads.add(Blocked.in(threads, () -> pair.server().read(ByteBuffer.allocate(10))));
            }
        }

        @SuppressWarnings("SystemOut") // what is printed is the test's to read
        public static void main(String[] arguments) throws Exception {
            Program program = new Program(Threads.valueOf(arguments[0]));
            // The first opens what all share: the pollers of virtual threads.
            program.block(0, 1);
            long before = OpenDescriptors.count();
            program.block(1, READS);
            System.out.print(OpenDescriptors.count() - before);
            int read = 0;
            for (TcpPair pair : program.pairs) {
                pair.client().write(ByteBuffer.allocate(1));
            }
            for (Blocked<Integer> blocked : program.reads) {
                read += blocked.result();
            }
            System.out.print(" " + read);
        }
    }

    @ParameterizedTest
    @EnumSource
    void threeHundredCostNoDescriptor(Threads threads) throws Exception {
        assertThat(
                        new ChildJvm()
                                .run(
                                        "-Djava.nio.channels.spi.SelectorProvider="
                                                + KQueueSelectorProvider.class.getName(),
                                        Program.class.getName(),
                                        threads.name()))
                .as("descriptors, bytes read")
                .isEqualTo("0 " + READS);
    }
}
