package dev.kqueue.nio.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.Ability;
import dev.kqueue.MissingOptions;
import dev.kqueue.RequiresAbility;
import dev.kqueue.nio.KQueueSelectorProvider;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.List;

/** Datagram channels and their sockets behave as the JDK's, step by step, but for what is named here. */
@Timeout(120)
@RequiresAbility(Ability.DUAL_STACK)
class DatagramParityTest {
    /** What the JDK does and this provider does not. */
    private static List<String> expected(List<String> jdk) {
        List<String> expected = new ArrayList<>(jdk);
        // An IPv6 socket that is to connect to 0.0.0.0 connects to 127.0.0.1; the JDK's to ::1.
        change(expected, "any address | receive | null", "any address | receive | /127.0.0.1:PORT");
        // A socket that was not bound, connected, and connected elsewhere, is bound to any address when that is undone.
        change(
                expected,
                "socket() connected | getLocalAddress is any | false",
                "socket() connected | getLocalAddress is any | true");
        change(
                expected,
                "socket() connected | getLocalSocketAddress | /127.0.0.1:PORT",
                "socket() connected | getLocalSocketAddress | /[0:0:0:0:0:0:0:0]:PORT");
        return expected;
    }

    /** Without what the system cannot do: the steps after the first such one would not be the same. */
    private static List<String> possible(List<String> lines) {
        return lines.stream()
                .filter(line -> Ability.GROUP_SOURCES.isPresent() || !line.startsWith("join"))
                .filter(
                        line ->
                                Ability.IPV4_GROUPS_ON_IPV6.isPresent()
                                        || !line.matches("(join|socket\\(\\) groups) .*"))
                .map(MissingOptions::removedFrom)
                .toList();
    }

    /** Changes the last line that is so. */
    private static void change(List<String> lines, String from, String to) {
        int at = lines.lastIndexOf(from);
        assertThat(at).as(from).isNotNegative();
        lines.set(at, to);
    }

    @Test
    void everyStepHasTheSameOutcomeAsOnTheJdksProvider() throws Exception {
        assertThat(SelectorProvider.provider()).isInstanceOf(KQueueSelectorProvider.class);
        List<String> jdk = expected(JdkProvider.lines(DatagramBehaviour.class));
        assertThat(possible(DatagramBehaviour.all())).containsExactlyElementsOf(possible(jdk));
    }
}
