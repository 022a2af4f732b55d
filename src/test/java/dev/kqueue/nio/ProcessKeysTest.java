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
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;

/** Processes in a selector, on this system's kqueue. */
@Timeout(120)
class ProcessKeysTest {
    private static final Set<ProcessEvent> EXIT = EnumSet.of(ProcessEvent.EXIT);

    private final KQueueSelector selector = KQueueSelector.open();

    ProcessKeysTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        selector.close();
    }

    /** A child that runs the script after its standard input has ended. */
    private static Process child(String script) throws IOException {
        return new ProcessBuilder("/bin/sh", "-c", "read line; " + script).start();
    }

    private static void letGo(Process process) throws IOException {
        process.getOutputStream().close();
    }

    @Test
    void exitIsReportedOnceWithItsStatus() throws Exception {
        Process process = child("exit 42");
        ProcessKey key = selector.watchProcess(process.toHandle(), EXIT, "child");
        assertThat(selector.selectNow()).isZero();
        assertThat(key.exitValue()).isEmpty();
        letGo(process);

        assertThat(selector.select()).isOne();
        assertThat(key.events()).containsExactly(ProcessEvent.EXIT);
        assertThat(key.hasExited()).isTrue();
        assertThat(key.exitValue()).hasValue(42);
        assertThat(key.pid()).isEqualTo(process.pid());
        assertThat(key.attachment()).isEqualTo("child");
        assertThat(process.waitFor()).as("the JVM reaps its child").isEqualTo(42);
        selector.selectedKeys().clear();
        assertThat(selector.select(50)).isZero();
        assertThat(key.isValid()).isFalse();
        assertThat(key.exitValue()).as("remembered").hasValue(42);
    }

    @Test
    void deathBySignalIsNoExitValue() throws Exception {
        Process process = child("exit 0");
        ProcessKey key = selector.watchProcess(process.toHandle(), EXIT);
        process.destroyForcibly();
        selector.select();

        assertThat(key.exitValue()).isEmpty();
        assertThat(key.terminationSignal()).hasValue(Signal.KILL.number());
        assertThat(process.waitFor()).isEqualTo(128 + Signal.KILL.number());
    }

    @Test
    void processThatIsNoChildIsWatchedToo() throws Exception {
        Process parent = child("sleep 1000 & echo $!; wait");
        letGo(parent);
        long grandchild = Long.parseLong(parent.inputReader().readLine());
        ProcessKey key = selector.watchProcess(ProcessHandle.of(grandchild).orElseThrow(), EXIT);
        assertThat(selector.selectNow()).isZero();
        ProcessHandle.of(grandchild).orElseThrow().destroyForcibly();
        selector.select();

        assertThat(key.hasExited()).isTrue();
        assertThat(parent.waitFor()).isNotNegative();
    }

    @Test
    void processThatIsGoneIsRefused() throws Exception {
        Process process = child("exit 0");
        letGo(process);
        process.waitFor();

        assertThatThrownBy(() -> selector.watchProcess(process.toHandle(), EXIT))
                .isInstanceOf(IOException.class)
                .hasMessage("there is no process " + process.pid() + ", or it has exited (ESRCH)");
        assertThat(selector.keys()).isEmpty();
    }

    /** A handle of a process that is gone, and whose number is another's by now. */
    private static ProcessHandle formerOwnerOf(long pid) {
        return (ProcessHandle)
                Proxy.newProxyInstance(
                        null,
                        new Class<?>[] {ProcessHandle.class},
                        (proxy, method, arguments) ->
                                switch (method.getName()) {
                                    case "pid" -> pid;
                                    case "isAlive" -> false;
                                    default -> throw new AssertionError(method);
                                });
    }

    @Test
    void handleOfAFormerProcessOfTheNumberIsRefused() throws Exception {
        Process stranger = child("exit 7");
        ProcessHandle former = formerOwnerOf(stranger.pid());

        assertThatThrownBy(() -> selector.watchProcess(former, EXIT))
                .isInstanceOf(IOException.class)
                .hasMessage("there is no process " + stranger.pid() + ", or it has exited (ESRCH)");
        assertThat(selector.keys()).isEmpty();
        ProcessKey key = selector.watchProcess(stranger.toHandle(), EXIT);
        letGo(stranger);
        selector.select();
        assertThat(key.exitValue()).as("its own handle").hasValue(7);
    }

    @Test
    void refusedHandleLeavesNoKnote() throws Exception {
        Process stranger = child("exit 7");
        assertThatThrownBy(() -> selector.watchProcess(formerOwnerOf(stranger.pid()), EXIT))
                .isInstanceOf(IOException.class);
        letGo(stranger);
        stranger.waitFor();

        assertThat(selector.select(100)).isZero();
    }

    @Test
    void exitBeforeWhileAndAfterRegistrationIsOneEventOrRefused() throws Exception {
        Random random = new Random();
        Map<ProcessKey, Integer> registered = new HashMap<>();
        int refused = 0;
        int children = 200;
        for (int i = 0; i < children; i++) {
            int status = i % 100;
            Process process = new ProcessBuilder("/bin/sh", "-c", "exit " + status).start();
            int spin = random.nextInt(6);
            if (spin > 0) {
                Thread.sleep(Duration.ofNanos(spin * 400_000L));
            }
            try {
                registered.put(selector.watchProcess(process.toHandle(), EXIT), status);
            } catch (IOException gone) {
                assertThat(gone).hasMessageEndingWith("(ESRCH)");
                assertThat(process.waitFor()).isEqualTo(status);
                refused++;
            }
        }
        Map<ProcessKey, Integer> exited = new HashMap<>();
        while (exited.size() < registered.size()) {
            selector.select(
                    key -> {
                        ProcessKey process = (ProcessKey) key;
                        OptionalInt status = process.exitValue();
                        assertThat(exited.put(process, status.orElse(-1))).as("events of %s", process).isNull();
                    });
        }

        assertThat(exited.size() + refused).isEqualTo(children);
        assertThat(exited).isEqualTo(registered);
        assertThat(selector.selectNow()).isZero();
    }

    @Test
    void cancelledKeyIsSilentAndTheProcessGoesOn() throws Exception {
        Process process = child("exit 3");
        selector.watchProcess(process.toHandle(), EXIT).cancel();
        selector.selectNow();
        letGo(process);

        assertThat(process.waitFor()).isEqualTo(3);
        assertThat(selector.select(50)).isZero();
    }

    @Test
    void oneProcessInTwoSelectorsIsReportedToBoth() throws Exception {
        Process process = child("exit 5");
        try (KQueueSelector other = KQueueSelector.open();
                ProcessChannel channel = ProcessChannel.open(process.toHandle(), EXIT)) {
            ProcessKey here = (ProcessKey) channel.register(selector, OP_READ);
            ProcessKey there = (ProcessKey) channel.register(other, OP_READ);
            letGo(process);

            selector.select();
            other.select();
            assertThat(here.exitValue()).hasValue(5);
            assertThat(there.exitValue()).hasValue(5);
        }
        assertThat(process.waitFor()).isEqualTo(5);
    }

    @Test
    void exitWithoutInterestIsKept() throws Exception {
        Process process = child("exit 6");
        ProcessKey key = selector.watchProcess(process.toHandle(), EXIT);
        key.interestOps(0);
        selector.selectNow();
        letGo(process);
        assertThat(process.waitFor()).isEqualTo(6);
        assertThat(selector.select(50)).isZero();
        key.interestOps(OP_READ);
        selector.select();

        assertThat(key.hasExited()).isTrue();
    }

    @RequiresAbility(Ability.FORK_NOTES)
    @Test
    void forkAndExecAreReportedOrRefusedWithTheReason() throws Exception {
        Process process = child("/bin/true; exec /bin/true");
        try {
            ProcessKey key =
                    selector.watchProcess(
                            process.toHandle(), EnumSet.of(ProcessEvent.EXIT, ProcessEvent.FORK, ProcessEvent.EXEC));
            letGo(process);
            while (!key.hasExited()) {
                selector.select();
            }
            assertThat(key.events()).contains(ProcessEvent.FORK, ProcessEvent.EXEC, ProcessEvent.EXIT);
        } catch (IOException refused) {
            assertThat(refused).hasMessageContaining("FORK").hasMessageContaining("EPERM");
            letGo(process);
        }
        assertThat(process.waitFor()).isZero();
    }
}
