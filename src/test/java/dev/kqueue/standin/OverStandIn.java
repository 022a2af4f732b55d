package dev.kqueue.standin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.opentest4j.TestAbortedException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The tests of selectors, channels and filters, unchanged, in a JVM that speaks another system's ABI with a stand-in
 * kernel. Each of them is a test here, too: it passes, fails or is skipped as it did there.
 */
abstract class OverStandIn {
    /** Longer than they take on a busy machine, and short enough to tell of a wait that nobody ends. */
    private static final long MINUTES = 5;

    /** As {@code -Dkqueue.abi} takes it. */
    abstract String abi();

    /** For the compiler, of a release that is another than the newest. */
    String[] options() {
        return new String[0];
    }

    /** The names of the test classes to run. */
    List<String> classes() throws IOException {
        return Selected.classes();
    }

    /** Of those that are not run: why. */
    Map<String, String> leftOut() {
        return Selected.LEFT_OUT;
    }

    @TestFactory
    Stream<DynamicContainer> testsOverThisAbi() throws IOException, InterruptedException {
        StandIn.obstacle().ifPresent(Assumptions::abort);
        Path library = StandIn.library(abi(), options());
        Map<String, List<DynamicTest>> tests = new LinkedHashMap<>();
        for (Outcome outcome : run(library)) {
            tests.computeIfAbsent(outcome.testClass(), ignored -> new ArrayList<>()).add(replay(outcome));
        }
        leftOut()
                .forEach(
                        (name, reason) ->
                                tests.put(
                                        name,
                                        TestRun.tests(name).stream()
                                                .map(test -> replay(Outcome.leftOut(name, test, reason)))
                                                .toList()));
        return tests.entrySet().stream().map(entry -> dynamicContainer(entry.getKey(), entry.getValue()));
    }

    private static DynamicTest replay(Outcome outcome) {
        return dynamicTest(
                outcome.test(),
                () -> {
                    switch (outcome.kind()) {
                        case PASSED -> {}
                        case SKIPPED -> throw new TestAbortedException(outcome.text());
                        case FAILED -> throw new AssertionError("in the JVM with that ABI: " + outcome.text());
                    }
                });
    }

    private List<Outcome> run(Path library) throws IOException, InterruptedException {
        Path folder = library.getParent();
        Path outcomes = folder.resolve("outcomes");
        Path output = folder.resolve("output.txt");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // What the tests show is not speed: the better compiler would cost more than it gives.
        command.addAll(List.of("-ea", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of("-Dkqueue.abi=" + abi(), "-Dkqueue.library=" + library));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), TestRun.class.getName()));
        command.add(outcomes.toString());
        command.addAll(classes());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
        process.destroyForcibly().waitFor();
        List<Outcome> told = Outcome.readAll(outcomes);
        String last = told.isEmpty() ? "no test" : told.getLast().testClass() + " " + told.getLast().test();
        String after = "after " + last + ": " + Files.readString(output);
        assertThat(ended).as("ended by itself, %s", after).isTrue();
        assertThat(process.exitValue()).as(after).isZero();
        assertThat(told).isNotEmpty();
        return told;
    }
}
