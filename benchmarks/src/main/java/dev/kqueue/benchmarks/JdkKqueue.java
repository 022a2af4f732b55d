package dev.kqueue.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import javax.tools.ToolProvider;

/**
 * The JDK's own KQueueSelectorImpl, on Linux: fetched and compiled into java.base at run time, on the very kqueue that
 * our selector stands on. On macOS the plain JDK is that peer.
 */
final class JdkKqueue {
    static final String NAME = "jdk-kqueue";

    private static final Path SOURCES = Path.of("benchmarks", "src", "jdk-kqueue");
    private static final Path BUILD = Path.of("benchmarks", "target", "jdk-kqueue");

    private JdkKqueue() {}

    static Side prepare(String jar) {
        try {
            Path fetched = BUILD.resolve("fetched");
            if (!Files.exists(fetched.resolve("KQueueSelectorProvider.java"))) {
                System.out.println("fetching the JDK's kqueue selector: a minute or two");
                run(SOURCES.resolve("fetch").toString(), fetched.toString());
            }
            Path patch = BUILD.resolve("patch");
            Path bridge = BUILD.resolve("bridge");
            List<String> patching =
                    new ArrayList<>(
                            List.of("--patch-module", "java.base=" + SOURCES.resolve("patch"), "-d", patch.toString()));
            patching.addAll(javaFiles(fetched));
            patching.addAll(javaFiles(SOURCES.resolve("patch")));
            compile(patching);
            List<String> bridging =
                    new ArrayList<>(
                            List.of(
                                    "--patch-module",
                                    "java.base=" + patch,
                                    "--add-exports",
                                    "java.base/sun.nio.ch=ALL-UNNAMED",
                                    "-cp",
                                    jar,
                                    "-d",
                                    bridge.toString()));
            bridging.addAll(javaFiles(SOURCES.resolve("bridge")));
            compile(bridging);
            return side(jar, patch, bridge);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Side side(String jar, Path patch, Path bridge) {
        return new Side(
                NAME,
                List.of(
                        "-D" + Side.PROPERTY + "=" + NAME,
                        "--patch-module=java.base=" + patch.toAbsolutePath(),
                        "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                        // JMH sets the class path itself.
                        "-Xbootclasspath/a:" + jar + ":" + bridge.toAbsolutePath(),
                        "-D" + Side.PROVIDER + "=sun.nio.ch.KQueueSelectorProvider"));
    }

    private static List<String> javaFiles(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(Path::toString).filter(name -> name.endsWith(".java")).toList();
        }
    }

    private static void compile(List<String> arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of("-nowarn", "-proc:none"));
        all.addAll(arguments);
        if (ToolProvider.getSystemJavaCompiler().run(null, null, null, all.toArray(String[]::new)) != 0) {
            throw new IOException("the JDK's kqueue selector does not compile with this JDK");
        }
    }

    private static void run(String... command) throws IOException {
        try {
            if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
                throw new IOException(command[0] + " failed");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
