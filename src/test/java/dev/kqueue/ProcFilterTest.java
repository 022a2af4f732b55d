package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_DELETE;
import static dev.kqueue.KEvent.EV_DISABLE;
import static dev.kqueue.KEvent.EV_ENABLE;
import static dev.kqueue.KEvent.EV_EOF;
import static dev.kqueue.KEvent.EV_ONESHOT;
import static dev.kqueue.Note.NOTE_CHILD;
import static dev.kqueue.Note.NOTE_EXEC;
import static dev.kqueue.Note.NOTE_FORK;
import static dev.kqueue.Note.NOTE_TRACK;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kqueue.internal.libc.Errno;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * EVFILT_PROC. A process exits once, so of the behaviours that all filters share those with a second cause are shown by
 * forks, where the right to see them exists.
 */
class ProcFilterTest {
    /** With the wait status, which macOS tells only whom asks for it. */
    private static final int NOTE_EXIT = Note.NOTE_EXIT | Note.find("NOTE_EXITSTATUS").orElse(0);

    private KQueueDriver kq;
    private final List<Process> started = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        kq = new KQueueDriver();
    }

    @AfterEach
    void close() throws Exception {
        kq.close();
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
    }

    /** A shell that runs a command when it has read a line. */
    private final class Shell {
        final Process process;
        final long pid;
        final BufferedReader output;

        Shell(String command) throws IOException {
            process = new ProcessBuilder("/bin/sh", "-c", "read line; " + command).start();
            started.add(process);
            pid = process.pid();
            output = process.inputReader();
        }

        void run() throws IOException {
            try (OutputStream input = process.getOutputStream()) {
                input.write('\n');
            }
        }
    }

    private void watch(long pid, int notes) throws IOException {
        kq.change(pid, Filter.PROC, EV_ADD, notes, 0, pid);
    }

    /** Whether forks and execs can be seen. */
    private boolean mayFollow() throws IOException {
        int errno = kq.errno(ProcessHandle.current().pid(), Filter.PROC, EV_ADD, NOTE_FORK, 0);
        if (errno == 0) {
            kq.change(ProcessHandle.current().pid(), Filter.PROC, EV_DELETE, 0, 0, 0);
        } else {
            assertThat(errno).isIn(Errno.EPERM, Errno.EACCES);
        }
        return errno == 0;
    }

    @ParameterizedTest
    @CsvSource({"exit 0, 0", "exit 3, 768", "exit 255, 65280", "kill -9 $$, 9", "kill -15 $$, 15"})
    void exitTellsTheWaitStatus(String command, int status) throws IOException {
        Shell shell = new Shell(command);
        watch(shell.pid, NOTE_EXIT);
        assertThat(kq.pending()).isEmpty();
        shell.run();
        KQueueDriver.Event event = kq.awaitOne();
        assertThat(event.ident()).isEqualTo(shell.pid);
        assertThat(event.filter()).isEqualTo(Filter.PROC.value());
        assertThat(event.fflags()).isEqualTo(NOTE_EXIT);
        assertThat(event.data()).isEqualTo(status);
        assertThat(event.udata()).isEqualTo(shell.pid);
        assertThat(event.has(EV_EOF)).isTrue();
        assertThat(event.has(EV_ONESHOT)).isTrue();
        assertThat(kq.pending()).isEmpty();
        assertThat(kq.errno(shell.pid, Filter.PROC, EV_DELETE)).as("the knote is gone").isEqualTo(Errno.ENOENT);
    }

    @Test
    void exitLeavesTheProcessToItsParent() throws Exception {
        Shell shell = new Shell("exit 7");
        watch(shell.pid, NOTE_EXIT);
        shell.run();
        kq.awaitOne();
        assertThat(shell.process.waitFor()).isEqualTo(7);
    }

    @Test
    void exitOfAZombieIsReportedAtOnce() throws Exception {
        // The shell has become a sleep, which never waits for its child.
        Shell shell = new Shell("(sleep 0.3; exit 3) & echo $!; exec sleep 60");
        shell.run();
        long zombie = Long.parseLong(shell.output.readLine());
        awaitZombie(zombie);
        int errno = kq.errno(zombie, Filter.PROC, EV_ADD, NOTE_EXIT, 0);
        if (errno == 0) {
            KQueueDriver.Event event = kq.awaitOne();
            assertThat(event.fflags()).isEqualTo(NOTE_EXIT);
            assertThat(event.data()).isEqualTo(3 << 8);
        } else {
            assertThat(errno).isEqualTo(Errno.ESRCH);
        }
    }

    private static void awaitZombie(long pid) throws Exception {
        long deadline = System.nanoTime() + KQueueDriver.SOON.toNanos();
        while (!state(pid).startsWith("Z")) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    private static String state(long pid) throws Exception {
        Process ps = new ProcessBuilder("ps", "-o", "state=", "-p", Long.toString(pid)).start();
        String state = new String(ps.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII);
        ps.waitFor();
        return state.strip();
    }

    @Test
    void exitOfAProcessThatIsNoChildOfOurs() throws Exception {
        Shell shell = new Shell("sleep 0.2 & echo $!; wait $!; read never");
        shell.run();
        long grandchild = Long.parseLong(shell.output.readLine());
        watch(grandchild, NOTE_EXIT);
        KQueueDriver.Event event = kq.awaitOne();
        assertThat(event.ident()).isEqualTo(grandchild);
        assertThat(event.fflags()).isEqualTo(NOTE_EXIT);
    }

    @Test
    void pidThatIsGoneIsESRCH() throws Exception {
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        assertThat(kq.errno(gone.pid(), Filter.PROC, EV_ADD, NOTE_EXIT, 0)).isEqualTo(Errno.ESRCH);
        assertThat(kq.errno(0x1234_5678_9abcL, Filter.PROC, EV_ADD, NOTE_EXIT, 0)).isEqualTo(Errno.ESRCH);
        assertThat(kq.errno(gone.pid(), Filter.PROC, EV_DELETE)).isEqualTo(Errno.ENOENT);
    }

    @RequiresAbility(Ability.OWN_KQUEUE)
    @Test
    void unknownNoteIsRefused() throws Exception {
        long pid = ProcessHandle.current().pid();
        assertThat(kq.errno(pid, Filter.PROC, EV_ADD, 1 << 20, 0)).isEqualTo(Errno.EINVAL);
        assertThat(kq.errno(pid, Filter.PROC, EV_DELETE)).isEqualTo(Errno.ENOENT);
    }

    @Test
    void deleteEndsReports() throws Exception {
        Shell shell = new Shell("exit 0");
        watch(shell.pid, NOTE_EXIT);
        kq.change(shell.pid, Filter.PROC, EV_DELETE, 0, 0, 0);
        shell.run();
        shell.process.waitFor();
        assertThat(kq.pending()).isEmpty();
    }

    @Test
    void deleteDrainsWhatIsPending() throws Exception {
        Shell shell = new Shell("exit 0");
        watch(shell.pid, NOTE_EXIT);
        shell.run();
        shell.process.waitFor();
        kq.change(shell.pid, Filter.PROC, EV_DELETE, 0, 0, 0);
        assertThat(kq.pending()).isEmpty();
    }

    @Test
    void disableHoldsTheExitBackUntilEnable() throws Exception {
        Shell shell = new Shell("exit 5");
        watch(shell.pid, NOTE_EXIT);
        kq.change(shell.pid, Filter.PROC, EV_DISABLE, NOTE_EXIT, 0, 0);
        shell.run();
        shell.process.waitFor();
        assertThat(kq.fetch(1, Duration.ofMillis(50))).isEmpty();
        kq.change(shell.pid, Filter.PROC, EV_ENABLE, NOTE_EXIT, 0, 0);
        assertThat(kq.awaitOne().data()).isEqualTo(5 << 8);
    }

    @Test
    void modifyReplacesUdata() throws Exception {
        Shell shell = new Shell("exit 0");
        watch(shell.pid, NOTE_EXIT);
        kq.change(shell.pid, Filter.PROC, EV_ADD, NOTE_EXIT, 0, 42);
        shell.run();
        assertThat(kq.awaitOne().udata()).isEqualTo(42);
    }

    @RequiresAbility(Ability.OWN_KQUEUE)
    @Test
    void exitThatIsNotAskedForRemovesTheKnoteSilently() throws Exception {
        Shell shell = new Shell("exit 0");
        watch(shell.pid, 0);
        shell.run();
        shell.process.waitFor();
        assertThat(kq.fetch(1, Duration.ofMillis(50))).isEmpty();
        assertThat(kq.errno(shell.pid, Filter.PROC, EV_DELETE)).isEqualTo(Errno.ENOENT);
    }

    @Test
    void twoKqueuesBothReport() throws Exception {
        Shell shell = new Shell("exit 9");
        try (KQueueDriver other = new KQueueDriver()) {
            watch(shell.pid, NOTE_EXIT);
            other.change(shell.pid, Filter.PROC, EV_ADD, NOTE_EXIT, 0, 0);
            shell.run();
            assertThat(kq.awaitOne().data()).isEqualTo(9 << 8);
            assertThat(other.awaitOne().data()).isEqualTo(9 << 8);
        }
    }

    @Test
    void pidMayEqualADescriptor() throws Exception {
        // Identified by filter and ident, not by ident alone.
        Shell shell = new Shell("exit 0");
        watch(shell.pid, NOTE_EXIT);
        kq.change(shell.pid, Filter.USER, EV_ADD, 0, 0, 5);
        shell.run();
        assertThat(kq.awaitOne().filter()).isEqualTo(Filter.PROC.value());
        kq.change(shell.pid, Filter.USER, EV_DELETE, 0, 0, 0);
    }

    @Test
    void exitBeforeWhileOrAfterItIsAddedIsOneEventOrESRCH() throws Exception {
        raceWithExits(200);
    }

    @Test
    @Tag("slow")
    void exitOfThousandsBeforeWhileOrAfterTheyAreAddedIsOneEventOrESRCH() throws Exception {
        for (int i = 0; i < 20; i++) {
            raceWithExits(500);
        }
    }

    /** Adds processes that are about to end, are ending, or have ended: reaped by the JVM or not yet. */
    private void raceWithExits(int count) throws Exception {
        Set<Long> added = new HashSet<>();
        Map<Long, Integer> exits = new HashMap<>();
        Random random = new Random();
        int refused = 0;
        for (int i = 0; i < count; i++) {
            Process process = new ProcessBuilder("true").start();
            started.add(process);
            if (i % 4 == 3) {
                process.waitFor();
            } else if (i % 4 == 2) {
                Thread.sleep(Duration.ofNanos(random.nextInt(2_000_000)));
            }
            int errno = kq.errno(process.pid(), Filter.PROC, EV_ADD, NOTE_EXIT, 0);
            if (errno == 0) {
                added.add(process.pid());
            } else {
                assertThat(errno).isEqualTo(Errno.ESRCH);
                refused++;
            }
            if (i % 7 == 0) {
                count(kq.pending(), exits);
            }
        }
        assertThat(added.size() + refused).isEqualTo(count);
        while (exits.size() < added.size()) {
            count(kq.await(), exits);
        }
        for (Process process : started) {
            process.waitFor();
        }
        assertThat(kq.pending()).isEmpty();
        assertThat(exits.keySet()).isEqualTo(added);
        assertThat(exits.values()).containsOnly(1);
        started.clear();
    }

    private static void count(List<KQueueDriver.Event> events, Map<Long, Integer> exits) {
        for (KQueueDriver.Event event : events) {
            assertThat(event.fflags()).isEqualTo(NOTE_EXIT);
            assertThat(event.data()).as("exit status of " + event.ident()).isZero();
            exits.merge(event.ident(), 1, Integer::sum);
        }
    }

    @RequiresAbility(Ability.FORK_NOTES)
    @Test
    void forkIsReported() throws Exception {
        assumeTrue(mayFollow(), "the kernel does not let this user follow forks");
        Shell shell = new Shell("/bin/true; read never");
        watch(shell.pid, NOTE_FORK);
        assertThat(kq.pending()).isEmpty();
        shell.process.outputWriter().append('\n').flush();
        KQueueDriver.Event event = kq.awaitOne();
        assertThat(event.fflags()).isEqualTo(NOTE_FORK);
        assertThat(event.has(EV_EOF)).isFalse();
    }

    @RequiresAbility(Ability.FORK_NOTES)
    @Test
    void execIsReported() throws Exception {
        assumeTrue(mayFollow(), "the kernel does not let this user follow forks");
        Shell shell = new Shell("exec sleep 60");
        watch(shell.pid, NOTE_EXEC);
        shell.run();
        assertThat(kq.awaitOne().fflags()).isEqualTo(NOTE_EXEC);
    }

    @RequiresAbility(Ability.FORK_NOTES)
    @Test
    void notesOfOneProcessGather() throws Exception {
        assumeTrue(mayFollow(), "the kernel does not let this user follow forks");
        Shell shell = new Shell("/bin/true; exit 4");
        watch(shell.pid, NOTE_FORK | NOTE_EXEC | NOTE_EXIT);
        shell.run();
        shell.process.waitFor();
        int notes = 0;
        KQueueDriver.Event event;
        do {
            event = kq.awaitOne();
            notes |= event.fflags();
        } while (!event.has(EV_EOF));
        assertThat(notes).isEqualTo(NOTE_FORK | NOTE_EXIT);
        assertThat(event.data()).isEqualTo(4 << 8);
    }

    @RequiresAbility(Ability.FORK_NOTES)
    @Test
    void modifyReplacesFflags() throws Exception {
        assumeTrue(mayFollow(), "the kernel does not let this user follow forks");
        Shell shell = new Shell("/bin/true; read never");
        watch(shell.pid, NOTE_EXIT);
        watch(shell.pid, NOTE_FORK);
        shell.process.outputWriter().append('\n').flush();
        assertThat(kq.awaitOne().fflags()).isEqualTo(NOTE_FORK);
        watch(shell.pid, NOTE_EXEC);
        shell.process.destroyForcibly().waitFor();
        assertThat(kq.fetch(1, Duration.ofMillis(50))).isEmpty();
    }

    @RequiresAbility(Ability.FORK_NOTES)
    @Test
    void dispatchAndClearOfForks() throws Exception {
        assumeTrue(mayFollow(), "the kernel does not let this user follow forks");
        Shell shell = new Shell("/bin/true; read a; /bin/true; read b; /bin/true; read never");
        kq.change(shell.pid, Filter.PROC, EV_ADD | KEvent.EV_DISPATCH, NOTE_FORK, 0, 0);
        shell.process.outputWriter().append('\n').flush();
        kq.awaitOne();
        shell.process.outputWriter().append('\n').flush();
        assertThat(kq.fetch(1, Duration.ofMillis(100))).isEmpty();
        kq.change(shell.pid, Filter.PROC, EV_ENABLE, NOTE_FORK, 0, 0);
        kq.awaitOne();
        assertThat(kq.pending()).isEmpty();
    }

    @RequiresAbility(Ability.FORK_NOTES)
    @Test
    void childrenAreFollowed() throws Exception {
        assumeTrue(mayFollow(), "the kernel does not let this user follow forks");
        // A child that forks a grandchild, and both exit.
        Shell shell = new Shell("(echo $(exec sh -c 'echo $$'); exit 6) ; exit 1");
        watch(shell.pid, NOTE_TRACK | NOTE_EXIT);
        shell.run();
        Map<Long, Long> parents = new HashMap<>();
        Map<Long, Long> exits = new HashMap<>();
        parents.put(shell.pid, 0L);
        while (exits.size() < parents.size()) {
            for (KQueueDriver.Event event : kq.await()) {
                assertThat(event.udata()).as("children have the udata of who is followed").isEqualTo(shell.pid);
                if ((event.fflags() & NOTE_CHILD) != 0) {
                    assertThat(parents).containsKey(event.data());
                    assertThat(parents.put(event.ident(), event.data())).isNull();
                }
                if ((event.fflags() & NOTE_EXIT) != 0) {
                    assertThat(exits.put(event.ident(), event.data())).isNull();
                }
            }
        }
        assertThat(parents).hasSizeGreaterThanOrEqualTo(3);
        assertThat(exits.get(shell.pid)).isEqualTo(1 << 8);
        assertThat(exits).containsValue(6L << 8);
    }

    @RequiresAbility(Ability.FORK_NOTES)
    @Test
    void stormOfForksIsFollowedCompletely() throws Exception {
        assumeTrue(mayFollow(), "the kernel does not let this user follow forks");
        Shell shell = new Shell("i=0; while [ $i -lt 100 ]; do (exit $((i % 7))) & i=$((i+1)); done; wait; exit 0");
        watch(shell.pid, NOTE_TRACK | NOTE_EXIT);
        shell.run();
        Set<Long> children = new HashSet<>();
        Map<Long, Long> exits = new HashMap<>();
        while (exits.size() < 101) {
            for (KQueueDriver.Event event : kq.await()) {
                assertThat(event.fflags() & Note.NOTE_TRACKERR).isZero();
                if ((event.fflags() & NOTE_CHILD) != 0) {
                    assertThat(children.add(event.ident())).isTrue();
                }
                if ((event.fflags() & NOTE_EXIT) != 0) {
                    assertThat(exits.put(event.ident(), event.data())).isNull();
                }
            }
        }
        assertThat(children).hasSize(100);
        assertThat(exits.values()).contains(0L, 1L << 8, 6L << 8);
        assertThat(kq.pending()).isEmpty();
    }

    @Test
    void thousandProcessesAreWatched() throws Exception {
        Shell shell = new Shell("i=0; while [ $i -lt 1000 ]; do sleep 60 & echo $!; i=$((i+1)); done; read never");
        shell.process.outputWriter().append('\n').flush();
        Set<Long> pids = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            long pid = Long.parseLong(shell.output.readLine());
            watch(pid, NOTE_EXIT);
            pids.add(pid);
        }
        assertThat(kq.pending()).isEmpty();
        for (long pid : pids) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
        }
        while (!pids.isEmpty()) {
            for (KQueueDriver.Event event : kq.await()) {
                assertThat(pids.remove(event.ident())).isTrue();
                assertThat(event.data()).isEqualTo(15);
            }
        }
    }
}
