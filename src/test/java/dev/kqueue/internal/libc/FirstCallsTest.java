package dev.kqueue.internal.libc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.ChildJvm;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A first call that runs out of stack or memory costs itself alone: the class works afterwards. */
@EnabledOnOs(OS.LINUX)
final class FirstCallsTest {
    @Test
    void functionsSurviveStackOverflowOfTheirFirstCall() throws Exception {
        assertThat(new ChildJvm().run("-Xss512k", FirstCalls.class.getName(), "stack"))
                .contains("all work, after failures");
    }

    @Test
    void functionsSurviveExhaustedMemoryOfTheirFirstCall() throws Exception {
        assertThat(new ChildJvm().run("-Xmx24m", "-XX:+UseSerialGC", FirstCalls.class.getName(), "memory"))
                .contains("all work, after failures");
    }
}
