package dev.kqueue.tool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** ./kq watch, wait, signals, demo and doctor, as users see them. */
@Timeout(180)
class ToolsTest {
    @TempDir Path folder;

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("file"), content);
    }

    @Test
    void watchPrintsWhatHappens() throws Exception {
        Path file = file("");
        try (RunningTool tool = new RunningTool("watch", file.toString(), folder.toString())) {
            tool.expect("watching");
            Files.writeString(file, "some");
            assertThat(tool.expect("WRITE")).startsWith(file.toString());
            Files.createFile(folder.resolve("other"));
            assertThat(tool.expect(folder + " [")).contains("WRITE");
        }
    }

    @Test
    void watchFollowsTheNameThroughReplacement() throws Exception {
        Path file = file("");
        try (RunningTool tool = new RunningTool("watch", file.toString())) {
            tool.expect("watching");
            Files.move(Files.writeString(folder.resolve("new"), "new"), file, StandardCopyOption.REPLACE_EXISTING);
            tool.expect("DELETE");
            Files.writeString(file, "some");
            tool.expect("WRITE");
            Files.delete(file);
            tool.expect("DELETE");
            Files.createFile(file);
            tool.expect("is there again");
            Files.writeString(file, "more");
            tool.expect("WRITE");
        }
    }

    @Test
    void watchRunsItsCommandAnewAfterEachChange() throws Exception {
        Path file = file("one");
        try (RunningTool tool =
                new RunningTool(
                        "watch", file.toString(), "--", "/bin/sh", "-c", "echo got `cat '" + file + "'`; exit 3")) {
            tool.expect("got one");
            tool.expect("exited with status 3");
            Files.writeString(file, "two");
            tool.expect("got two");
            tool.expect("exited with status 3");
            Files.writeString(file, "three");
            tool.expect("got three");
        }
    }

    @Test
    void watchNamesWhatIsNotThere() throws Exception {
        Path missing = folder.resolve("missing");
        try (RunningTool tool = new RunningTool("watch", missing.toString())) {
            tool.expect(missing + ": there is no such file");
            assertThat(tool.exitStatus()).isOne();
        }
        try (RunningTool tool = new RunningTool("watch")) {
            tool.expect("usage: ./kq watch");
            assertThat(tool.exitStatus()).isEqualTo(2);
        }
    }

    @Test
    void waitPrintsTheStatusOfAnyProcess() throws Exception {
        Process seven = new ProcessBuilder("/bin/sh", "-c", "read line; exit 7").start();
        Process killed = new ProcessBuilder("/bin/sh", "-c", "read line").start();
        try (RunningTool tool = new RunningTool("wait", Long.toString(seven.pid()), Long.toString(killed.pid()))) {
            tool.expect("waiting");
            seven.getOutputStream().close();
            assertThat(tool.expect("exited")).isEqualTo(seven.pid() + ": exited with status 7");
            killed.destroyForcibly();
            assertThat(tool.expect("ended")).isEqualTo(killed.pid() + ": ended by signal 9");
            assertThat(tool.exitStatus()).isZero();
        }
    }

    @Test
    void doctorEndsWithZeroIfAllIsWell() throws Exception {
        try (RunningTool tool = new RunningTool("doctor")) {
            tool.expect("self-tests passed.");
            assertThat(tool.exitStatus()).isZero();
        }
    }

    @Test
    void doctorSaysWhereNothingWorks() throws Exception {
        try (RunningTool tool = new RunningTool(List.of("-Dos.name=Windows 11"), "doctor")) {
            tool.expect("kqueue-nio does not run on Windows 11, only on macOS, FreeBSD, NetBSD, OpenBSD,");
            assertThat(tool.exitStatus()).isOne();
        }
    }

    @Test
    void waitNamesWhatItCannotWaitFor() throws Exception {
        try (RunningTool tool = new RunningTool("wait", "nobody", "0", "2147483647")) {
            tool.expect("nobody is no process id");
            tool.expect("0 is no process id");
            tool.expect("2147483647");
            assertThat(tool.exitStatus()).isOne();
        }
    }

    @Test
    void watchNamesACommandThatCannotBeRun() throws Exception {
        String file = file("").toString();
        try (RunningTool tool = new RunningTool("watch", file, "--", folder.resolve("no-such-command").toString())) {
            tool.expect("no-such-command");
            assertThat(tool.exitStatus()).isOne();
        }
        try (RunningTool tool = new RunningTool("watch", file, "--")) {
            tool.expect("usage: ./kq watch");
            assertThat(tool.exitStatus()).isEqualTo(2);
        }
    }

    @Test
    void signalsPrintsWhatIsSentUntilItIsToEnd() throws Exception {
        try (RunningTool tool = new RunningTool("signals")) {
            tool.expect("SIGKILL cannot be handled");
            tool.expect("handles");
            tool.expect("end it");
            kill("USR1", tool);
            tool.expect("SIGUSR1");
            kill("WINCH", tool);
            tool.expect("SIGWINCH");
            kill("HUP", tool);
            tool.expect("SIGHUP");
            kill("TERM", tool);
            tool.expect("SIGTERM");
            assertThat(tool.exitStatus()).isZero();
        }
        try (RunningTool tool = new RunningTool("signals")) {
            tool.expect("end it");
            kill("INT", tool);
            tool.expect("SIGINT");
            assertThat(tool.exitStatus()).isZero();
        }
        try (RunningTool tool = new RunningTool(List.of("-Xrs"), "signals")) {
            tool.expect("SIGTERM cannot be handled: this JVM was started with -Xrs");
            assertThat(tool.exitStatus()).isOne();
        }
        try (RunningTool tool = new RunningTool("signals", "HUP")) {
            tool.expect("usage: ./kq signals");
            assertThat(tool.exitStatus()).isEqualTo(2);
        }
    }

    private static void kill(String signal, RunningTool tool) throws Exception {
        String pid = Long.toString(tool.process().pid());
        assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor()).isZero();
    }

    @Test
    void demoHearsOfEverySourceAndEnds() throws Exception {
        try (RunningTool tool = new RunningTool("demo")) {
            String all = tool.expectAll("done");
            assertThat(all)
                    .contains("1000 requests served")
                    .contains("loop: a connection")
                    .containsPattern("loop: a file, .*WRITE")
                    .contains("loop: a child process, exited with 7")
                    .contains("loop: a signal, SIGWINCH")
                    .contains("loop: a timer")
                    .contains("loop: a user event; 2000 messages");
            assertThat(tool.exitStatus()).isZero();
        }
    }
}
