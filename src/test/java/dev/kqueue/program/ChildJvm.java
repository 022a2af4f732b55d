package dev.kqueue.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program in a JVM of its own, with nothing but the system property set. */
final class ChildJvm {
    private ChildJvm() {}

    /** Runs the program to its end; returns what it printed. Fails if it does not end well, or in time. */
    static String run(Class<?> program) throws IOException, InterruptedException {
        return runUnder(List.of(), program);
    }

    /** The same, by another program that is given the command as its last arguments. */
    static String runUnder(List<String> prefix, Class<?> program) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Djava.nio.channels.spi.SelectorProvider=dev.kqueue.nio.KQueueSelectorProvider");
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-ea");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(program.getName());
        Path output = Files.createTempFile(program.getSimpleName(), ".out");
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
            boolean ended = process.waitFor(120, TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
            String printed = Files.readString(output, StandardCharsets.UTF_8);
            assertThat(ended).as("%s ended in time; it printed:%n%s", program.getSimpleName(), printed).isTrue();
            assertThat(process.exitValue()).as("exit status of %s:%n%s", program.getSimpleName(), printed).isZero();
            return printed;
        } finally {
            Files.delete(output);
        }
    }
}
