package dev.kqueue.programs;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/**
 * Tries programs on both selector providers, and prints a table: {@code Programs FOLDER KQUEUE_JAR NAME...}.
 *
 * <p>Each trial is a JVM of its own. The CPU time of a request is that of one run, server and clients together: it
 * shows that nothing is wrong by a factor, and is no benchmark.
 */
public final class Programs {
    private static final String PROVIDER =
            "-Djava.nio.channels.spi.SelectorProvider=dev.kqueue.nio.KQueueSelectorProvider";
    private static final int MINUTES_OF_A_TRIAL = 5;

    private final Path folder;
    private final Path kqueueJar;

    private Programs(Path folder, Path kqueueJar) {
        this.folder = folder;
        this.kqueueJar = kqueueJar;
    }

    public static void main(String[] args) throws Exception {
        Programs programs = new Programs(Path.of(args[0]), Path.of(args[1]));
        System.out.println(
                "| program | version | provider | requests | errors | CPU of a request | seen in the heap |");
        System.out.println("|---|---|---|--:|--:|--:|---|");
        boolean good = true;
        for (String name : List.of(args).subList(2, args.length)) {
            good &= programs.trial(name, false);
            good &= programs.trial(name, true);
        }
        System.exit(good ? 0 : 1);
    }

    private boolean trial(String name, boolean onKqueue) throws Exception {
        String provider = onKqueue ? "kqueue-nio" : "JDK";
        Path module = folder.resolve(name);
        Properties settings = new Properties();
        try (BufferedReader reader = Files.newBufferedReader(module.resolve("target/classes/program.properties"))) {
            settings.load(reader);
        }
        Path log = module.resolve("target/" + provider + ".log");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-Xmx1g"));
        String options = settings.getProperty("jvm", "").strip();
        if (!options.isEmpty()) {
            command.addAll(List.of(options.split("\\s+")));
        }
        String classPath = module.resolve("target/classes") + ":" + module.resolve("target/lib") + "/*";
        if (onKqueue) {
            // On the class path the jar would be found as a service, also without the property.
            classPath += ":" + kqueueJar;
            command.add(PROVIDER);
        }
        command.addAll(List.of("-cp", classPath));
        command.addAll(List.of(Trial.class.getName(), settings.getProperty("class"), settings.getProperty("requests")));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        String title = settings.getProperty("title");
        if (!process.waitFor(MINUTES_OF_A_TRIAL, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            return failed(title, provider, "no end after " + MINUTES_OF_A_TRIAL + " minutes", log);
        }
        String result = result(log);
        if (result == null) {
            return failed(title, provider, "exit status " + process.exitValue(), log);
        }
        String[] parts = result.split("\\|");
        System.out.printf(
                "| %s | %s | %s | %s | %s | %s µs | %s |%n",
                title, parts[0], provider, parts[1], parts[2], parts[3], parts[4]);
        return parts[2].equals("0");
    }

    private static boolean failed(String title, String provider, String reason, Path log) {
        System.out.printf("| %s | | %s | | %s: see %s | | |%n", title, provider, reason, log);
        return false;
    }

    private static String result(Path log) throws IOException {
        String found = null;
        for (String line : Files.readAllLines(log, StandardCharsets.ISO_8859_1)) {
            if (line.startsWith(Trial.RESULT)) {
                found = line.substring(Trial.RESULT.length());
            }
        }
        return found;
    }
}
