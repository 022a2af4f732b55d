package dev.kqueue.nio;

import static dev.kqueue.nio.SignalKeysTest.awaitCount;
import static dev.kqueue.nio.SignalKeysTest.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.JvmSignal;
import dev.kqueue.Opened;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/** Signals that a selector takes over from the JVM. */
@Timeout(60)
class HandledSignalsTest {
    @AutoClose private final Opened opened = new Opened();
    private final KQueueSelector selector;

    HandledSignalsTest() throws IOException {
        selector = opened.add(KQueueSelector.open());
    }

    @Test
    void handledSignalReachesNoFormerHandler() throws Exception {
        AtomicInteger handled = new AtomicInteger();
        opened.add(JvmSignal.replace("USR1", JvmSignal.handler(handled::incrementAndGet)));
        SignalKey key = selector.handleSignal(Signal.USR1, "attachment");
        kill(Signal.USR1);
        assertThat(selector.select()).isOne();
        assertThat(key.count()).isOne();
        assertThat(key.attachment()).isEqualTo("attachment");
        assertThat(key.channel().isHandling()).isTrue();
        selector.close();

        kill(Signal.USR1);
        awaitCount(handled, 1);
        assertThat(handled).as("the handler is called for the second signal, not for the first").hasValue(1);
    }

    @Test
    void formerHandlerIsBackAsSoonAsTheKeyIsCancelled() throws Exception {
        AtomicInteger handled = new AtomicInteger();
        opened.add(JvmSignal.replace("USR1", JvmSignal.handler(handled::incrementAndGet)));
        selector.handleSignal(Signal.USR1).cancel();
        kill(Signal.USR1);
        awaitCount(handled, 1);
        assertThat(selector.selectNow()).isZero();
    }

    @Test
    void defaultActionOfAHandledSignalEndsNothing() throws Exception {
        SignalKey key = selector.handleSignal(Signal.USR1);
        kill(Signal.USR1);
        assertThat(selector.select()).isOne();
        assertThat(key.count()).isOne();
    }

    @Test
    void handlerThatTheProgramSetsLaterIsCalledInstead() throws Exception {
        AtomicInteger handled = new AtomicInteger();
        selector.handleSignal(Signal.USR1);
        Object key = JvmSignal.handle("USR1", JvmSignal.handler(handled::incrementAndGet));
        opened.add(() -> JvmSignal.handle("USR1", key));
        kill(Signal.USR1);
        awaitCount(handled, 1);
        assertThat(handled).hasValue(1);
    }

    @Test
    void signalOfChildrenIsHandledBesideTheirProcesses() throws Exception {
        SignalKey key = selector.handleSignal(Signal.CHLD);
        for (int i = 0; i < 3; i++) {
            assertThat(new ProcessBuilder("/bin/sh", "-c", "exit " + i).start().waitFor()).isEqualTo(i);
            assertThat(selector.select()).isOne();
            assertThat(key.count()).isPositive();
            selector.selectedKeys().clear();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"KILL", "STOP", "SEGV", "BUS", "ILL", "FPE", "TRAP", "QUIT", "USR2"})
    void signalThatCannotBeHandledIsRefusedWithASentence(Signal signal) {
        assertThatThrownBy(() -> selector.handleSignal(signal))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        signal.cName()
                                + " cannot be handled: the JVM or the kernel keeps "
                                + signal.cName()
                                + " for itself");
        assertThat(selector.keys()).isEmpty();
    }
}
