package dev.kqueue.nio.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.Ability;
import dev.kqueue.nio.KQueueSelectorProvider;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.nio.channels.spi.SelectorProvider;
import java.util.List;

/** Unix-domain channels behave as the JDK's, step by step, but for what is named here. */
@Timeout(120)
class UnixParityTest {
    /** What the JDK does and this provider does not. */
    private static String expected(String jdk) {
        return refusal(jdk)
                // The exception of a thread whose write is ended by another: nobody ends one that comes too late.
                .replaceFirst("^(unix half-closes \\| write .*)AsynchronousCloseException", "$1ClosedChannelException");
    }

    /** Linux refuses to connect to no name, the BSDs look an empty name up. */
    private static String refusal(String jdk) {
        return Ability.UNIX_CONNECT_WAITS.isPresent()
                ? jdk
                : jdk.replaceFirst(
                        "^(unix failures \\| connect unnamed) .*",
                        "$1 | java.net.SocketException: No such file or directory");
    }

    /** A path that is too long is said to be how much too long. */
    private static String inTheJdksWords(String ours) {
        return ours.replaceFirst("path too long: .*", "path too long");
    }

    @Test
    void everyStepHasTheSameOutcomeAsOnTheJdksProvider() throws Exception {
        assertThat(SelectorProvider.provider()).isInstanceOf(KQueueSelectorProvider.class);
        List<String> jdk = JdkProvider.lines(UnixBehaviour.class).stream().map(UnixParityTest::expected).toList();
        List<String> ours = UnixBehaviour.all().stream().map(UnixParityTest::inTheJdksWords).toList();
        assertThat(ours).containsExactlyElementsOf(jdk);
    }
}
