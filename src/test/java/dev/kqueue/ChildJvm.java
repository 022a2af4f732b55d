package dev.kqueue;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program in a JVM of its own, for what a JVM does once: choose an ABI, a provider, a class path. */
public final class ChildJvm {
    private final List<String> command = new ArrayList<>();
    private int seconds = 120;

    /** With the tests' class path, and {@code first} before it. */
    public ChildJvm(Path... first) {
        StringBuilder classPath = new StringBuilder();
        for (Path path : first) {
            classPath.append(path).append(System.getProperty("path.separator"));
        }
        command.addAll(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        classPath + System.getProperty("java.class.path")));
    }

    /** Run by another program, which is given the command as its last arguments. */
    public ChildJvm under(List<String> program) {
        command.addAll(0, program);
        return this;
    }

    /** For one that serves a whole class of tests: it may take so long, instead of two minutes. */
    public ChildJvm within(int longer) {
        seconds = longer;
        return this;
    }

    /** Runs it to its end, which must be a good one; returns what it printed. */
    public String run(String... arguments) throws IOException, InterruptedException {
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile("child", ".txt");
        try {
            // Into a file: a pipe would keep the test waiting for a child that hangs.
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
            boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
            process.destroyForcibly().waitFor();
            String text = Files.readString(output);
            assertThat(ended).as("ended by itself, having printed: %s", text).isTrue();
            assertThat(process.exitValue()).as(text).isZero();
            return text;
        } finally {
            Files.delete(output);
        }
    }
}
