package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.ChildJvm;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
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
            new EndedWaits(Long.parseLong(arguments[0])).run(Integer.parseInt(arguments[1]));
        }
    }

    private static void run(int rounds) throws Exception {
        new EndedWaits(SEED).run(20);
        long sockets = OpenDescriptors.sockets();
        new EndedWaits(SEED).run(rounds);
        assertThat(OpenDescriptors.sockets()).as("open sockets, seed %d", SEED).isLessThanOrEqualTo(sockets);
    }

    @Test
    @Timeout(200)
    void noneHangsAndNoneReachesAnotherDescriptor() throws Exception {
        run(2_000);
    }

    @Test
    @Tag("slow")
    @Timeout(3600)
    void noneOfAHundredThousandHangsOrReachesAnotherDescriptor() throws Exception {
        run(100_000);
    }

    /** -Xcheck:jni warns of handlers that were replaced, -Xrs leaves the JVM's own out. */
    @ParameterizedTest
    @ValueSource(strings = {"-Xcheck:jni", "-Xrs", "-Xint"})
    @Timeout(200)
    void jvmOfAnotherKindSaysNothingAboutIt(String option) throws Exception {
        assertThat(new ChildJvm().run(option, Program.class.getName(), Long.toString(SEED), "300"))
                .as("seed %d", SEED)
                .isEmpty();
    }
}
