package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.channels.SelectionKey.OP_READ;

import dev.kqueue.Ability;
import dev.kqueue.RequiresAbility;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;

/** Children of this program in a selector: their exit is always reported, and {@link Process} knows its value then. */
@Timeout(120)
class ChildKeysTest {
    private final KQueueSelector selector = KQueueSelector.open();

    ChildKeysTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        selector.close();
    }

    private static Process shell(String script) throws IOException {
        return new ProcessBuilder("/bin/sh", "-c", script).start();
    }

    @Test
    void exitOfEachQuickChildIsReportedWithItsValue() throws IOException {
        int children = 300;
        Map<ProcessKey, Integer> expected = new HashMap<>();
        for (int i = 0; i < children; i++) {
            Process child = shell("exit " + i % 100);
            expected.put(selector.watchProcess(child, EnumSet.of(ProcessEvent.EXIT), child), i % 100);
        }
        Map<ProcessKey, Integer> exited = new HashMap<>();
        while (exited.size() < children) {
            selector.select(
                    key -> {
                        ProcessKey process = (ProcessKey) key;
                        Process child = (Process) key.attachment();
                        assertThat(process.exitValue()).hasValue(child.exitValue());
                        assertThat(exited.put(process, child.exitValue())).as("events of %s", key).isNull();
                    });
        }
        assertThat(exited).isEqualTo(expected);
        assertThat(selector.selectNow()).isZero();
    }

    @Test
    void childThatWasReapedBeforeIsReported() throws Exception {
        Process child = shell("exit 9");
        child.waitFor();
        ProcessKey key = selector.watchProcess(child);
        while (!key.hasExited()) {
            selector.select();
        }
        assertThat(key.events()).containsExactly(ProcessEvent.EXIT);
        assertThat(key.exitValue()).hasValue(9);
        assertThat(key.terminationSignal()).isEmpty();
        selector.selectedKeys().clear();
        assertThat(selector.select(50)).isZero();
    }

    @Test
    void signalIsToldApartFromAValue() throws Exception {
        Process child = shell("read line");
        ProcessKey key = selector.watchProcess(child);
        child.destroyForcibly();
        while (!key.hasExited()) {
            selector.select();
        }
        assertThat(child.exitValue()).isEqualTo(128 + Signal.KILL.number());
        if (key.terminationSignal().isPresent()) {
            assertThat(key.terminationSignal()).hasValue(Signal.KILL.number());
            assertThat(key.exitValue()).isEmpty();
        } else {
            assertThat(key.exitValue()).as("the kernel does not tell").hasValue(child.exitValue());
        }
    }

    @Test
    void exitWithoutInterestIsKept() throws Exception {
        Process child = shell("exit 4");
        ProcessKey key = selector.watchProcess(child);
        key.interestOps(0);
        child.waitFor();
        assertThat(selector.select(100)).isZero();
        key.interestOps(OP_READ);
        while (!key.hasExited()) {
            selector.select();
        }
        assertThat(key.exitValue()).hasValue(4);
    }

    @Test
    void childInTwoSelectorsIsReportedToBoth() throws Exception {
        Process child = shell("exit 5");
        try (KQueueSelector other = KQueueSelector.open();
                ProcessChannel channel = ProcessChannel.open(child, ProcessChannel.EXIT_ONLY)) {
            ProcessKey here = (ProcessKey) channel.register(selector, OP_READ);
            ProcessKey there = (ProcessKey) channel.register(other, OP_READ);
            while (!here.hasExited()) {
                selector.select();
            }
            while (!there.hasExited()) {
                other.select();
            }
            assertThat(here.exitValue()).hasValue(5);
            assertThat(there.exitValue()).hasValue(5);
        }
    }

    @Test
    void cancelledKeyIsSilent() throws Exception {
        Process child = shell("exit 3");
        selector.watchProcess(child).cancel();
        assertThat(child.waitFor()).isEqualTo(3);
        assertThat(selector.select(50)).isZero();
        assertThat(selector.keys()).isEmpty();
    }

    @RequiresAbility(Ability.FORK_NOTES)
    @Test
    void childThatIsGoneHasNoOtherEvents() throws Exception {
        Process child = shell("exit 0");
        child.waitFor();
        assertThatThrownBy(() -> selector.watchProcess(child, EnumSet.of(ProcessEvent.FORK)))
                .isInstanceOf(NoSuchProcessException.class)
                .hasMessageContaining(Long.toString(child.pid()));
        assertThat(selector.keys()).isEmpty();
    }
}
