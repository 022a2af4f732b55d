package dev.kqueue.tool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code java -jar} with the arguments of a command: {@code OlderJavaTest} has what an older Java is told. */
@Timeout(120)
class LauncherTest {
    private static final String LAUNCHER = "dev.kqueue.tool.Launcher";

    private record Ended(int status, List<String> lines) {}

    private static Ended run(Path java, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(java.toString(), "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> lines = process.inputReader().readAllLines();
        return new Ended(process.waitFor(), lines);
    }

    private static Path own() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    @Test
    void argumentsAreHandedOn() throws Exception {
        Ended ended = run(own(), LAUNCHER, "nonsense");
        assertThat(ended.lines()).singleElement().asString().startsWith("usage: java -jar kqueue-nio.jar");
        assertThat(ended.status()).isEqualTo(2);
    }
}
