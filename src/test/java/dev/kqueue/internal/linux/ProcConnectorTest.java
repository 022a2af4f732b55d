package dev.kqueue.internal.linux;

import static dev.kqueue.Note.NOTE_EXEC;
import static dev.kqueue.Note.NOTE_EXIT;
import static dev.kqueue.Note.NOTE_FORK;
import static dev.kqueue.Note.NOTE_TRACK;
import static dev.kqueue.Note.NOTE_TRACKERR;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kqueue.Ability;
import dev.kqueue.Filter;
import dev.kqueue.KEventList;
import dev.kqueue.KQueue;
import dev.kqueue.RequiresAbility;
import dev.kqueue.internal.libc.Errno;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;

/** What the process connector loses, and how it is found to answer at all. */
@RequiresAbility(Ability.OWN_KQUEUE)
class ProcConnectorTest {
    /** No process has this number: it is above the highest that Linux gives. */
    private static final int NOBODY = (1 << 22) + 1;

    private static final int SELF = (int) ProcessHandle.current().pid();

    private final ScriptedProcSocket kernel = new ScriptedProcSocket();
    private final Queue queue = new Queue();

    ProcConnectorTest() throws IOException {
        queue.kqueue.core().connector().socket = kernel;
    }

    @AfterEach
    void close() {
        queue.close();
    }

    private int follow(int notes) throws IOException {
        return queue.add(SELF, Filter.PROC, notes);
    }

    private void read() {
        queue.kqueue.core().connector().read();
    }

    // -- Whether it answers.

    @Test
    void answerIsFoundBehindAnOverflow() throws IOException {
        kernel.event(ScriptedProcSocket.EXEC, 1, 1).fail(Errno.ENOBUFS).event(ScriptedProcSocket.EXEC, 1, 1).answer(0);

        assertThat(follow(NOTE_FORK)).isZero();
        assertThat(kernel.questions).isOne();
    }

    @Test
    void answerThatWasLostIsAskedForAgain() throws IOException {
        kernel.fail(Errno.ENOBUFS).nothingMore().answer(0);

        assertThat(follow(NOTE_FORK)).isZero();
        assertThat(kernel.questions).isEqualTo(2);
    }

    @Test
    void answerThatIsLostAgainAndAgainIsNoLackOfPermission() throws IOException {
        for (int i = 0; i < 100; i++) {
            kernel.fail(Errno.ENOBUFS).nothingMore();
        }

        assertThat(follow(NOTE_FORK)).isEqualTo(Errno.ENOBUFS);
    }

    @Test
    void silenceIsEPERM() throws IOException {
        assertThat(follow(NOTE_FORK)).isEqualTo(Errno.EPERM);
        assertThat(queue.kqueue.reason(Filter.PROC, SELF, Errno.EPERM)).contains("container").doesNotContain("pidfd");
    }

    @Test
    void refusalIsEPERM() throws IOException {
        kernel.answer(Errno.EPERM);

        assertThat(follow(NOTE_FORK)).isEqualTo(Errno.EPERM);
    }

    @Test
    void answerToAnotherListenerIsNotTaken() throws IOException {
        kernel.answerToAnother(Errno.EPERM).answer(0);

        assertThat(follow(NOTE_FORK)).isZero();
    }

    @Test
    void wantOfMemoryIsNoLackOfPermission() throws IOException {
        kernel.bound = -Errno.ENOMEM;

        assertThat(follow(NOTE_FORK)).isEqualTo(Errno.ENOMEM);
    }

    // -- What it loses.

    @Test
    void whatMayHaveBeenLostIsReported() throws IOException {
        kernel.answer(0);
        assertThat(follow(NOTE_FORK | NOTE_EXEC | NOTE_TRACK | NOTE_EXIT)).isZero();
        kernel.fail(Errno.ENOBUFS);
        read();

        assertThat(queue.pending()).containsEntry((long) SELF, NOTE_FORK | NOTE_EXEC | NOTE_TRACKERR);
        read();
        assertThat(queue.pending()).isEmpty();
    }

    @Test
    void onlyWhatWasAskedForIsReported() throws IOException {
        kernel.answer(0);
        assertThat(follow(NOTE_EXEC)).isZero();
        kernel.fail(Errno.ENOBUFS);
        read();

        assertThat(queue.pending()).containsEntry((long) SELF, NOTE_EXEC);
    }

