package dev.kqueue.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counts system calls in a trace: exact, where times would be noise. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SystemCallsTest {
    /** Calls of the program's own thread, by phase and name. */
    private final Map<String, Map<String, Integer>> calls = new HashMap<>();

    private static boolean hasStrace() {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "strace")));
    }

    @BeforeAll
    void trace() throws Exception {
        assumeTrue(hasStrace(), "strace is not installed: no system calls can be counted");
        Path trace = Files.createTempFile("kqueue", ".strace");
        try {
            OnProvider.runUnder(
                    List.of("strace", "-f", "-qq", "-s", "200", "-o", trace.toString()), SystemCallsProgram.class);
            String thread = "";
            String phase = "";
            for (String line : Files.readAllLines(trace)) {
                String[] words = line.split(" +", 2);
                int mark = line.indexOf(SystemCallsProgram.MARK);
                if (mark >= 0) {
                    thread = words[0];
                    phase = line.substring(mark + SystemCallsProgram.MARK.length(), line.indexOf('"', mark));
                } else if (words[0].equals(thread) && words[1].indexOf('(') > 0 && !words[1].startsWith("<...")) {
                    String call = words[1].substring(0, words[1].indexOf('('));
                    calls.computeIfAbsent(phase, p -> new HashMap<>()).merge(call, 1, Integer::sum);
                }
            }
        } finally {
            Files.delete(trace);
        }
        assertThat(calls).as("the marks are in the trace").containsKeys("between", "select-after-changes");
    }

    /** Memory and locks are the JVM's affair; what is counted is the traffic with descriptors. */
    private int count(String phase, String... names) {
        Map<String, Integer> made = calls.getOrDefault(phase, Map.of());
        return Arrays.stream(names).mapToInt(name -> made.getOrDefault(name, 0)).sum();
    }

    private static final String[] WAITS = {"epoll_wait", "epoll_pwait", "epoll_pwait2", "poll", "ppoll", "kevent"};
    private static final String[] CHANGES = {"epoll_ctl", "eventfd2", "timerfd_settime", "fcntl", "ioctl"};
    private static final String[] IO = {"read", "write", "readv", "writev", "setsockopt", "getsockopt"};

    @Test
    void aSelectAfterManyInterestChangesMakesOneWaitAndTellsTheKernelNothing() {
        assertThat(count("select-after-changes", WAITS)).isEqualTo(1);
        assertThat(count("select-after-changes", CHANGES)).isZero();
        assertThat(count("select-after-changes", IO)).isZero();
    }

    /** The edge of the next data says what nobody knows after such a read: no question is left for poll(2). */
    @Test
    void aSelectAfterAReadThatFilledItsBufferMakesOneWaitWhereDataComesFast() {
        assertThat(count("exact-reads", WAITS)).isEqualTo(SystemCallsProgram.EXACT_READS);
        assertThat(count("exact-reads", CHANGES)).isZero();
    }

    @Test
    void anIdleSelectorMakesNone() {
        assertThat(count("idle", WAITS) + count("idle", CHANGES) + count("idle", IO)).isZero();
    }

    @Test
    void configureBlockingMakesNone() {
        assertThat(count("configure-blocking", WAITS)).isZero();
        assertThat(count("configure-blocking", CHANGES)).isZero();
        assertThat(count("configure-blocking", IO)).isZero();
    }

    @Test
    void aWakeupOfASelectorThatDoesNotWaitMakesNone() {
        assertThat(count("wakeup", WAITS) + count("wakeup", CHANGES) + count("wakeup", IO)).isZero();
    }

    /** That the counting counts: opening a selector is not free. */
    @Test
    void openingASelectorOpensOneKqueue() {
        assertThat(count("open-and-close", "epoll_create1", "kqueue", "kqueue1", "kqueuex")).isEqualTo(1);
    }

    private static final String[] SOCKETS = {
        "accept", "accept4", "getsockname", "getpeername", "setsockopt", "getsockopt", "fcntl", "ioctl", "shutdown"
    };

    private static final String[] MOVES = {
        "read", "write", "readv", "writev", "recvfrom", "sendto", "recvmsg", "sendmsg"
    };

    /** The address comes with the connection, and the mode is the channel's own. */
    @Test
    void anAcceptMakesOne() {
        assertThat(count("accept", "accept", "accept4")).isEqualTo(1);
        assertThat(count("accept", SOCKETS) + count("accept", WAITS) + count("accept", CHANGES)).isEqualTo(1);
    }

    @Test
    void aBlockingReadOrWriteThatNeedNotWaitMakesOne() {
        assertThat(count("read", MOVES)).isEqualTo(1);
        assertThat(count("write", MOVES)).isEqualTo(1);
        assertThat(count("read", WAITS) + count("write", WAITS)).isZero();
        assertThat(count("read", SOCKETS) + count("write", SOCKETS)).isZero();
    }

    @Test
    void aBlockingReadThatWaitsMakesOne() {
        assertThat(count("awaited-read", MOVES)).isEqualTo(1);
        assertThat(count("awaited-read", WAITS) + count("awaited-read", CHANGES)).isZero();
    }

    @Test
    void aBlockingEchoMakesTwoForAMessage() {
        assertThat(count("echo", MOVES)).isEqualTo(2 * SystemCallsProgram.MESSAGES);
        assertThat(count("echo", WAITS) + count("echo", CHANGES) + count("echo", SOCKETS)).isZero();
    }

    @Test
    void aBlockingAcceptThatWaitsMakesOne() {
        assertThat(count("awaited-accept", "accept", "accept4")).isEqualTo(1);
        assertThat(count("awaited-accept", SOCKETS) + count("awaited-accept", WAITS)).isEqualTo(1);
    }

    @Test
    void aBlockingConnectMakesOne() {
        assertThat(count("connect", "connect")).isEqualTo(1);
        assertThat(count("connect", WAITS) + count("connect", CHANGES)).isZero();
    }

    @Test
    void closingAConnectionMakesOne() {
        assertThat(count("close", "close")).isEqualTo(1);
        assertThat(count("close", SOCKETS) + count("close", WAITS) + count("close", CHANGES)).isZero();
    }
}
