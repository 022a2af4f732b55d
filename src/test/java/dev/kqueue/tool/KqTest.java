package dev.kqueue.tool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The script, where no Java is found that is new enough: on a copy that looks for it in a folder of the test's. */
@Timeout(60)
class KqTest {
    @TempDir Path root;

    private record Ended(int status, List<String> lines) {}

    @BeforeEach
    void copy() throws IOException {
        String script = Files.readString(Path.of("kq"));
        Matcher folders = Pattern.compile("for folder in \\\\\n.*?; do", Pattern.DOTALL).matcher(script);
        assertThat(folders.find()).as("the list of folders").isTrue();
        Files.writeString(root.resolve("kq"), folders.replaceFirst("for folder in \"\\$root\"/jdks/*; do"));
        // Before any other on the PATH: a Java whose home has no compiler.
        program("bin/java", "echo '    java.home = /no/such/folder'");
        program("bin/mvn", "echo asked to build");
    }

    private void program(String name, String script) throws IOException {
        Path path = root.resolve(name);
        Files.createDirectories(path.getParent());
        Files.writeString(path, "#!/bin/sh\n" + script + "\n");
        assertThat(path.toFile().setExecutable(true)).isTrue();
    }

    private Ended kq(String command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", root.resolve("kq").toString(), command);
        builder.environment().remove("JAVA_HOME");
        builder.environment().merge("PATH", root.resolve("bin") + ":", (path, first) -> first + path);
        Process process = builder.redirectErrorStream(true).start();
        List<String> lines = process.inputReader().readAllLines();
        return new Ended(process.waitFor(), lines);
    }

    private void jdk(String name, String version) throws IOException {
        program("jdks/" + name + "/bin/javac", "");
        Files.writeString(root.resolve("jdks").resolve(name).resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    }

    @Test
    void machineWithoutAJdkIsToldInOneSentence() throws Exception {
        Ended ended = kq("demo");
        assertThat(ended.lines())
                .singleElement()
                .asString()
                .startsWith("kq: no JDK 25 or newer found: install one")
                .endsWith("or set JAVA_HOME to it.");
        assertThat(ended.status()).isOne();
    }

    @Test
    void olderJdksDoNotCount() throws Exception {
        jdk("jdk 8", "1.8.0_402");
        jdk("jdk-17", "17.0.15");
        jdk("jdk-24", "24");
        for (String command : List.of("demo", "doctor", "test", "build")) {
            assertThat(kq(command).lines()).singleElement().asString().startsWith("kq: no JDK 25 or newer found");
        }
    }

    @Test
    void newerJdkIsFoundInAFolderWithASpace() throws Exception {
        jdk("a jdk", "25.0.3");
        Files.createDirectories(root.resolve("src/main"));
        Files.createDirectories(root.resolve("META-INF"));
        Files.createFile(root.resolve("pom.xml"));
        assertThat(kq("build").lines()).contains("asked to build");
    }

    @Test
    void unknownCommandShowsTheUsage() throws Exception {
        Ended ended = kq("nonsense");
        assertThat(ended.lines().getFirst()).startsWith("usage: ./kq COMMAND");
        assertThat(ended.status()).isEqualTo(2);
    }
}
