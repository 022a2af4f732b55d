package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.KEvent.EV_ENABLE;
import static dev.kqueue.Note.NOTE_RENAME;
import static dev.kqueue.Note.NOTE_WRITE;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.file.StandardOpenOption.WRITE;

import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.Unistd;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** EVFILT_VNODE does what every filter does. */
class VnodeContractTest extends FilterContract {
    @TempDir Path directory;
    private Path file;
    private int fd;

    @BeforeEach
    void create() throws IOException {
        file = Files.writeString(directory.resolve("file"), "0123456789");
        fd = Fcntl.open(file.toString(), Fcntl.O_RDONLY | Fcntl.O_CLOEXEC, 0);
        assertThat(fd).isNotNegative();
    }

    @AfterEach
    void close() {
        Unistd.close(fd);
    }

    @Override
    protected Filter filter() {
        return Filter.VNODE;
    }

    @Override
    protected long ident() {
        return fd;
    }

    @Override
    protected int flags() {
        return EV_CLEAR;
    }

    @Override
    protected int fflags() {
        return NOTE_WRITE;
    }

    @Override
    protected void cause() throws IOException {
        try (FileChannel channel = FileChannel.open(file, WRITE)) {
            channel.write(java.nio.ByteBuffer.wrap(new byte[] {'x'}));
        }
    }

    @Test
    @Override
    void dispatchDisablesAfterTheReport() throws Exception {
        // With EV_CLEAR, as the contract's flags have it, some systems do not disable: EV_DISPATCH alone.
        kq.change(fd, Filter.VNODE, EV_ADD | KEvent.EV_DISPATCH, NOTE_WRITE, 0, 0);
        cause();
        awaitFired();
        cause();
        assertThat(kq.pending()).isEmpty();
        change(EV_ENABLE);
        awaitFired();
    }

    @Test
    @Override
    protected void modifyReplacesFflags() throws Exception {
        kq.change(fd, Filter.VNODE, EV_ADD | EV_CLEAR, NOTE_RENAME, 0, 0);
        cause();
        assertThat(kq.pending()).isEmpty();
        kq.change(fd, Filter.VNODE, EV_ADD | EV_CLEAR, NOTE_WRITE, 0, 0);
        assertThat(kq.pending()).as("what happened before is not reported").isEmpty();
        cause();
        assertThat(kq.awaitOne().fflags()).isEqualTo(NOTE_WRITE);
        kq.change(fd, Filter.VNODE, EV_ADD | EV_CLEAR, NOTE_RENAME, 0, 0);
        cause();
        assertThat(kq.pending()).isEmpty();
    }
}
