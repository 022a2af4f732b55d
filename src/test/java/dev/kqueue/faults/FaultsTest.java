package dev.kqueue.faults;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Each C function fails: the caller has a clear exception or goes on, and nothing else is lost, kept or hung. */
class FaultsTest {
    @BeforeAll
    static void needsTheLibrary() {
        FaultLibrary.obstacle().ifPresent(Assumptions::abort);
    }

    @Test
    void everyFunctionThatIsLinkedIsInTheTable() throws IOException {
        Set<String> linked = FaultRun.linked();

        assertThat(FunctionTable.read().keySet()).containsAll(linked);
    }

    @Test
    void eachFunctionFailsOnce() throws Exception {
        assertThat(run("short", 3)).isEmpty();
    }

    @Tag("slow")
    @Test
    void eachFunctionFailsInEachScenarioInEachWay() throws Exception {
        assertThat(run("all", 120)).isEmpty();
    }

    /** What was wrong, one fault a line. */
    private static List<String> run(String form, int minutes) throws IOException, InterruptedException {
        Path library = FaultLibrary.build();
        Path report = library.resolveSibling("report-" + form + ".txt");
        Path output = library.resolveSibling("output-" + form + ".txt");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-ea", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of("-Dkqueue.library=" + library, "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(FaultRun.class.getName(), report.toString(), form));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        boolean ended = process.waitFor(minutes, TimeUnit.MINUTES);
        process.destroyForcibly().waitFor();
        assertThat(ended).as("ended by itself, %s", Files.readString(output)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        return Files.readAllLines(report);
    }
}
