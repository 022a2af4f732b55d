package dev.kqueue.internal.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/** An older Java is told in one sentence which Java is needed, however it meets this library. */
@Timeout(120)
class OlderJavaTest {
    private static final String SENTENCE = "kqueue-nio needs Java 25 or newer; this is Java [0-9.]+, in [^\n]*";

    private static final String PROVIDER = "dev.kqueue.nio.KQueueSelectorProvider";

    @TempDir Path folder;

    private record Ended(int status, String output) {}

    /** An older Java's runtime, as the tests' own JVM finds one. */
    private static Path olderJava() throws IOException {
        Pattern old = Pattern.compile("(?s).*JAVA_VERSION=\"(1\\.8|9|1[0-9]|2[0-4])[.\"_].*");
        List<Path> jdks = new ArrayList<>();
        Path installed = Path.of("/usr/lib/jvm");
        if (Files.isDirectory(installed)) {
            try (Stream<Path> found = Files.list(installed)) {
                found.sorted().forEach(jdks::add);
            }
        }
        Optional<Path> java = Optional.empty();
        for (Path jdk : jdks) {
            Path release = jdk.resolve("release");
            Path program = jdk.resolve("bin/java");
            if (Files.exists(release)
                    && Files.isExecutable(program)
                    && old.matcher(Files.readString(release)).matches()) {
                java = Optional.of(program);
            }
        }
        assumeTrue(java.isPresent(), "no Java older than 25 in /usr/lib/jvm");
        return java.get();
    }

    private static Ended run(Path java, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(java.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output);
    }

    private static String classPath() {
        return System.getProperty("java.class.path");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dev.kqueue.internal.jvm.RequiredJava",
                "dev.kqueue.nio.KQueueSelectorProvider",
                "dev.kqueue.nio.KQueueSelectorProvider$Instance",
                "dev.kqueue.tool.Agent",
                "dev.kqueue.tool.Launcher"
            })
    void classIsOfJava8(String name) throws IOException {
        String resource = "/" + name.replace('.', '/') + ".class";
        try (DataInputStream in = new DataInputStream(OlderJavaTest.class.getResourceAsStream(resource))) {
            in.readInt();
            in.readUnsignedShort();
            assertThat(in.readUnsignedShort()).isEqualTo(52);
        }
    }

    @Test
    void sentenceNamesBothVersions() {
        assertThat(RequiredJava.complaint("1.8", "/opt/jdk8"))
                .isEqualTo("kqueue-nio needs Java 25 or newer; this is Java 1.8, in /opt/jdk8");
        assertThat(RequiredJava.complaint("24", "/opt/jdk")).contains("this is Java 24,");
        assertThat(RequiredJava.complaint("25", "/opt/jdk")).isNull();
        assertThat(RequiredJava.complaint("30", "/opt/jdk")).isNull();
    }

    @Test
    void launcherEndsWithTheSentence() throws Exception {
        Ended ended = run(olderJava(), "-cp", classPath(), "dev.kqueue.tool.Launcher", "doctor");
        assertThat(ended.output().strip()).matches(SENTENCE);
        assertThat(ended.status()).isOne();
    }

    @Test
    void agentEndsTheJvmWithTheSentence() throws Exception {
        Ended ended = run(olderJava(), "-javaagent:" + agent(), "-cp", classPath(), "AnyProgram");
        assertThat(ended.output().strip()).matches(SENTENCE);
        assertThat(ended.status()).isOne();
    }

    /** A jar with the classes that an agent needs. */
    private Path agent() throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", "dev.kqueue.tool.Agent");
        Path jar = folder.resolve("agent.jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest)) {
            for (String name : List.of("dev/kqueue/tool/Agent.class", "dev/kqueue/internal/jvm/RequiredJava.class")) {
                out.putNextEntry(new ZipEntry(name));
                out.write(OlderJavaTest.class.getResourceAsStream("/" + name).readAllBytes());
            }
        }
        return jar;
    }

    /** A program for any Java: opens a selector. */
    private Path program() throws IOException {
        Path source = folder.resolve("Opens.java");
        Files.writeString(
                source,
                "public class Opens { public static void main(String[] a) throws Exception {"
                    + " System.out.println(java.nio.channels.Selector.open().provider().getClass().getName()); } }");
        return source;
    }

    @Test
    void programThatFindsTheProviderAsAServiceIsToldTheSentence() throws Exception {
        Ended ended = run(olderJava(), "-cp", classPath(), program().toString());
        assertThat(ended.output()).containsPattern("UnsupportedOperationException: " + SENTENCE);
        assertThat(ended.output()).doesNotContain("UnsupportedClassVersionError");
        assertThat(ended.status()).isOne();
    }

    @Test
    void programThatNamesTheProviderIsToldTheSentence() throws Exception {
        String property = "-Djava.nio.channels.spi.SelectorProvider=" + PROVIDER;
        Ended ended = run(olderJava(), property, "-cp", classPath(), program().toString());
        assertThat(ended.output()).containsPattern("UnsupportedOperationException: " + SENTENCE);
        assertThat(ended.status()).isOne();
    }

    /** The same program on a Java that is new enough: so the tests above would see a provider that was used. */
    @Test
    void sameProgramRunsOnKqueueHere() throws Exception {
        Path own = Path.of(System.getProperty("java.home"), "bin", "java");
        Ended ended = run(own, "--enable-native-access=ALL-UNNAMED", "-cp", classPath(), program().toString());
        assertThat(ended.output().strip()).isEqualTo(PROVIDER);
        assertThat(ended.status()).isZero();
    }
}
