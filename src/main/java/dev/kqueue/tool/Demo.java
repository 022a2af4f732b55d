package dev.kqueue.tool;

import dev.kqueue.KQueue;

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
        narrator.say("done");
    }
}