    @Test
    void readingGoesOnAfterALoss() throws IOException {
        kernel.answer(0);
        assertThat(follow(NOTE_TRACK | NOTE_EXIT)).isZero();
        kernel.fail(Errno.ENOBUFS)
                .event(ScriptedProcSocket.FORK, SELF, SELF, NOBODY, NOBODY)
                .event(ScriptedProcSocket.EXIT, NOBODY, NOBODY, 3 << 8);
        read();

        KEventList events = KEventList.allocate(8);
        queue.kqueue.kevent(null, events, 0);
        assertThat(exitStatus(events)).as("the status that was behind the loss").isEqualTo(3 << 8);
    }

    @Test
    void exitOfAChildThatWasGoneAtOnceIsReportedIfItsMessageWasLost() throws IOException {
        kernel.answer(0);
        assertThat(follow(NOTE_TRACK | NOTE_EXIT)).isZero();
        kernel.event(ScriptedProcSocket.FORK, SELF, SELF, NOBODY, NOBODY);
        read();
        queue.pending();
        kernel.fail(Errno.ENOBUFS);
        read();

        KEventList events = KEventList.allocate(8);
        queue.kqueue.kevent(null, events, 0);
        assertThat(exitStatus(events)).as("nobody knows").isEqualTo(-1);
    }

    private static long exitStatus(KEventList events) {
        for (int i = 0; i < events.size(); i++) {
            if (events.ident(i) == NOBODY && (events.fflags(i) & NOTE_EXIT) != 0) {
                return events.data(i);
            }
        }
        throw new AssertionError("no exit in " + events);
    }

    // -- In which order.

    /** A fork behind so many other messages that no single read by epoll's report reaches it. */
    @ParameterizedTest
    @ValueSource(ints = {2_000, 12_000})
    void forkBehindManyMessagesComesBeforeTheExit(int others) throws Exception {
        Process child = new ProcessBuilder("cat").start();
        kernel.answer(0);
        assertThat(queue.add(child.pid(), Filter.PROC, NOTE_FORK | NOTE_EXIT)).isZero();
        for (int i = 0; i < others; i++) {
            kernel.event(ScriptedProcSocket.EXEC, NOBODY, NOBODY);
        }
        int pid = (int) child.pid();
        kernel.event(ScriptedProcSocket.FORK, pid, pid, NOBODY, NOBODY);
        child.destroy();

        assertForkIsReportedByTheExit();
    }

    @Test
    void lossBehindMessagesWithoutEndIsReportedBeforeTheExit() throws Exception {
        Process child = new ProcessBuilder("cat").start();
        kernel.answer(0);
        assertThat(queue.add(child.pid(), Filter.PROC, NOTE_FORK | NOTE_EXIT)).isZero();
        kernel.fail(Errno.ENOBUFS);
        for (int i = 0; i < 2 * ProcSocket.MOST_QUEUED; i++) {
            kernel.event(ScriptedProcSocket.EXEC, NOBODY, NOBODY);
        }
        child.destroy();

        assertForkIsReportedByTheExit();
    }

    private void assertForkIsReportedByTheExit() throws IOException {
        KEventList events = KEventList.allocate(8);
        int notes = 0;
        while ((notes & NOTE_EXIT) == 0) {
            assertThat(queue.kqueue.kevent(null, events, KQueue.FOREVER)).isOne();
            notes |= events.fflags(0);
        }
        assertThat(notes).isEqualTo(NOTE_FORK | NOTE_EXIT);
    }

    @Test
    void forkBeforeTheRegistrationIsNotReported() throws IOException {
        Process child = new ProcessBuilder("cat").start();
        kernel.answer(0);
        assertThat(queue.add(child.pid(), Filter.PROC, NOTE_FORK)).isZero();
        for (int i = 0; i < 2_000; i++) {
            kernel.event(ScriptedProcSocket.EXEC, NOBODY, NOBODY);
        }
        kernel.event(ScriptedProcSocket.FORK, SELF, SELF, NOBODY, NOBODY);
        assertThat(follow(NOTE_FORK)).isZero();
        read();

        assertThat(queue.pending()).isEmpty();
        child.destroy();
    }

    @Test
    void failedReadCountsAsALossOnce() throws IOException {
        kernel.answer(0);
        assertThat(follow(NOTE_FORK)).isZero();
        kernel.fail(Errno.ENOMEM).fail(Errno.ENOMEM);
        read();
        assertThat(queue.pending()).containsEntry((long) SELF, NOTE_FORK);
        read();

        assertThat(queue.pending()).isEmpty();
    }

    @Test
    void messageThatThereWasNoMemoryForCountsAsLost() throws IOException {
        kernel.answer(0);
        assertThat(follow(NOTE_FORK)).isZero();
        kernel.outOfMemory();
        assertThatThrownBy(this::read).isInstanceOf(OutOfMemoryError.class);
        queue.kqueue.core().connector().restore();

        assertThat(queue.pending()).containsEntry((long) SELF, NOTE_FORK);
    }
}
