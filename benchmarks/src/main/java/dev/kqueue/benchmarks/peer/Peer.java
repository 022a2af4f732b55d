package dev.kqueue.benchmarks.peer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process at the other end: always on the JDK's own provider, so that it is the same for every side, and so that the
 * process that is measured spends its descriptors and its CPU time on its own end alone.
 */
public final class Peer implements AutoCloseable {
    /** Not on the console: a peer that loses its connections when a case is over has reason to complain. */
    private static final ProcessBuilder.Redirect ERRORS =
            ProcessBuilder.Redirect.appendTo(Path.of("benchmarks", "target", "logs", "peers.log").toFile());

    private final Process process;
    private final OutputStream commands;
    private final BufferedReader answers;

    private Peer(List<String> command) throws IOException {
        process = new ProcessBuilder(command).redirectError(ERRORS).start();
        commands = process.getOutputStream();
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Starts a JVM, which is to print a line when it is ready and to end when its standard input does. */
    public static Peer start(Class<?> main, String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "-XX:+UseSerialGC",
                                "-cp",
                                System.getProperty("java.class.path"),
                                main.getName()));
        command.addAll(List.of(arguments));
        return new Peer(command);
    }

    /** Starts any program that keeps to the same rules. */
    public static Peer start(List<String> command) throws IOException {
        return new Peer(command);
    }

    /** The next line that the peer prints. */
    public String answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("a process has ended: see peers.log");
        }
        return line;
    }

    /** Waits for the port that the peer prints. */
    public InetSocketAddress address() throws IOException {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(answer()));
    }

    /** Sends a line, and waits for one. */
    public String ask(String command) throws IOException {
        commands.write((command + "\n").getBytes(StandardCharsets.UTF_8));
        commands.flush();
        return answer();
    }

    /** The process itself: to measure it. */
    public ProcessHandle process() {
        return process.toHandle();
    }

    /** Ends its input, and waits for it however long it takes. */
    public void finish() throws IOException, InterruptedException {
        commands.close();
        process.waitFor();
    }

    @Override
    public void close() throws IOException {
        end();
    }

    /** Ends its input, and waits for its end. A second call does nothing. */
    public void end() throws IOException {
        commands.close();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
