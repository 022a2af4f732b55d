package dev.kqueue;

import static dev.kqueue.KEvent.EV_ADD;
import static dev.kqueue.KEvent.EV_CLEAR;
import static dev.kqueue.Note.NOTE_LOWAT;
import static dev.kqueue.Note.NOTE_TRIGGER;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import static java.nio.file.StandardOpenOption.APPEND;

import dev.kqueue.internal.libc.Fcntl;
import dev.kqueue.internal.libc.Poll;
import dev.kqueue.internal.libc.Unistd;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The contract of EVFILT_READ for each kind of descriptor, beside pipes and local sockets. */
class ReadKindsTest {
    /** Waits until what is on its way has arrived. */
    private static void awaitReadable(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment fds = arena.allocate(Poll.SIZE, 8);
            Poll.set(fds, 0, fd, Poll.POLLIN);
            assertThat(Poll.poll(fds, 1, (int) KQueueDriver.SOON.toMillis())).isEqualTo(1);
        }
    }

    /** Two ends between which bytes may be on their way for a moment. */
    abstract static class OfPair extends FilterContract {
        private Pair pair;

        abstract Pair openPair() throws Exception;

        @BeforeEach
        void open() throws Exception {
            pair = openPair();
        }

        @AfterEach
        void close() {
            pair.close();
        }

        @Override
        protected Filter filter() {
            return Filter.READ;
        }

        @Override
        protected long ident() {
            return pair.readEnd();
        }

        @Override
        protected void cause() {
            pair.write(1);
            awaitReadable(pair.readEnd());
        }

        @Test
        @Override
        protected void modifyReplacesFflags() throws Exception {
            kq.change(ident(), filter(), EV_ADD, NOTE_LOWAT, 100, 0);
            cause();
            assertThat(kq.pending()).isEmpty();
            kq.change(ident(), filter(), EV_ADD, 0, 0, 0);
            assertThat(awaitFired().data()).isEqualTo(1);
        }
    }

    @Nested
    class Tcp extends OfPair {
        @Override
        Pair openPair() {
            return Loopback.connection();
        }
    }

    @Nested
    @EnabledOnOs(OS.LINUX)
    class OfTerminal extends OfPair {
        @Override
        Pair openPair() {
            return Terminal.typedTo();
        }
    }

    @Nested
    class Fifo extends OfPair {
        @TempDir Path folder;

        @Override
        Pair openPair() throws Exception {
            String fifo = folder.resolve("fifo").toString();
            assertThat(new ProcessBuilder("mkfifo", fifo).start().waitFor()).isZero();
            int reader = Fcntl.open(fifo, Fcntl.O_RDONLY | Fcntl.O_NONBLOCK | Fcntl.O_CLOEXEC, 0);
            return new Pair(reader, Fcntl.open(fifo, Fcntl.O_WRONLY | Fcntl.O_NONBLOCK | Fcntl.O_CLOEXEC, 0));
        }
    }

    @Nested
    class Listener extends FilterContract {
        private final int listener = Loopback.listener();
        private final List<Integer> clients = new ArrayList<>();

        @AfterEach
        void close() {
            Unistd.close(listener);
            clients.forEach(Unistd::close);
        }

        @Override
        protected Filter filter() {
            return Filter.READ;
        }

        @Override
        protected long ident() {
            return listener;
        }

        @Override
        protected void cause() {
            int client = Loopback.tcp();
            clients.add(client);
            Loopback.connect(client, Loopback.port(listener));
            awaitReadable(listener);
        }

        @Test
        @Override
        protected void modifyReplacesFflags() throws Exception {
            kq.change(ident(), filter(), EV_ADD, NOTE_LOWAT, 2, 0);
            cause();
            assumeTrue(kq.pending().isEmpty(), "some kernels know no low-water mark of a listener");
            kq.change(ident(), filter(), EV_ADD, 0, 0, 0);
            awaitFired();
        }
    }

    /** A regular file, read to its end: it is ready when it grows. */
    @Nested
    class RegularFile extends FilterContract {
        @TempDir Path folder;
        private Path file;
        private int fd;

        @BeforeEach
        void open() throws IOException {
            file = Files.createFile(folder.resolve("file"));
            fd = Fcntl.open(file.toString(), Fcntl.O_RDONLY | Fcntl.O_CLOEXEC, 0);
        }

        @AfterEach
        void close() {
            Unistd.close(fd);
        }

        @Override
        protected Filter filter() {
            return Filter.READ;
        }

        @Override
        protected long ident() {
            return fd;
        }

        @Override
        protected void cause() throws IOException {
            Files.writeString(file, "x", APPEND);
        }

        @Test
        @Override
        protected void modifyReplacesFflags() throws Exception {
            Ability.FILE_POLL_NOTE.assume();
            kq.change(ident(), filter(), EV_ADD, Note.NOTE_FILE_POLL(), 0, 0);
            awaitFired();
            kq.change(ident(), filter(), EV_ADD, 0, 0, 0);
            assertThat(kq.pending()).isEmpty();
            cause();
            assertThat(awaitFired().data()).isEqualTo(1);
        }
    }

    /** Another kqueue. */
    @Nested
    class OfKQueue extends FilterContract {
        private KQueueDriver inner;

        @BeforeEach
        void open() throws IOException {
            inner = new KQueueDriver();
        }

        @AfterEach
        void close() throws IOException {
            inner.close();
        }

        @Override
        protected Filter filter() {
            return Filter.READ;
        }

        @Override
        protected long ident() {
            return inner.kqueue.descriptor();
        }

        /** What was pending is taken first: that a queue with pending events has one more is no news everywhere. */
        @Override
        protected void cause() throws IOException {
            inner.pending();
            inner.change(1, Filter.USER, EV_ADD | EV_CLEAR, 0, 0, 0);
            inner.change(1, Filter.USER, 0, NOTE_TRIGGER, 0, 0);
        }

        @Test
        @Override
        protected void modifyReplacesFflags() throws Exception {
            // It has no notes of its own that systems agree on.
            add(0);
            cause();
            assertThat(awaitFired().data()).isEqualTo(1);
        }
    }
}
