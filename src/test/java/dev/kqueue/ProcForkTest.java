package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.Note.NOTE_EXEC;
import static dev.kqueue.Note.NOTE_FORK;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kqueue.internal.libc.Errno;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.BufferedReader;
import java.io.IOException;

/** EVFILT_PROC with NOTE_FORK: a process that lives on. */
class ProcForkTest extends ProcFilterContract {
    private BufferedReader output;

    @BeforeEach
    void start() throws Exception {
        process = new ProcessBuilder("/bin/sh", "-c", "while read line; do /bin/true; echo forked; done").start();
        output = process.inputReader();
        int errno = kq.errno(ident(), filter(), EV_ADD, NOTE_FORK, 0);
        assumeTrue(errno != Errno.EPERM && errno != Errno.EACCES, "forks are told to the privileged only");
        change(KEvent.EV_DELETE);
    }

    @Override
    protected int fflags() {
        return NOTE_FORK;
    }

    @Override
    protected void cause() throws IOException {
        process.outputWriter().append('\n').flush();
        assertThat(output.readLine()).isEqualTo("forked");
    }

    @Test
    void forkBeforeItIsAddedIsNotReported() throws Exception {
        // Another process is followed, so that forks are told of already.
        kq.change(ProcessHandle.current().pid(), filter(), EV_ADD, NOTE_EXEC, 0, 0);
        cause();
        add(0);
        assertThat(kq.pending()).isEmpty();
        cause();
        awaitFired();
    }

    @Test
    @Override
    protected void modifyReplacesFflags() throws Exception {
        kq.change(ident(), filter(), EV_ADD, NOTE_EXEC, 0, 0);
        cause();
        assertThat(kq.pending()).as("the shell itself has executed nothing").isEmpty();
        kq.change(ident(), filter(), EV_ADD, NOTE_FORK, 0, 0);
        cause();
        assertThat(awaitFired().fflags()).isEqualTo(NOTE_FORK);
    }
}
