package dev.kqueue.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** An older Java is told so in one sentence. */
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
    void classIsOfJava8() throws IOException {
        try (DataInputStream in =
                new DataInputStream(LauncherTest.class.getResourceAsStream("/dev/kqueue/tool/Launcher.class"))) {
            in.readInt();
            in.readUnsignedShort();
            assertThat(in.readUnsignedShort()).isEqualTo(52);
        }
    }

    @Test
    void olderJavaIsToldSo() {
        assertThat(Launcher.complaint("1.8", "/opt/jdk8"))
                .isEqualTo("kqueue-nio needs Java 25 or newer; this is Java 1.8, in /opt/jdk8");
        assertThat(Launcher.complaint("24", "/opt/jdk")).contains("this is Java 24,");
        assertThat(Launcher.complaint("25", "/opt/jdk")).isNull();
        assertThat(Launcher.complaint("30", "/opt/jdk")).isNull();
    }

    @Test
    void realOlderJavaIsToldSo() throws Exception {
        Optional<Path> java = olderJava();
        assumeTrue(java.isPresent(), "there is no older Java in /usr/lib/jvm");
        Ended ended = run(java.get(), LAUNCHER, "doctor");
        assertThat(ended.lines())
                .singleElement()
                .asString()
                .matches("kqueue-nio needs Java 25 or newer; this is Java [0-9.]+, in .*");
        assertThat(ended.status()).isOne();
    }

    private static Optional<Path> olderJava() throws IOException {
        Path folder = Path.of("/usr/lib/jvm");
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        Pattern old = Pattern.compile("(?s).*JAVA_VERSION=\"(1\\.8|9|1[0-9]|2[0-4])[.\"_].*");
        try (Stream<Path> jdks = Files.list(folder)) {
            return jdks.filter(
                            jdk -> {
                                try {
                                    Path release = jdk.resolve("release");
                                    return Files.exists(release) && old.matcher(Files.readString(release)).matches();
                                } catch (IOException e) {
                                    return false;
                                }
                            })
                    .map(jdk -> jdk.resolve("bin/java"))
                    .filter(Files::isExecutable)
                    .findFirst();
        }
    }

    @Test
    void argumentsAreHandedOn() throws Exception {
        Ended ended = run(own(), LAUNCHER, "nonsense");
        assertThat(ended.lines()).singleElement().asString().startsWith("usage: java -jar kqueue-nio.jar");
        assertThat(ended.status()).isEqualTo(2);
    }
}
