package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.management.ThreadMXBean;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Reads and writes allocate nothing, once they are compiled. Each kind of buffer has a JVM of its own: what the
 * compiler makes of one kind depends on how often it has seen the others.
 */
class BuffersAllocationTest {
    private static final int CALLS = 20_000;

    /** Prints the fewest bytes that so many writes and reads have allocated in any of many rounds. */
    static final class Program {
        private Program() {}

        static void main(String[] arguments) throws IOException {
            BuffersTest.Kind kind = BuffersTest.Kind.valueOf(arguments[0]);
            ByteBuffer src = kind.of(new byte[100]);
            ByteBuffer dst = kind.allocate(200);
            boolean list = Boolean.parseBoolean(arguments[1]);
            ByteBuffer[] srcs = {src};
            ByteBuffer[] dsts = {dst};
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long least = Long.MAX_VALUE;
            try (TestPipe pipe = TestPipe.open()) {
                for (int round = 0; round < 100 && least > 0; round++) {
                    long before = threads.getCurrentThreadAllocatedBytes();
                    for (int i = 0; i < CALLS; i++) {
                        src.position(5);
                        dst.clear().position(3);
                        long written =
                                list ? Buffers.write(pipe.writeEnd(), srcs, 0, 1) : Buffers.write(pipe.writeEnd(), src);
                        long read = list ? Buffers.read(pipe.readEnd(), dsts, 0, 1) : Buffers.read(pipe.readEnd(), dst);
                        if (written != 100 || read != 100) {
                            throw new AssertionError("a pipe that is neither full nor empty");
                        }
                    }
                    least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
                }
            }
            System.out.println(least);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = BuffersTest.Kind.class,
            names = {"HEAP", "HEAP_SLICE", "DIRECT", "DIRECT_SLICE", "AUTOMATIC_ARENA"})
    void readAndWriteAllocateNothing(BuffersTest.Kind kind) throws IOException, InterruptedException {
        for (String list : new String[] {"false", "true"}) {
            Process process =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                    "--enable-native-access=ALL-UNNAMED",
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    Program.class.getName(),
                                    kind.name(),
                                    list)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            long allocated = Long.parseLong(new String(process.getInputStream().readAllBytes(), UTF_8).strip());
            assertThat(process.waitFor()).isZero();
            // What a round may cost besides: the bookkeeping of the measurement itself.
            assertThat(allocated).as("bytes allocated by " + CALLS + " writes and reads").isLessThan(CALLS / 10);
        }
    }
}
