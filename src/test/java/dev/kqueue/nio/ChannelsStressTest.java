package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Threads that open, connect, register, flip interest, read, write, half-close, close, interrupt, cancel and wake up at
 * random on channels and selectors that all of them share. No byte may turn up where it does not belong, or get lost;
 * no descriptor may leak; no thread may hang.
 *
 * <p>A failure tells its seed. {@code -Dstress.seed=N} takes that again, {@code -Dstress.seconds=N} runs the long form
 * for so long.
 */
class ChannelsStressTest {
    @TempDir Path directory;

    @Test
    @Timeout(200)
    void nothingIsMixedUpLostOrLeft() throws Exception {
        run(5);
    }

    @Test
    @Tag("slow")
    @Timeout(3600)
    void nothingIsMixedUpLostOrLeftForLong() throws Exception {
        run(Integer.getInteger("stress.seconds", 180));
    }

    private void run(int seconds) throws Exception {
        long seed = Long.getLong("stress.seed", new Random().nextLong());
        // Opens what stays open: the poller, wake descriptors.
        new ChannelsStress(seed, directory).run(TimeUnit.MILLISECONDS.toNanos(200));
        long before = OpenDescriptors.count();
        long sockets = OpenDescriptors.sockets();
        try {
            Map<String, Long> counts = new ChannelsStress(seed, directory).run(TimeUnit.SECONDS.toNanos(seconds));
            assertThat(counts)
                    .containsKeys(
                            "connections",
                            "reads",
                            "writes",
                            "registrations",
                            "interest changes",
                            "cancelled keys",
                            "selects",
                            "interrupts",
                            "lost a race",
                            "broken connection");
        } catch (Throwable failure) {
            throw new AssertionError("seed " + seed, failure);
        }
        assertThat(OpenDescriptors.sockets()).as("open sockets, seed %d", seed).isLessThanOrEqualTo(sockets);
        assertThat(OpenDescriptors.count()).as("open descriptors, seed %d", seed).isLessThanOrEqualTo(before);
    }
}
