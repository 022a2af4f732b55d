package dev.kqueue.tool.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

@Timeout(120)
class DoctorTest {
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    private List<String> lines() {
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void selfTestsOfThisMachinePass() throws Exception {
        assertThat(Doctor.run(out)).as(() -> String.join("\n", lines())).isZero();
        assertThat(lines())
                .anyMatch(line -> line.matches("system +\\S+ \\S+ \\S+"))
                .anyMatch(line -> line.matches("abi +\\S.*"))
                .anyMatch(line -> line.matches("symbols +\\d+ found"))
                .anyMatch(line -> line.matches("missing +none"))
                .anyMatch(line -> line.matches("limit +RLIMIT_NOFILE \\d+.*"))
                .anyMatch(line -> line.matches("filters .*EVFILT_READ.*"));
        for (String test :
                List.of(
                        "EVFILT_READ, pipe",
                        "EVFILT_READ, TCP",
                        "EVFILT_READ, kqueue",
                        "EVFILT_WRITE",
                        "EVFILT_VNODE",
                        "EVFILT_PROC",
                        "EVFILT_SIGNAL",
                        "EVFILT_TIMER",
                        "errors of changes",
                        "selector, TCP echo",
                        "selector, wakeup")) {
            assertThat(lines()).anyMatch(line -> line.matches("  " + test + " +ok, [0-9.]+ ms"));
        }
        assertThat(lines().getLast()).matches("All \\d+ self-tests passed\\.");
    }

    @Test
    void failureIsToldWithWhatCameAndOthersStillRun() {
        SelfTest bad =
                new SelfTest(
                        "bad",
                        () -> {
                            throw new IOException("5 bytes were written, and the event is another");
                        });
        SelfTest unlinked =
                new SelfTest(
                        "unlinked",
                        () -> {
                            throw new NoClassDefFoundError("gone");
                        });
        SelfTest good = new SelfTest("good", () -> {});
        assertThat(Doctor.run(List.of(bad, unlinked, good), out)).isEqualTo(2);
        assertThat(lines())
                .anyMatch(line -> line.matches("  bad +FAILED: .*5 bytes were written, and the event is another"))
                .anyMatch(line -> line.startsWith("      at dev.kqueue.tool.doctor.DoctorTest"))
                .anyMatch(line -> line.matches("  unlinked +FAILED: .*gone"))
                .anyMatch(line -> line.matches("  good +ok, .*"));
    }
}
