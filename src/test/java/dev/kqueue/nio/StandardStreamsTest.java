package dev.kqueue.nio;

import static dev.kqueue.nio.Ascii.bytes;
import static dev.kqueue.nio.Ascii.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.Ability;
import dev.kqueue.RequiresAbility;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.file.Path;

/** Standard input and output as {@link FdChannel}s. */
@Timeout(60)
class StandardStreamsTest {
    /** Copies standard input to standard output by a selector, and looks what is left in their places. */
    static final class Copy {
        private Copy() {}

        @SuppressWarnings("SystemOut") // it is what is looked at
        public static void main(String[] arguments) throws IOException {
            try (FdChannel in = FdChannel.adopt(0);
                    FdChannel out = FdChannel.adopt(1);
                    Selector selector = KQueueSelectorProvider.instance().openSelector()) {
                in.configureBlocking(false);
                in.register(selector, SelectionKey.OP_READ);
                ByteBuffer buffer = ByteBuffer.allocate(1000);
                while (selector.select() > 0 && in.read(buffer) >= 0) {
                    out.write(buffer.flip());
                    buffer.clear();
                    selector.selectedKeys().clear();
                }
            }
            if (System.in.read() != -1) {
                throw new AssertionError("standard input is something else now");
            }
            System.out.println("this goes nowhere");
            if (System.out.checkError()) {
                throw new AssertionError("standard output is closed");
            }
        }
    }

    @RequiresAbility(Ability.HOST_DESCRIPTORS)
    @Test
    void standardStreamsAreChannelsAndLeaveTheNullDevice() throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Copy.class.getName());
        PipedProcess copy = PipedProcess.start(builder.redirectError(ProcessBuilder.Redirect.INHERIT));
        try (Pipe.SourceChannel output = copy.output().orElseThrow()) {
            try (Pipe.SinkChannel input = copy.input().orElseThrow()) {
                for (String line : new String[] {"one\n", "two\n"}) {
                    input.write(bytes(line));
                    ByteBuffer copied = ByteBuffer.allocate(4);
                    while (copied.hasRemaining()) {
                        assertThat(output.read(copied)).isPositive();
                    }
                    assertThat(text(copied)).isEqualTo(line);
                }
            }
            assertThat(output.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            assertThat(copy.process().waitFor()).isZero();
        } finally {
            copy.process().destroyForcibly().waitFor();
        }
    }
}
