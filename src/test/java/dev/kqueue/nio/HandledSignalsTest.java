package dev.kqueue.nio;

import static dev.kqueue.nio.SignalKeysTest.awaitCount;
import static dev.kqueue.nio.SignalKeysTest.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.JvmSignal;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;

/** Signals that a selector takes over from the JVM. */
@Timeout(60)
class HandledSignalsTest {
    private final KQueueSelector selector = KQueueSelector.open();
    private final Deque<Runnable> undo = new ArrayDeque<>();

    HandledSignalsTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        selector.close();
        undo.forEach(Runnable::run);
    }

    private void handle(Signal signal, Object handler) {
        Object former = JvmSignal.handle(signal.name(), handler);
        undo.push(() -> JvmSignal.handle(signal.name(), former));
    }

    @Test
    void handledSignalReachesNoFormerHandler() throws Exception {
        AtomicInteger handled = new AtomicInteger();
        handle(Signal.USR1, JvmSignal.handler(handled::incrementAndGet));
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
        handle(Signal.USR1, JvmSignal.handler(handled::incrementAndGet));
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
        undo.push(() -> JvmSignal.handle("USR1", key));
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
