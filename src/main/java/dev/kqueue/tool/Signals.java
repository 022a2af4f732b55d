package dev.kqueue.tool;

import dev.kqueue.nio.KQueueSelector;
import dev.kqueue.nio.Signal;
import dev.kqueue.nio.SignalKey;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.util.List;
import java.util.StringJoiner;

/** {@code ./kq signals}: prints the signals that are sent to it, until one of them asks it to end. */
final class Signals {
    private boolean done;

    private Signals() {}

    static int run(List<String> arguments) throws IOException {
        if (!arguments.isEmpty()) {
            System.err.println("usage: ./kq signals");
            return 2;
        }
        Signals signals = new Signals();
        try (KQueueSelector selector = KQueueSelector.open()) {
            StringJoiner handled = new StringJoiner(" ");
            for (Signal signal : Signal.values()) {
                if (signal.isDefined()) {
                    try {
                        selector.handleSignal(signal);
                        handled.add(signal.name());
                    } catch (IOException e) {
                        System.out.println(e.getMessage());
                    }
                }
            }
            if (handled.length() == 0) {
                return 1;
            }
            System.out.println("process " + ProcessHandle.current().pid() + " handles " + handled);
            System.out.println("end it with INT or TERM");
            while (!signals.done) {
                selector.select(signals::handle);
            }
        }
        return 0;
    }

    private void handle(SelectionKey key) {
        SignalKey signal = (SignalKey) key;
        System.out.println(signal.signal().cName() + (signal.count() == 1 ? "" : ", " + signal.count() + " times"));
        done |= signal.signal() == Signal.INT || signal.signal() == Signal.TERM;
    }
}
