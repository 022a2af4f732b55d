package dev.kqueue.nio.parity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;

/** Runs programs on the JDK's own provider. */
public final class JdkProvider {
    private JdkProvider() {}

    /** What a program of these tests prints, in a JVM of its own, without this provider on its class path. */
    public static List<String> lines(Class<?> program) throws IOException, InterruptedException, URISyntaxException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        String classPath = new File(program.getProtectionDomain().getCodeSource().getLocation().toURI()).getPath();
        Process process =
                new ProcessBuilder(java.toString(), "-cp", classPath, program.getName())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (var lines = process.inputReader()) {
            List<String> all = lines.lines().toList();
            assertThat(process.waitFor()).isZero();
            return all;
        }
    }
}
