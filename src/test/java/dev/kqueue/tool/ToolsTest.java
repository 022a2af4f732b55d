package dev.kqueue.tool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.List;

/** ./kq signals, demo and doctor, as users see them. */
@Timeout(180)
class ToolsTest {
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
    void doctorSaysWhatASmallJavaLacks() throws Exception {
        List<String> small = List.of("--limit-modules", "java.base,java.management,java.logging");
        try (RunningTool tool = new RunningTool(small, "doctor")) {
            assertThat(tool.expect("modules absent"))
                    .contains("jdk.net (extended socket options)", "jdk.unsupported (signals)", "jdk.httpserver");
            tool.expect("self-tests passed.");
            assertThat(tool.exitStatus()).isZero();
        }
    }

    @Test
    void demoOfASmallJavaDoesWithoutHttp() throws Exception {
        List<String> small = List.of("--limit-modules", "java.base,jdk.unsupported");
        try (RunningTool tool = new RunningTool(small, "demo")) {
            tool.expect("http: left out");
            tool.expect("done");
            assertThat(tool.exitStatus()).isZero();
        }
    }

    @Test
    void eachCommandHasHelp() throws Exception {
        for (String command : List.of("demo", "doctor", "watch", "wait", "signals")) {
            try (RunningTool tool = new RunningTool(command, "--help")) {
                assertThat(tool.expect("usage:")).startsWith("usage: ./kq " + command);
                assertThat(tool.exitStatus()).isZero();
            }
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
