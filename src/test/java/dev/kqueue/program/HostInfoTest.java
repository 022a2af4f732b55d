package dev.kqueue.program;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.Ability;
import dev.kqueue.ChildJvm;
import dev.kqueue.RequiresAbility;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.util.List;

/** The property {@code jdk.includeInExceptions}, which permits addresses in messages. */
@RequiresAbility(Ability.OWN_ABI)
class HostInfoTest {
    private static List<String> ours(String property) throws IOException, InterruptedException {
        return run("-Djava.nio.channels.spi.SelectorProvider=dev.kqueue.nio.KQueueSelectorProvider", property);
    }

    /** On the JDK's provider, which is the one that no property names. */
    private static List<String> jdks(String property) throws IOException, InterruptedException {
        return run("-ea", property);
    }

    private static List<String> run(String first, String second) throws IOException, InterruptedException {
        return new ChildJvm().run(first, second, HostInfoProgram.class.getName()).lines().toList();
    }

    @Test
    void addressIsToldIfItMayBe() throws Exception {
        assertThat(ours("-Djdk.includeInExceptions=hostInfo"))
                .contains(
                        "open: java.net.ConnectException: Connection refused: /127.0.0.1:PORT",
                        "unix: java.net.SocketException: No such file or directory: /no/such/socket",
                        "name: java.net.UnknownHostException: no.such.host/<unresolved>:1");
        assertThat(ours("-Djdk.includeInExceptions="))
                .contains(
                        "open: java.net.ConnectException: Connection refused", "name: java.net.UnknownHostException: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-ea", // the property of java.security
                "-Djdk.includeInExceptions=",
                "-Djdk.includeInExceptions=hostInfo",
                "-Djdk.includeInExceptions=hostInfoExclSocket",
                "-Djdk.includeInExceptions=jar, HOSTINFO ,"
            })
    void messagesAreAsOnTheJdksProvider(String property) throws Exception {
        assertThat(ours(property)).hasSize(12).containsExactlyElementsOf(jdks(property));
    }
}
