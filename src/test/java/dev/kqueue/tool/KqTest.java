package dev.kqueue.tool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
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

    /** A jar that is up to date, and a JDK that writes down its arguments, and makes a cache by this script. */
    private void jarAndJdk(String makeCache) throws IOException {
        Path jar = Files.createDirectories(root.resolve("target")).resolve("kqueue-nio.jar");
        Files.createFile(jar);
        Files.createDirectories(root.resolve("src/main"));
        Files.createDirectories(root.resolve("META-INF"));
        Files.createFile(root.resolve("pom.xml"));
        age(jar, 10);
        for (String source : List.of("src/main", "META-INF", "pom.xml")) {
            age(root.resolve(source), 20);
        }
        jdk("jdk", "25.0.3");
        program(
                "jdks/jdk/bin/java",
                "echo \"$@\" >> '%s'; case $* in *AOTCacheOutput=*) f=${*#*AOTCacheOutput=}; f=${f%%%% *}; %s;; esac"
                        .formatted(root.resolve("runs"), makeCache));
    }

    private static void age(Path path, int seconds) throws IOException {
        Files.setLastModifiedTime(path, FileTime.from(Instant.now().minusSeconds(seconds)));
    }

    /** What has been run since the last call: C for making a cache, + for a tool with it, - for one without. */
    private String runs() throws IOException {
        StringBuilder runs = new StringBuilder();
        for (String line : Files.readAllLines(root.resolve("runs"))) {
            runs.append(line.contains("AOTCacheOutput=") ? 'C' : line.contains("AOTCache=") ? '+' : '-');
        }
        Files.delete(root.resolve("runs"));
        return runs.toString();
    }

    @Test
    void cacheIsMadeOnceForAJarAndAJdk() throws Exception {
        jarAndJdk("echo cache > \"$f\"");
        kq("doctor");
        kq("doctor");
        assertThat(runs()).isEqualTo("C++");
        age(root.resolve("target/kqueue-nio.aot"), 15);
        kq("doctor");
        kq("doctor");
        assertThat(runs()).as("of a newer jar").isEqualTo("C++");
        jdk("jdk", "25.0.4");
        kq("doctor");
        assertThat(runs()).as("of another JDK").isEqualTo("C+");
    }

    @Test
    void toolWorksWhereNoCacheCanBeMade() throws Exception {
        jarAndJdk("exit 1");
        assertThat(kq("doctor").status()).isZero();
        assertThat(runs()).isEqualTo("C-");
        age(root.resolve("target/kqueue-nio.jar"), 15);
        kq("doctor");
        assertThat(runs()).as("without another attempt").isEqualTo("-");
    }

    @Test
    void buildThatFailsLeavesNoJar() throws Exception {
        jarAndJdk("exit 1");
        Files.delete(root.resolve("target/kqueue-nio.jar"));
        program("bin/mvn", "exit 1");
        assertThat(kq("build").status()).isNotZero();
        assertThat(root.resolve("target/kqueue-nio.jar")).doesNotExist();
    }
}
