package dev.kqueue.program;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.Terminal;
import dev.kqueue.nio.FdChannel;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The example {@link LinesBesideSockets}, with each kind of standard input. */
@Timeout(120)
class LinesBesideSocketsTest {
    @TempDir Path folder;

    private static Process start(ProcessBuilder.Redirect input) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Djava.nio.channels.spi.SelectorProvider=dev.kqueue.nio.KQueueSelectorProvider",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LinesBesideSockets.class.getName())
                .redirectInput(input)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static int port(BufferedReader output) throws IOException {
        String line = output.readLine();
        assertThat(line).startsWith("listening at ");
        return Integer.parseInt(line.substring("listening at ".length()));
    }

    private static List<String> received(Socket client) throws IOException {
        return new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8))
                .lines()
                .toList();
    }

    @Test
    void linesOfAPipeReachEachConnectionUntilTheEnd() throws Exception {
        Process program = start(ProcessBuilder.Redirect.PIPE);
        OutputStream input = program.getOutputStream();
        try (BufferedReader output = program.inputReader()) {
            int port = port(output);
            try (Socket first = new Socket(InetAddress.getLoopbackAddress(), port)) {
                assertThat(output.readLine()).isEqualTo("connected: 1");
                input.write("one\ntw".getBytes(StandardCharsets.UTF_8));
                input.flush();
                try (Socket second = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    assertThat(output.readLine()).isEqualTo("connected: 2");
                    input.write("o\nthrée".getBytes(StandardCharsets.UTF_8));
                    input.close();
                    assertThat(received(first)).containsExactly("one", "two", "thrée");
                    assertThat(received(second)).contains("two", "thrée");
                }
            }
            assertThat(program.waitFor()).isZero();
        } finally {
            program.destroyForcibly();
        }
    }

    @Test
    void endOfAFileEndsTheProgram() throws Exception {
        File file = Files.writeString(folder.resolve("lines"), "one\n".repeat(10_000)).toFile();
        Process program = start(ProcessBuilder.Redirect.from(file));
        assertThat(program.waitFor()).isZero();
    }

    @Test
    void linesAreTypedAtATerminal() throws Exception {
        int number = Terminal.openMaster();
        try (FdChannel user = FdChannel.adopt(number)) {
            Process program = start(ProcessBuilder.Redirect.from(new File(Terminal.nameOf(number))));
            try (BufferedReader output = program.inputReader();
                    Socket client = new Socket(InetAddress.getLoopbackAddress(), port(output))) {
                assertThat(output.readLine()).isEqualTo("connected: 1");
                // Control-D at the beginning of a line is the end.
                user.write(ByteBuffer.wrap("one\ntwo\n\004".getBytes(StandardCharsets.US_ASCII)));
                assertThat(received(client)).containsExactly("one", "two");
                assertThat(program.waitFor()).isZero();
            } finally {
                program.destroyForcibly();
            }
        }
    }
}
