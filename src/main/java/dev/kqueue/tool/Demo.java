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
        LoopDemo.run(narrator);
        if (SelectorProvider.provider() instanceof KQueueSelectorProvider ours) {
            SelectorStatistics done = ours.statistics();
            narrator.say(
                    "kqueue: %d selections; %d system calls spared: %d for interest changes, %d for changes of blocking mode"
                            .formatted(
                                    done.selections(),
                                    done.systemCallsSpared() + 2 * ours.blockingModeChanges(),
                                    done.systemCallsSpared(),
                                    2 * ours.blockingModeChanges()));
        }
        narrator.say("done");
    }
}
