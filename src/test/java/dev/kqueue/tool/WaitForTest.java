package dev.kqueue.tool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.List;

/** ./kq wait, as users see it. */
@Timeout(180)
class WaitForTest {
    /** A child that ends when its input does, or sooner. */
    private static Process child(String last) throws Exception {
        return new ProcessBuilder("/bin/sh", "-c", "read line; " + last).start();
    }

    @Test
    void printsTheStatusOfAnyProcess() throws Exception {
        Process seven = child("exit 7");
        Process killed = child("exit 0");
        try (RunningTool tool = new RunningTool("wait", Long.toString(seven.pid()), Long.toString(killed.pid()))) {
            tool.expect("waiting for 2 processes");
            seven.getOutputStream().close();
            assertThat(tool.expect("exited")).isEqualTo(seven.pid() + ": exited with status 7");
            killed.destroyForcibly();
            assertThat(tool.expect("ended")).isEqualTo(killed.pid() + ": ended by signal 9");
            assertThat(tool.exitStatus()).isZero();
        }
    }

    @Test
    void aProcessThatHasEndedIsNamedAndNoFailureUnlessAsked() throws Exception {
        Process child = child("exit 0");
        child.getOutputStream().close();
        child.waitFor();
        String pid = Long.toString(child.pid());
        try (RunningTool tool = new RunningTool("wait", pid)) {
            tool.expect(pid + ": has ended already");
            assertThat(tool.exitStatus()).isZero();
        }
        try (RunningTool tool = new RunningTool("wait", "-e", pid)) {
            tool.expect(pid + ": has ended already");
            assertThat(tool.exitStatus()).isOne();
        }
    }

    @Test
    void waitsNoLongerThanAsked() throws Exception {
        Process child = child("exit 0");
        try (RunningTool tool = new RunningTool("wait", "-t", "0.1", Long.toString(child.pid()))) {
            assertThat(tool.exitStatus()).isEqualTo(124);
        } finally {
            child.destroyForcibly();
        }
    }

    @Test
    void endsWhenTheReaderOfItsOutputIsGone() throws Exception {
        Process child = child("exit 0");
        Process process =
                new ProcessBuilder(RunningTool.command(List.of(), "wait", Long.toString(child.pid()))).start();
        try {
            assertThat(process.errorReader().readLine()).startsWith("waiting");
            process.getInputStream().close();
            assertThat(process.waitFor()).isZero();
        } finally {
            process.destroyForcibly();
            child.destroyForcibly();
        }
    }

    @Test
    void refusesWhatIsNoProcessId() throws Exception {
        for (String wrong : List.of("one", "0", "-x", "2147483648")) {
            try (RunningTool tool = new RunningTool("wait", wrong)) {
                tool.expect("usage: ./kq wait");
                assertThat(tool.exitStatus()).isEqualTo(2);
            }
        }
    }
}
