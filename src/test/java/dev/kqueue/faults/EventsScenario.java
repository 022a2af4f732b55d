package dev.kqueue.faults;

import dev.kqueue.JvmSignal;
import dev.kqueue.nio.ProcessEvent;
import dev.kqueue.nio.ProcessKey;
import dev.kqueue.nio.Signal;
import dev.kqueue.nio.UserKey;

import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.EnumSet;

/** Events that are not of descriptors, as keys of a selector. */
final class EventsScenario extends SelectorScenario {
    /** Which of them. */
    enum Kind {
        PROCESS,
        TIMER,
        USER,
        SIGNAL
    }

    private final Kind kind;
    private SelectionKey expected;
    private boolean hasCome;

    EventsScenario(Kind kind) {
        this.kind = kind;
    }

    @Override
    void act() throws Exception {
        hasCome = false;
        switch (kind) {
            case PROCESS -> process();
            case TIMER -> {
                expected = selector.scheduleAtFixedRate(Duration.ofMillis(2));
                come();
            }
            case USER -> user();
            case SIGNAL -> {
                expected = selector.watchSignal(Signal.of("WINCH"));
                selector.selectNow();
                JvmSignal.raise("WINCH");
                come();
            }
        }
        expected.channel().close();
        selector.selectNow();
    }

    private void come() throws Exception {
        own(expected.channel());
        serveUntil("the event is reported", () -> hasCome);
    }

    private void process() throws Exception {
        // It ends once its input does.
        Process process = new ProcessBuilder("/bin/cat").start();
        own(
                () -> {
                    process.destroyForcibly().waitFor();
                    process.getInputStream().close();
                    process.getErrorStream().close();
                });
        expected = selector.watchProcess(process.toHandle(), EnumSet.of(ProcessEvent.EXIT));
        selector.selectNow();
        process.getOutputStream().close();
        come();
        expect(((ProcessKey) expected).hasExited(), "it has not ended");
    }

    private void user() throws Exception {
        UserKey key = selector.addUserEvent();
        expected = key;
        own(key.channel());
        selector.selectNow();
        key.trigger();
        serveUntil("the event is reported", () -> hasCome);
        hasCome = false;
        Thread.ofPlatform().daemon().start(key::trigger);
        selector.wakeup();
        serveUntil("the event of another thread is reported", () -> hasCome);
    }

    @Override
    void after() throws Exception {
        super.after();
        act();
    }

    @Override
    void handle(SelectionKey key) {
        hasCome |= key.equals(expected);
    }
}
