package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.ChildJvm;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Random;

/**
 * Waits in the kernel that close and interrupt end: {@link EndedWaits}. A failure tells its seed; {@code
 * -Dstress.seed=N} takes that again.
 */
class EndedWaitsTest {
    private static final long SEED = Long.getLong("stress.seed", new Random().nextLong());

    /** In a JVM of its own. */
    static final class Program {
        private Program() {}

        static void main(String[] arguments) throws Exception {
            for (Threads threads : Threads.values()) {
                new EndedWaits(Long.parseLong(arguments[0]), threads).run(Integer.parseInt(arguments[1]));
            }
        }
    }

    private static void run(Threads threads, int rounds) throws Exception {
        new EndedWaits(SEED, threads).run(20);
        long sockets = OpenDescriptors.sockets();
        new EndedWaits(SEED, threads).run(rounds);
        assertThat(OpenDescriptors.sockets()).as("open sockets, seed %d", SEED).isLessThanOrEqualTo(sockets);
    }

    @ParameterizedTest
    @EnumSource
    @Timeout(200)
    void noneHangsAndNoneReachesAnotherDescriptor(Threads threads) throws Exception {
        run(threads, 2_000);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("slow")
    @Timeout(3600)
    void noneOfAHundredThousandHangsOrReachesAnotherDescriptor(Threads threads) throws Exception {
        run(threads, 100_000);
    }

    /** -Xcheck:jni warns of handlers that were replaced, -Xrs leaves the JVM's own out. */
    @ParameterizedTest
    @ValueSource(strings = {"-Xcheck:jni", "-Xrs", "-Xint"})
    @Timeout(200)
    void jvmOfAnotherKindSaysNothingAboutIt(String option) throws Exception {
        assertThat(new ChildJvm().run(option, Program.class.getName(), Long.toString(SEED), "150"))
                .as("seed %d", SEED)
                .isEmpty();
    }
}
