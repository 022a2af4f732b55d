package dev.kqueue.tool;

import dev.kqueue.KQueue;
import dev.kqueue.nio.KQueueSelectorProvider;
import dev.kqueue.nio.SelectorStatistics;

import java.io.IOException;
import java.nio.channels.spi.SelectorProvider;

/** Shows an ordinary NIO program on kqueue: see {@code ./kq demo}. */
final class Demo {
    private Demo() {}

    static void run() throws IOException, InterruptedException {
        Narrator narrator = new Narrator();
        narrator.say("provider: " + SelectorProvider.provider().getClass().getName());
        try (KQueue kqueue = KQueue.open()) {
            narrator.say("kqueue: " + kqueue);
        }
        HttpDemo.run(narrator);
        if (SelectorProvider.provider() instanceof KQueueSelectorProvider ours) {
            SelectorStatistics done = ours.statistics();
            narrator.say(
                    "kqueue: %d selections, %d interest changes, %d of them without a system call of their own"
                            .formatted(done.selections(), done.interestChanges(), done.systemCallsSpared()));
        }
        narrator.say("done");
    }
}
