package dev.kqueue.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kqueue.Terminal;
import dev.kqueue.nio.FdChannel;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The tools in a terminal, which is typed to. */
@Timeout(180)
class TerminalTest {
    private static final Path SETSID = Path.of("/usr/bin/setsid");

    @TempDir Path folder;

    private FdChannel user;
    private File terminal;
    private final StringBuilder shown = new StringBuilder();
    private Process process;

    @BeforeEach
    void open() throws IOException {
        assumeTrue(Files.isExecutable(SETSID), SETSID.toString());
        int master = Terminal.openMaster();
        terminal = new File(Terminal.nameOf(master));
        user = FdChannel.adopt(master);
    }

    @AfterEach
    void close() throws IOException {
        process.destroyForcibly();
        user.close();
    }

    /** In a session of its own, whose terminal this is. */
    private void run(List<String> command) throws IOException {
        process =
                new ProcessBuilder(SETSID.toString(), "--ctty", "--wait")
                        .redirectInput(terminal)
                        .redirectOutput(terminal)
                        .redirectError(terminal)
                        .command(concat(List.of(SETSID.toString(), "--ctty", "--wait"), command))
                        .start();
    }

    private static List<String> concat(List<String> first, List<String> second) {
        return java.util.stream.Stream.concat(first.stream(), second.stream()).toList();
    }

    private void type(String keys) throws IOException {
        user.write(ByteBuffer.wrap(keys.getBytes(StandardCharsets.US_ASCII)));
    }

    private void expect(String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(1024);
        while (shown.indexOf(text) < 0) {
            assertThat(user.read(bytes.clear())).as("more than %s", shown).isPositive();
            shown.append(StandardCharsets.US_ASCII.decode(bytes.flip()));
        }
        shown.delete(0, shown.indexOf(text) + text.length());
    }

    @Test
    void linesAppearAtOnce() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        run(RunningTool.command(List.of(), "watch", folder.toString()));
        expect("watching");
        Files.writeString(file, "some");
        expect("MODIFIED " + file);
        Files.delete(file);
        expect("DELETED " + file);
    }

    @Test
    void theInterruptKeyIsTheUsualEnd() throws Exception {
        run(RunningTool.command(List.of(), "watch", folder.toString(), "--", "/bin/sh", "-c", "echo has run"));
        expect("has run");
        expect("exited with status 0");
        type("\003");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void aCommandReadsTheTerminalIfThePathsCameFromStandardInput() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        StringBuilder tool = new StringBuilder("echo " + file + " |");
        for (String word :
                RunningTool.command(
                        List.of(),
                        "watch",
                        "-z",
                        "-",
                        "--",
                        "/bin/sh",
                        "-c",
                        "echo ready; read line; echo got $line")) {
            tool.append(" '").append(word).append("'");
        }
        run(List.of("/bin/sh", "-c", tool.toString()));
        expect("ready");
        type("hello\n");
        expect("got hello");
        assertThat(process.waitFor()).isZero();
    }
}
