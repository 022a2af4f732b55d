package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.management.ThreadMXBean;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How much an operation allocates once it is compiled. Each has a JVM of its own: what the compiler makes of one kind
 * of buffer depends on how often it has seen the others.
 */
public final class Allocation {
    private static final int CALLS = 20_000;

    private Allocation() {}

    public interface Operation {
        void run() throws IOException;
    }

    /** In the JVM of its own: prints the fewest bytes that many runs have allocated, in any of many rounds. */
    public static void print(Operation operation) throws IOException {
        print(operation, 0);
    }

    /** The same; is content as soon as no more than these bytes are allocated by each run. */
    public static void print(Operation operation, long enough) throws IOException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        // The compiler takes its time, the more so on a busy machine.
        long patience = System.nanoTime() + 60_000_000_000L;
        while (least > enough * CALLS && System.nanoTime() < patience) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < CALLS; i++) {
                operation.run();
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        System.out.println(least);
    }

    /** Runs a program that calls {@link #print}, and asserts that its operation allocates nothing. */
    public static void assertNone(Class<?> program, String... arguments) throws IOException, InterruptedException {
        assertAtMost(0, program, arguments);
    }

    /** The same, for an operation that may allocate so many bytes. */
    static void assertAtMost(long bytes, Class<?> program, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // One compiler alone: on a busy machine the first one passes on profiles that mislead the second.
        command.add("-XX:-TieredCompilation");
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path")));
        command.add(program.getName());
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).isZero();
        // What a round costs besides: the bookkeeping of the measurement itself.
        assertThat(Long.parseLong(printed.strip()))
                .as("bytes allocated by %d runs", CALLS)
                .isLessThan(bytes * CALLS + CALLS / 10);
    }
}
