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
        // A small runtime image may lack the modules of these.
        if (has("jdk.httpserver") && has("java.net.http")) {
            HttpDemo.run(narrator);
        } else {
            narrator.say("http: left out, since this Java has no jdk.httpserver or no java.net.http");
        }
        LoopDemo.run(narrator);
        narrator.say("done");
    }

    private static boolean has(String module) {
        return ModuleLayer.boot().findModule(module).isPresent();
    }
}
