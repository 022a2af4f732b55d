package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.internal.libc.Poll;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

@Timeout(60)
class WakeDescriptorTest {
    private static final long SHORT = TimeUnit.MILLISECONDS.toNanos(3);

    private static void signalEndsOneWait(WakeDescriptor wake) throws IOException, InterruptedException {
        try (TestPipe pipe = TestPipe.open()) {
            for (int i = 0; i < 100; i++) {
                Thread signaller = Thread.ofPlatform().start(wake::signal);
                if (i % 2 == 0) {
                    wake.poll(pipe.readEnd(), Poll.POLLIN, Waiter.FOREVER);
                }
                wake.drain();
                signaller.join();
            }
            long start = System.nanoTime();
            wake.poll(pipe.readEnd(), Poll.POLLIN, SHORT);
            assertThat(System.nanoTime() - start).as("no signal is left").isGreaterThanOrEqualTo(SHORT);
        }
        wake.giveBack();
    }

    @Test
    void signalEndsOneWait() throws Exception {
        signalEndsOneWait(WakeDescriptor.take());
    }

    /** What systems without eventfd(2) have. */
    @Test
    void signalThroughAPipeEndsOneWait() throws Exception {
        signalEndsOneWait(WakeDescriptor.openPipe());
    }

    @Test
    void poolKeepsSoManyAndNoMore() throws IOException {
        List<WakeDescriptor> taken = new ArrayList<>();
        for (int i = 0; i < WakeDescriptor.KEPT; i++) {
            taken.add(WakeDescriptor.take());
        }
        long pooled = OpenDescriptors.count();
        for (int i = 0; i < 20; i++) {
            taken.add(WakeDescriptor.openPipe());
        }
        taken.forEach(WakeDescriptor::giveBack);
        assertThat(OpenDescriptors.count()).isEqualTo(pooled);
    }

    @Test
    void timesAreRoundedUpToMilliseconds() {
        assertThat(WakeDescriptor.milliseconds(1)).isEqualTo(1);
        assertThat(WakeDescriptor.milliseconds(1_000_000)).isEqualTo(1);
        assertThat(WakeDescriptor.milliseconds(1_000_001)).isEqualTo(2);
        assertThat(WakeDescriptor.milliseconds(Long.MAX_VALUE - 1)).isEqualTo(Integer.MAX_VALUE);
        assertThat(WakeDescriptor.milliseconds(Waiter.FOREVER)).isEqualTo(-1);
    }
}
