package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.Note.NOTE_ATTRIB;
import static dev.kqueue.Note.NOTE_DELETE;
import static dev.kqueue.Note.NOTE_EXTEND;
import static dev.kqueue.Note.NOTE_LINK;
import static dev.kqueue.Note.NOTE_RENAME;
import static dev.kqueue.Note.NOTE_WRITE;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.file.StandardOpenOption.WRITE;

import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.Unistd;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** A file, and a kqueue that watches it and others. */
abstract class VnodeFiles {
    static final int EVERYTHING =
            NOTE_DELETE | NOTE_WRITE | NOTE_EXTEND | NOTE_ATTRIB | NOTE_LINK | NOTE_RENAME | Note.NOTE_REVOKE;

    KQueueDriver kq;

    @BeforeEach
    void openQueue() throws IOException {
        kq = new KQueueDriver();
    }

    @AfterEach
    void closeQueue() throws IOException {
        kq.close();
    }

    @TempDir Path directory;

    Path file;
    int fd;
    final Set<Integer> opened = new HashSet<>();

    @BeforeEach
    void create() throws IOException {
        file = Files.writeString(directory.resolve("file"), "0123456789");
        fd = open(file);
    }

    @AfterEach
    void close() {
        opened.forEach(Unistd::close);
    }

    int open(Path path) {
        int opened = Fcntl.open(path.toString(), Fcntl.O_RDONLY | Fcntl.O_CLOEXEC, 0);
        assertThat(opened).isNotNegative();
        this.opened.add(opened);
        return opened;
    }

    /** Watches for all that every system has. */
    void watch(int ident) throws IOException {
        watch(ident, EVERYTHING);
    }

    void watch(int ident, int notes) throws IOException {
        kq.change(ident, Filter.VNODE, EV_ADD | EV_CLEAR, notes, 0, ident);
    }

    int awaitNotes() throws IOException {
        return kq.awaitOne().fflags();
    }

    /** Causes NOTE_WRITE of the file. */
    void writeInPlace() throws IOException {
        try (FileChannel channel = FileChannel.open(file, WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {'x'}));
        }
    }
}
