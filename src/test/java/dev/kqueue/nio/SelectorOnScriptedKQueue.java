package dev.kqueue.nio;

import dev.kqueue.Filter;
import dev.kqueue.internal.channel.ScriptedChannel;

import org.junit.jupiter.api.AfterEach;

/** A selector whose kernel plays a script. */
abstract class SelectorOnScriptedKQueue {
    static final int READ = Filter.READ.value();
    static final int WRITE = Filter.WRITE.value();

    final ScriptedKQueue kqueue = new ScriptedKQueue();
    final KQueueSelector selector;

    SelectorOnScriptedKQueue() throws Exception {
        selector = new KQueueSelector(null, kqueue.asKQueue);
        kqueue.calls.clear(); // the registration of the wakeup event
    }

    @AfterEach
    void close() throws Exception {
        selector.close();
    }

    KQueueSelectionKey register(ScriptedChannel channel, int ops) throws Exception {
        return (KQueueSelectionKey) channel.register(selector, ops);
    }
}
