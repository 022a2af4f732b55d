package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_DELETE;
import static dev.kqueue.KEvent.EV_DISPATCH;
import static dev.kqueue.KEvent.EV_EOF;
import static dev.kqueue.KEvent.EV_ONESHOT;
import static dev.kqueue.Note.NOTE_EXIT;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kqueue.internal.libc.Errno;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;

/** EVFILT_PROC with NOTE_EXIT, which comes once: what the contract says of a second cause cannot be shown by it. */
class ProcExitTest extends ProcFilterContract {
    @BeforeEach
    void start() throws IOException {
        process = new ProcessBuilder("/bin/sh", "-c", "read line; exit 3").start();
    }

    @Override
    protected int fflags() {
        return NOTE_EXIT;
    }

    @Override
    protected void cause() throws Exception {
        process.getOutputStream().close();
        assertThat(process.waitFor()).isEqualTo(3);
    }

    @Test
    @Override
    protected void modifyReplacesFflags() throws Exception {
        kq.change(ident(), filter(), EV_ADD, 0, 0, 0);
        kq.change(ident(), filter(), EV_ADD, NOTE_EXIT, 0, 0);
        cause();
        assertThat(awaitFired().fflags()).isEqualTo(NOTE_EXIT);
    }

    private void assertLast(KQueueDriver.Event event) throws IOException {
        assertThat(event.has(EV_EOF)).isTrue();
        assertThat(event.has(EV_ONESHOT)).isTrue();
        assertThat(kq.pending()).isEmpty();
        assertThat(kq.errno(ident(), filter(), EV_DELETE)).isEqualTo(Errno.ENOENT);
    }

    @Test
    @Override
    void dispatchDisablesAfterTheReport() throws Exception {
        add(EV_DISPATCH);
        cause();
        assertLast(awaitFired());
    }

    @Test
    @Override
    void clearReportsOnceForOneCause() throws Exception {
        add(KEvent.EV_CLEAR);
        cause();
        assertLast(awaitFired());
    }
}
