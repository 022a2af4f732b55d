package dev.kqueue.program;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.nio.KQueueSelectorProvider;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * No class is lost while no descriptor is free, {@link FirstUseAtTheLimit}: none of a jar, whatever is done first then,
 * and none of a folder, from which loading takes a descriptor, that a failure or an operation of an open channel needs.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class FirstUseAtTheLimitTest {
    @TempDir Path folder;

    private static Path codeOf(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private Path jar(Path classes, String name) throws IOException {
        if (!Files.isDirectory(classes)) {
            return classes;
        }
        Path jar = folder.resolve(name);
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file);
                Stream<Path> files = Files.walk(classes)) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new ZipEntry(classes.relativize(each).toString()));
                Files.copy(each, out);
            }
        }
        return jar;
    }

    private List<String> run(Path library, Path tests, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -n 120 && exec \"$@\"", "sh"));
        command.addAll(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Djava.nio.channels.spi.SelectorProvider=" + KQueueSelectorProvider.class.getName(),
                        "-cp",
                        library + ":" + tests,
                        FirstUseAtTheLimit.class.getName(),
                        folder.toString()));
        command.addAll(List.of(arguments));
        Process program = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            List<String> lines = program.inputReader().readAllLines();
            assertThat(program.waitFor()).as("%s", lines).isZero();
            return lines;
        } finally {
            program.destroyForcibly();
        }
    }

    private static void assertNothingIsLost(List<String> lines) {
        assertThat(lines).contains("first selector: java.io.IOException: Too many open files");
        assertThat(lines).noneMatch(line -> line.contains("Error"));
        assertThat(lines.stream().filter(line -> line.startsWith("then "))).hasSizeGreaterThan(20);
        assertThat(lines).filteredOn(line -> line.startsWith("then ")).allMatch(line -> line.endsWith(": null"));
    }

    @Test
    void everythingMayBeDoneForTheFirstTime() throws Exception {
        Path library = jar(codeOf(KQueueSelectorProvider.class), "library.jar");
        Path tests = jar(codeOf(FirstUseAtTheLimit.class), "tests.jar");
        assertNothingIsLost(run(library, tests));
    }

    @Test
    void failuresAndUsesOfOpenChannelsNeedNoClassOfAFolder() throws Exception {
        assertNothingIsLost(run(codeOf(KQueueSelectorProvider.class), codeOf(FirstUseAtTheLimit.class), "opened"));
    }
}
