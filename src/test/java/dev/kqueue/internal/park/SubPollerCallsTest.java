package dev.kqueue.internal.park;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.Ability;
import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.KQueue;
import dev.kqueue.KQueueStatistics;
import dev.kqueue.RequiresAbility;
import dev.kqueue.nio.Budgets;
import dev.kqueue.nio.HandDrivenKQueue;
import dev.kqueue.nio.KQueueSelectorProvider;
import dev.kqueue.nio.TcpPair;
import dev.kqueue.nio.Threads;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.FutureTask;

/**
 * A sub-poller makes exactly the system calls that benchmarks/budgets/virtual-thread-calls.properties grants. Its
 * kqueue is the system's; the test plays the master, as that also looks at the clock.
 */
@Timeout(60)
@RequiresAbility(Ability.OWN_KQUEUE)
class SubPollerCallsTest {
    private static final Budgets BUDGETS = Budgets.read("virtual-thread-calls");

    private static final int MESSAGES = 8;

    private final HandDrivenKQueue masters = new HandDrivenKQueue();
    private final ByteBuffer buffer = ByteBuffer.allocate(64);
    private KQueue kqueue;
    private SubPoller poller;
    private TcpPair pair;
    private int parkings;

    @BeforeEach
    void open() throws IOException {
        kqueue = KQueue.open();
        poller = new SubPoller(kqueue, new MasterPoller(masters.asKQueue, () -> {}), 0);
        pair = TcpPair.open();
        poller.start();
    }

    @AfterEach
    void close() throws IOException {
        poller.retire();
        pair.close();
    }

    @Test
    void messagesThatComeSlowly() throws Exception {
        untilParked();
        for (int i = 0; i < Looks.PATIENCE; i++) {
            message();
        }
        // Its parkings have been long so often that it does not look before the next.
        KQueueStatistics before = kqueue.statistics();
        parkings = 0;
        for (int i = 0; i < MESSAGES; i++) {
            message();
        }
        KQueueStatistics after = kqueue.statistics();
        assertThat("%d %d %d".formatted(after.waits() - before.waits(), after.controls() - before.controls(), parkings))
                .as("waits, changes, changes of the master's kqueue")
                .isEqualTo(BUDGETS.of("messages"));
        assertThat(after.others()).isEqualTo(before.others());
    }

    private void message() throws Exception {
        int descriptor = KQueueSelectorProvider.descriptor(pair.server());
        long changes = kqueue.statistics().controls();
        FutureTask<Integer> wait =
                Threads.VIRTUAL.start(() -> poller.tryAwait(descriptor, Filter.READ, Long.MAX_VALUE, () -> true));
        while (kqueue.statistics().controls() == changes) {
            Thread.sleep(1);
        }
        // However slow this machine is, the parking has been long then.
        Thread.sleep(1);
        pair.client().write(buffer.clear());
        poller.wake();
        assertThat(wait.get()).isZero();
        untilParked();
        pair.server().read(buffer.clear());
    }

    /** The sub-poller has had its kqueue watched by the master, and looks no more before that wakes it. */
    private void untilParked() throws InterruptedException {
        KEvent armed = masters.changes.take();
        assertThat(armed.ident()).isEqualTo(kqueue.descriptor());
        parkings++;
    }
}
