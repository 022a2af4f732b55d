package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.JvmSignal;
import dev.kqueue.Opened;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/** Signals in a selector, sent by kill(1). */
@Timeout(60)
class SignalKeysTest {
    @AutoClose private final Opened opened = new Opened();
    private final KQueueSelector selector;

    SignalKeysTest() throws IOException {
        selector = opened.add(KQueueSelector.open());
    }

    /** Sets a handler: otherwise HUP ends the JVM, and USR1 the process, when no key watches any more. */
    private void handle(Signal signal, Object handler) {
        opened.add(JvmSignal.replace(signal.name(), handler));
    }

    static void kill(Signal signal) throws Exception {
        String pid = Long.toString(ProcessHandle.current().pid());
        assertThat(new ProcessBuilder("kill", "-" + signal.name(), pid).start().waitFor()).isZero();
    }

    static void awaitCount(AtomicInteger count, int expected) throws InterruptedException {
        while (count.get() < expected) {
            Thread.sleep(1);
        }
    }

    @Test
    void hangUpIsCounted() throws Exception {
        handle(Signal.HUP, JvmSignal.handler(() -> {}));
        SignalKey key = selector.watchSignal(Signal.HUP, "attachment");
        assertThat(selector.selectNow()).isZero();
        kill(Signal.HUP);

        assertThat(selector.select()).isOne();
        assertThat(selector.selectedKeys()).containsExactly(key);
        assertThat(key.signal()).isEqualTo(Signal.HUP);
        assertThat(key.count()).isOne();
        assertThat(key.attachment()).isEqualTo("attachment");
        selector.selectedKeys().clear();
        assertThat(selector.selectNow()).isZero();
    }

    @Test
    void countsAddUpWhileTheKeyIsSelected() throws Exception {
        handle(Signal.USR1, JvmSignal.handler(() -> {}));
        SignalKey key = selector.watchSignal(Signal.USR1);
        for (int i = 0; i < 5; i++) {
            kill(Signal.USR1);
        }
        while (key.count() < 5) {
            selector.select();
        }
        assertThat(key.count()).isEqualTo(5);
        selector.selectedKeys().clear();
        assertThat(selector.select(50)).isZero();
    }

    @Test
    void handlerOfTheProgramIsCalledToo() throws Exception {
        AtomicInteger handled = new AtomicInteger();
        handle(Signal.USR1, JvmSignal.handler(handled::incrementAndGet));
        SignalKey key = selector.watchSignal(Signal.USR1);
        kill(Signal.USR1);
        selector.select();
        key.cancel();
        selector.selectNow();
        kill(Signal.USR1);
        awaitCount(handled, 2);
        assertThat(selector.selectNow()).isZero();
    }

    @Test
    void twoSelectorsCountTheSameSignal() throws Exception {
        handle(Signal.USR1, JvmSignal.handler(() -> {}));
        try (KQueueSelector other = KQueueSelector.open()) {
            SignalKey here = selector.watchSignal(Signal.USR1);
            SignalKey there = other.watchSignal(Signal.USR1);
            kill(Signal.USR1);
            selector.select();
            other.select();
            assertThat(here.count()).isOne();
            assertThat(there.count()).isOne();
        }
    }

    @Test
    void oneSelectorTakesASignalOnce() throws Exception {
        handle(Signal.USR1, JvmSignal.handler(() -> {}));
        selector.watchSignal(Signal.USR1);
        assertThatThrownBy(() -> selector.watchSignal(Signal.USR1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("SIGUSR1");
    }

    @Test
    void signalThatIsKeptIsRefusedWithASentence() {
        assertThatThrownBy(() -> selector.watchSignal(Signal.SEGV))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("SIGSEGV cannot be watched");
        assertThat(selector.keys()).isEmpty();
    }

    @Test
    void signalIsHandledAsLongAsOneSelectorHandlesIt() throws Exception {
        AtomicInteger handled = new AtomicInteger();
        handle(Signal.USR1, JvmSignal.handler(handled::incrementAndGet));
        try (KQueueSelector first = KQueueSelector.open()) {
            SignalKey key = first.handleSignal(Signal.USR1);
            try (KQueueSelector second = KQueueSelector.open()) {
                second.handleSignal(Signal.USR1);
                SignalKey watching = selector.watchSignal(Signal.USR1);
                kill(Signal.USR1);
                selector.select();
                first.select();
                second.select();
                assertThat(watching.count()).isOne();
            }
            first.selectedKeys().clear();
            kill(Signal.USR1);
            first.select();
            assertThat(key.count()).isOne();
            assertThat(handled).hasValue(0);
        }
        kill(Signal.USR1);
        awaitCount(handled, 1);
        assertThat(handled).hasValue(1);
    }

    @Test
    void oneSelectorEitherWatchesOrHandlesASignal() throws Exception {
        AtomicInteger handled = new AtomicInteger();
        handle(Signal.USR1, JvmSignal.handler(handled::incrementAndGet));
        selector.watchSignal(Signal.USR1);
        assertThatThrownBy(() -> selector.handleSignal(Signal.USR1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("SIGUSR1");
        kill(Signal.USR1);
        awaitCount(handled, 1);
    }
}
