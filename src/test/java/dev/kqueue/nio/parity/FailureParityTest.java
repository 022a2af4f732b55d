package dev.kqueue.nio.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.Ability;
import dev.kqueue.RequiresAbility;
import dev.kqueue.nio.KQueueSelectorProvider;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.List;

/** What fails, fails as on the JDK's provider: each operation, after each thing that can go wrong. */
@Timeout(120)
@RequiresAbility(Ability.OWN_ABI)
class FailureParityTest {
    /** The program that the JDK's provider runs. */
    static final class Program {
        private Program() {}

        public static void main(String[] args) throws Exception {
            lines().forEach(System.out::println);
        }

        static List<String> lines() throws Exception {
            List<String> lines = new ArrayList<>();
            Behaviour[] all = {
                new ResetBehaviour(),
                new UndeliverableBehaviour(),
                new EndedWaitBehaviour(),
                new ArenaBehaviour(),
                new AddressBehaviour()
            };
            for (Behaviour each : all) {
                lines.addAll(each.lines());
            }
            return lines;
        }
    }

    /** What the JDK does and this provider does not. */
    private static String expected(String jdk) {
        // The exception of a thread whose write is ended by another: nobody ends one that comes too late.
        return jdk.replaceFirst(
                "^(reset, .* shutdownOutput.* then .*)AsynchronousCloseException", "$1ClosedChannelException");
    }

    @Test
    void everyFailureIsTheSameAsOnTheJdksProvider() throws Exception {
        assertThat(SelectorProvider.provider()).isInstanceOf(KQueueSelectorProvider.class);
        List<String> jdk = JdkProvider.lines(Program.class).stream().map(FailureParityTest::expected).toList();
        assertThat(jdk).hasSizeGreaterThan(1500);
        assertThat(Program.lines()).containsExactlyElementsOf(jdk);
    }
}
