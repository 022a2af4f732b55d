package dev.kqueue.benchmarks.events;

import dev.kqueue.nio.KQueueSelector;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.util.function.Consumer;

/** The waiting that our sides have in common. */
abstract class Selection implements Events {
    final KQueueSelector selector = KQueueSelector.open();
    private SelectionKey seen;
    private final Consumer<SelectionKey> see = key -> seen = key;

    Selection() throws IOException {}

    final void await(SelectionKey key) throws IOException {
        seen = null;
        while (seen != key) {
            selector.select(see);
        }
    }

    @Override
    public void close() throws IOException {
        selector.close();
    }
}
