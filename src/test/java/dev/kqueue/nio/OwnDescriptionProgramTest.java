package dev.kqueue.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.Ability;
import dev.kqueue.RequiresAbility;
import dev.kqueue.internal.channel.PollableDescriptor;
import dev.kqueue.internal.fd.PipeDescriptor;
import dev.kqueue.internal.libc.Errno;
import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.Unistd;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Adopted pipes in programs of their own: as standard input, and without a descriptor to spare. */
@RequiresAbility(Ability.REOPENED_PIPES)
@Timeout(60)
class OwnDescriptionProgramTest {
    private static PipedProcess start(String before, Class<?> program) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "sh",
                                "-c",
                                before + "exec \"$0\" \"$@\"",
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                program.getName()));
        return PipedProcess.start(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT));
    }

    private static boolean hasOwn(FdChannel channel) {
        return ((PollableDescriptor) channel).owned() instanceof PipeDescriptor;
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    // ---- standard input

    /** Reads one byte by a channel, and the next by System.in, which has to wait for it. */
    static final class BothReaders {
        private BothReaders() {}

        @SuppressWarnings("SystemOut") // it is how the other process is told
        public static void main(String[] arguments) throws IOException {
            int flags = Fcntl.fcntl(0, Fcntl.F_GETFL, 0);
            FdChannel in = FdChannel.adopt(0);
            require(hasOwn(in), "no description of its own");
            in.configureBlocking(false);
            require(in.read(ByteBuffer.allocate(1)) == 0, "something to read");
            require(Fcntl.fcntl(0, Fcntl.F_GETFL, 0) == flags, "other flags");
            System.out.println("a");
            require(System.in.read() == 'a', "System.in has not read a");
            System.out.println("b");
            in.configureBlocking(true);
            ByteBuffer read = ByteBuffer.allocate(1);
            require(in.read(read) == 1 && read.get(0) == 'b', "the channel has not read b");
            in.close();
            require(System.in.read() == -1, "standard input is something else than the null device");
        }
    }

    @Test
    void systemInWaitsBesideAChannelOfStandardInput() throws Exception {
        PipedProcess program = start("", BothReaders.class);
        try (Pipe.SourceChannel output = program.output().orElseThrow();
                Pipe.SinkChannel input = program.input().orElseThrow()) {
            ByteBuffer line = ByteBuffer.allocate(2);
            for (char expected : new char[] {'a', 'b'}) {
                line.clear();
                while (line.hasRemaining()) {
                    assertThat(output.read(line)).isPositive();
                }
                assertThat((char) line.get(0)).isEqualTo(expected);
                input.write(ByteBuffer.wrap(new byte[] {(byte) expected}));
            }
            assertThat(output.read(line.clear())).isEqualTo(-1);
            assertThat(program.process().waitFor()).isZero();
        } finally {
            program.process().destroyForcibly().waitFor();
        }
    }

    // ---- EMFILE

    /** Adopts a pipe when this process has no descriptor left. */
    static final class Crowded {
        private Crowded() {}

        public static void main(String[] arguments) throws IOException {
            // Classes are loaded while there are descriptors to load them with: those of both ways.
            try (FdChannel nothing = FdChannel.adopt(Fcntl.open("/dev/null", Fcntl.O_RDWR | Fcntl.O_CLOEXEC, 0))) {
                exchange(nothing, nothing, -1);
            }
            TestPipe second = TestPipe.open();
            try (FdChannel in = FdChannel.adopt(second.readEnd());
                    FdChannel out = FdChannel.adopt(second.writeEnd())) {
                require(hasOwn(in) && hasOwn(out), "no descriptions of their own");
                exchange(in, out, 3);
            }
            TestPipe pipe = TestPipe.open();
            Fcntl.setNonBlocking(pipe.readEnd(), false);
            Fcntl.setNonBlocking(pipe.writeEnd(), false);
            int copy;
            do {
                copy = Unistd.dup(pipe.readEnd());
            } while (copy >= 0);
            require(copy == -Errno.EMFILE, "dup(2) says " + copy);
            try (FdChannel in = FdChannel.adopt(pipe.readEnd());
                    FdChannel out = FdChannel.adopt(pipe.writeEnd())) {
                require(!hasOwn(in) && !hasOwn(out), "there was a descriptor left");
                exchange(in, out, 3);
            }
        }

        private static void exchange(FdChannel in, FdChannel out, int expected) throws IOException {
            require(out.write(ByteBuffer.allocate(3)) == 3, "not all was written");
            require(in.read(ByteBuffer.allocate(10)) == expected, "not all was read");
        }
    }

    @Test
    void pipeIsAdoptedWithoutADescriptorToSpare() throws Exception {
        PipedProcess program = start("ulimit -n 256; ", Crowded.class);
        try (program) {
            assertThat(program.process().waitFor()).isZero();
        } finally {
            program.process().destroyForcibly().waitFor();
        }
    }
}
