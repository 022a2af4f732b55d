package dev.kqueue.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One of those who are compared.
 *
 * @param name "JDK" or "ours", in the table
 * @param jvm what a JVM needs to be on this side
 */
public record Side(String name, List<String> jvm) {
    /** Set to the side's name in each JVM, for a case whose two sides are not the same code. */
    public static final String PROPERTY = "kqueue.benchmark.side";

    static final String JDK = "JDK";
    static final String OURS = "ours";

    static final String PROVIDER = "java.nio.channels.spi.SelectorProvider";

    static Side jdk() {
        return new Side(JDK, List.of("-D" + PROPERTY + "=" + JDK));
    }

    /** As an agent the jar is on the class path of these JVMs alone: the JDK's must not find its service. */
    static Side ours(String jar) {
        return new Side(
                OURS,
                List.of(
                        "-D" + PROPERTY + "=" + OURS,
                        "-javaagent:" + jar,
                        "-D" + PROVIDER + "=dev.kqueue.nio.KQueueSelectorProvider"));
    }

    /** Whether this JVM is on our side. */
    public static boolean isOurs() {
        return OURS.equals(System.getProperty(PROPERTY));
    }

    static boolean isLinux() {
        return System.getProperty("os.name").equals("Linux");
    }

    /** The command line of a JVM on this side. */
    public List<String> java(String mainClass) {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(jvm);
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(mainClass);
        return command;
    }

    String describe() throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(java(SelectorName.class.getName()))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        String selector = new String(process.getInputStream().readAllBytes()).strip();
        if (process.waitFor() != 0) {
            throw new IOException("this side cannot open a selector: " + name);
        }
        return "%-12s %s".formatted(name, selector);
    }
}
