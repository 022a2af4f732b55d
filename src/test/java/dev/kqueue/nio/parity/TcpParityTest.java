package dev.kqueue.nio.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.Ability;
import dev.kqueue.MissingOptions;
import dev.kqueue.RequiresAbility;
import dev.kqueue.nio.KQueueSelectorProvider;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.nio.channels.spi.SelectorProvider;
import java.util.List;

/** TCP channels and their sockets behave as the JDK's, step by step, but for what is named here. */
@Timeout(120)
@RequiresAbility(Ability.DUAL_STACK)
class TcpParityTest {
    /** What the JDK does and this provider does not. */
    private static String expected(String jdk) {
        return jdk
                // The exception of a thread whose write is ended by another: nobody ends one that comes too late.
                .replaceFirst("^(output shut down .*)AsynchronousCloseException", "$1ClosedChannelException")
                .replaceFirst("^(socket\\(\\) closed .*)AsynchronousCloseException", "$1ClosedChannelException")
                // Names.
                .replace("sun.nio.ch.ServerSocketChannelImpl", "java.nio.channels.ServerSocketChannel")
                .replaceFirst("^(.*ServerSocketChannel\\[)].*", "$1")
                .replace("0.0.0.0/0.0.0.0", "/0.0.0.0");
    }

    /** The JDK's own listeners do not tell their address. */
    private static String withoutListenerAddress(String ours) {
        return ours.replaceFirst("(ServerSocketChannel\\[)/.*", "$1");
    }

    @Test
    void everyStepHasTheSameOutcomeAsOnTheJdksProvider() throws Exception {
        assertThat(SelectorProvider.provider()).isInstanceOf(KQueueSelectorProvider.class);
        List<String> jdk =
                JdkProvider.lines(TcpBehaviour.class).stream()
                        .filter(line -> !MissingOptions.isAbout(line))
                        .map(MissingOptions::removedFrom)
                        .map(TcpParityTest::expected)
                        .toList();
        List<String> ours =
                TcpBehaviour.lines().stream()
                        .filter(line -> !MissingOptions.isAbout(line))
                        .map(TcpParityTest::withoutListenerAddress)
                        .toList();
        assertThat(ours).containsExactlyElementsOf(jdk);
    }
}
