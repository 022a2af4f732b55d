package dev.kqueue.internal.park;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_ONESHOT;
import static dev.kqueue.KEvent.EV_RECEIPT;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.Ability;
import dev.kqueue.Filter;
import dev.kqueue.KEvent;
import dev.kqueue.KEventList;
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
    void messagesThatTheMasterFetches() throws Exception {
        untilParked(EV_ADD | EV_ONESHOT);
        for (int i = 1; i <= Looks.PATIENCE; i++) {
            message(poller::wake);
            // Each look has been in vain.
            untilParked(i < Looks.PATIENCE ? EV_ADD | EV_ONESHOT : EV_ADD);
        }
        KQueueStatistics before = kqueue.statistics();
        KEventList events = KEventList.withoutData(1);
        for (int i = 0; i < MESSAGES; i++) {
            message(() -> assertThat(poller.fetch(events)).isFalse());
        }
        KQueueStatistics after = kqueue.statistics();
        assertThat(
                        "%d %d %d"
                                .formatted(
                                        after.waits() - before.waits(),
                                        after.controls() - before.controls(),
                                        masters.changes.size()))
                .as("waits, changes, changes of the master's kqueue")
                .isEqualTo(BUDGETS.of("messages"));
        assertThat(after.others()).isEqualTo(before.others());
    }

    private interface Fetch {
        void run() throws IOException;
    }

    private void message(Fetch fetch) throws Exception {
        int descriptor = KQueueSelectorProvider.descriptor(pair.server());
        long changes = kqueue.statistics().controls();
        FutureTask<Integer> wait =
                Threads.VIRTUAL.start(() -> poller.tryAwait(descriptor, Filter.READ, Long.MAX_VALUE, () -> true));
        while (kqueue.statistics().controls() == changes) {
            Thread.sleep(1);
        }
        pair.client().write(buffer.clear());
        fetch.run();
        assertThat(wait.get()).isZero();
        pair.server().read(buffer.clear());
    }

    /** The sub-poller has had its kqueue watched by the master, and looks no more before that wakes it. */
    private void untilParked(int flags) throws InterruptedException {
        KEvent armed = masters.changes.take();
        assertThat(armed.ident()).isEqualTo(kqueue.descriptor());
        assertThat(armed.flags()).isEqualTo(flags | EV_RECEIPT);
    }
}
